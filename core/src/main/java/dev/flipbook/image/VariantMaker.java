package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * A tool that makes JPEGs smaller, lighter, or turned. Implementations are found by {@link ServiceLoader}. An
 * implementation without its native library throws from its constructor, and the next one is tried. Not thread-safe.
 */
public interface VariantMaker extends Encoder {

    /**
     * Quality of a picture that has to be encoded again when none is asked for: the same as of every picture made here.
     */
    int QUALITY = JpegEncoder.QUALITY;

    /**
     * The changed picture. The picture's own orientation is followed: the picture as it is seen is scaled and then
     * turned. The result has the colours that a browser shows of the original: with the same ICC profile, or in sRGB.
     *
     * @param picture not changed and not kept; often direct memory
     * @return a picture whose bytes may be overwritten by the next call, and must not be read after a close
     * @throws IOException when the picture cannot be decoded, with the reason
     */
    Jpeg make(Jpeg picture, Change change) throws IOException;

    /**
     * A new maker of the JDK's own kind, which is available everywhere and about ten times slower than libjpeg-turbo.
     */
    static VariantMaker imageIo() {
        return new ImageIoEncoder.Maker();
    }

    /** A new maker of the fastest kind on this machine: libjpeg-turbo if the system has it, else the JDK's ImageIO. */
    static VariantMaker best() {
        Iterator<VariantMaker> found = ServiceLoader.load(VariantMaker.class).iterator();
        while (true) {
            try {
                return found.hasNext() ? found.next() : imageIo();
            } catch (ServiceConfigurationError e) {
                // The library is not on this machine; the iterator goes on with the next maker.
            }
        }
    }

    /**
     * What is to be done with a picture. Immutable.
     *
     * @param eighths number of eighths of each side that are left, 1 to 8
     * @param quality 1 to 100; 0 for unchanged if the picture need not be encoded again, else {@link #QUALITY}
     * @param quarters quarter turns clockwise, 0 to 3
     */
    record Change(int eighths, int quality, int quarters) {

        public Change {
            if (eighths < 1 || eighths > 8 || quality < 0 || quality > 100 || quarters < 0 || quarters > 3) {
                throw new IllegalArgumentException("a variant cannot have " + eighths + " eighths, quality " + quality
                        + ", " + quarters + " quarters");
            }
        }

        /** Whether the picture stays as it is. */
        public boolean isNone() {
            return eighths == 8 && quality == 0 && quarters == 0;
        }

        /** Whether the picture is turned and nothing else. */
        public boolean turnsOnly() {
            return eighths == 8 && quality == 0 && quarters != 0;
        }

        /** The quality of a picture that is encoded again. */
        public int qualityOrUsual() {
            return quality == 0 ? QUALITY : quality;
        }

        /** Length of a side of this many pixels after scaling: rounded up, as libjpeg does. */
        public int of(int side) {
            return scaled(side, eighths);
        }

        public static int scaled(int side, int eighths) {
            return (int) (((long) side * eighths + 7) / 8);
        }
    }
}
