package dev.flipbook;

import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Makes JPEGs from pixels. Implementations are found by {@link ServiceLoader}; one whose native library is absent throws
 * from its constructor and the next is tried. An encoder is used by one thread at a time.
 */
public interface JpegEncoder extends AutoCloseable {

    /** The name for the log and the status: {@code TurboJPEG}. */
    String name();

    /**
     * A frame of these pixels. Its bytes may be overwritten by the next call.
     *
     * @param pixels rows from the top without gaps, each pixel {@code 0xRRGGBB} in the low bits
     * @param quality 1 to 100
     */
    Frame encode(int[] pixels, int width, int height, int quality);

    /**
     * A frame of this image, as {@link #encode(int[], int, int, int)}. Encoders that take such pixels as they are do better
     * than this, which makes others of them first.
     */
    default Frame encode(RawImage image, int quality) {
        return encode(image.rgb(), image.width(), image.height(), quality);
    }

    @Override
    default void close() {}

    /** A new encoder of the JDK's own kind: it is everywhere, and about ten times as slow as libjpeg-turbo. */
    static JpegEncoder imageIo() {
        return new ImageIoEncoder();
    }

    /** A new encoder of the fastest kind there is here: libjpeg-turbo where the system has it, else the JDK's ImageIO. */
    static JpegEncoder best() {
        Iterator<JpegEncoder> found = ServiceLoader.load(JpegEncoder.class).iterator();
        while (true) {
            try {
                return found.hasNext() ? found.next() : imageIo();
            } catch (ServiceConfigurationError e) {
                // Its library is not on this machine; the iterator goes on with the next one.
            }
        }
    }
}
