package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * An encoder that makes JPEGs from pixels. Implementations are found by {@link ServiceLoader}. An implementation
 * without its native library throws from its constructor, and the next one is tried. Not thread-safe.
 */
public interface JpegEncoder extends Encoder {

    /** Default quality of a picture that is encoded here: the lowest at which text in a picture stays clean. */
    int QUALITY = 80;

    /**
     * A JPEG of these pixels. Its bytes may be overwritten by the next call.
     *
     * @param pixels rows from the top without gaps, each pixel {@code 0xRRGGBB} in the low bits
     * @param width in pixels
     * @param height in pixels
     * @param quality 1 to 100
     */
    Jpeg encode(int[] pixels, int width, int height, int quality);

    /**
     * A JPEG of this image. Its bytes may be overwritten by the next call. This default converts the pixels first; an
     * encoder that can read them as they are overrides it.
     *
     * @param quality 1 to 100
     */
    default Jpeg encode(RawImage image, int quality) {
        return encode(image.rgb(), image.width(), image.height(), quality);
    }

    /**
     * A new encoder of the JDK's own kind, which is available everywhere and about ten times slower than libjpeg-turbo.
     */
    static JpegEncoder imageIo() {
        return new ImageIoEncoder();
    }

    /**
     * A new encoder of the fastest kind on this machine: libjpeg-turbo if the system has it, else the JDK's ImageIO.
     */
    static JpegEncoder best() {
        Iterator<JpegEncoder> found = ServiceLoader.load(JpegEncoder.class).iterator();
        while (true) {
            try {
                return found.hasNext() ? found.next() : imageIo();
            } catch (ServiceConfigurationError e) {
                // The library is not on this machine; the iterator goes on with the next encoder.
            }
        }
    }
}
