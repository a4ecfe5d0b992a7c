package dev.flipbook;

import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Makes JPEGs smaller, lighter, or turned. Implementations are found by {@link ServiceLoader}; one whose native library is
 * absent throws from its constructor and the next is tried. A maker is used by one thread at a time.
 */
public interface VariantMaker extends AutoCloseable {

    /** The quality of a picture that has to be made anew when none is asked for: that of every picture made here. */
    int QUALITY = 80;

    /** The name for the status: {@code TurboJPEG}. */
    String name();

    /**
     * The picture changed. What it says of its own orientation counts: as it is seen, it is scaled and then turned. It has the
     * colours that a browser shows of the picture: by the same ICC profile, or in sRGB.
     *
     * @param picture is not changed, and not kept; often direct memory
     * @return its bytes may be overwritten by the next call, and must not be read after a close
     * @throws IOException when it cannot be decoded, with the reason
     */
    Jpeg make(Jpeg picture, Change change) throws IOException;

    @Override
    default void close() {}

    /** A new maker of the JDK's own kind: it is everywhere, and some ten times as slow as libjpeg-turbo. */
    static VariantMaker imageIo() {
        return new ImageIoEncoder.Maker();
    }

    /** A new maker of the fastest kind there is here: libjpeg-turbo where the system has it, else the JDK's ImageIO. */
    static VariantMaker best() {
        Iterator<VariantMaker> found = ServiceLoader.load(VariantMaker.class).iterator();
        while (true) {
            try {
                return found.hasNext() ? found.next() : imageIo();
            } catch (ServiceConfigurationError e) {
                // Its library is not on this machine; the iterator goes on with the next one.
            }
        }
    }

    /**
     * What is to be done with a picture.
     *
     * @param eighths of its sides that are left, 1 to 8
     * @param quality 1 to 100; 0 for as it is where the picture is not made anew, else {@link #QUALITY}
     * @param quarters of a turn clockwise, 0 to 3
     */
    record Change(int eighths, int quality, int quarters) {

        public Change {
            if (eighths < 1 || eighths > 8 || quality < 0 || quality > 100 || quarters < 0 || quarters > 3) {
                throw new IllegalArgumentException("there is no such change: " + eighths + " eighths, quality "
                        + quality + ", " + quarters + " quarters");
            }
        }

        /** Whether the picture stays what it is. */
        public boolean isNone() {
            return eighths == 8 && quality == 0 && quarters == 0;
        }

        /** Whether it is turned and nothing else. */
        public boolean turnsOnly() {
            return eighths == 8 && quality == 0 && quarters != 0;
        }

        /** Of a picture that is made anew. */
        public int qualityOrUsual() {
            return quality == 0 ? QUALITY : quality;
        }

        /** What is left of a side of so many pixels: rounded up, as libjpeg does. */
        public int of(int side) {
            return scaled(side, eighths);
        }

        static int scaled(int side, int eighths) {
            return (int) (((long) side * eighths + 7) / 8);
        }
    }
}
