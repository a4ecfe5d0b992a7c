package dev.flipbook.variant;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A maker of variants whose number says from which picture they were made, and how. For example, picture 7 with three
 * eighths, quality 50 and one quarter turn becomes the numbered picture 7 3 050 1. The maker throws if two threads use
 * it at once, or if it is used after a close.
 */
public final class FakeMaker {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final byte[] PLAIN = Pictures.jpeg(WIDTH, HEIGHT);

    public final AtomicInteger made = new AtomicInteger();
    public final AtomicInteger opened = new AtomicInteger();
    public final AtomicInteger closed = new AtomicInteger();
    public final AtomicInteger clashes = new AtomicInteger();
    public volatile @Nullable String trouble;

    /** A picture of 64x48 pixels with a number. */
    public static byte[] picture(long number) {
        return Pictures.insert(
                PLAIN,
                2,
                Pictures.segment(0xFE, ByteBuffer.allocate(8).putLong(number).array()));
    }

    /** The number that the variant gets. */
    public static long number(long picture, int eighths, int quality, int quarters) {
        return picture * 100_000 + eighths * 10_000L + quality * 10L + quarters;
    }

    public VariantMaker open() {
        opened.incrementAndGet();
        return new VariantMaker() {
            private final AtomicInteger users = new AtomicInteger();
            private boolean open = true;

            @Override
            public String name() {
                return "fake";
            }

            @Override
            public Jpeg make(Jpeg picture, Change change) throws IOException {
                if (users.getAndIncrement() > 0 || !open) {
                    clashes.incrementAndGet();
                }
                try {
                    made.incrementAndGet();
                    String why = trouble;
                    if (why != null) {
                        throw new IOException(why);
                    }
                    ByteBuffer bytes = picture.parts().get(0);
                    int place = Pictures.find(array(bytes), 0xFE);
                    long number = place < 0 ? 0 : bytes.getLong(place + 4);
                    byte[] numbered =
                            Pictures.numbered(number(number, change.eighths(), change.quality(), change.quarters()), 0);
                    return new Jpeg(
                            Jpeg.check(ByteBuffer.wrap(numbered)).parts(),
                            numbered.length,
                            change.of(picture.width()),
                            change.of(picture.height()));
                } finally {
                    users.decrementAndGet();
                }
            }

            @Override
            public void close() {
                if (users.get() > 0 || !open) {
                    clashes.incrementAndGet();
                }
                open = false;
                closed.incrementAndGet();
            }
        };
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return copy;
    }
}
