package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** JPEGs of about 60 KB, each with a number and with bytes that no other one has, so that a torn picture is noticed. */
final class Numbered {

    private static final int SIZE = 60_000;
    private static final byte[] PLAIN = plain();

    private Numbered() {}

    private static byte[] plain() {
        return new Canvas(16, 16, 0x204060).encode(JpegEncoder.best(), 80).bytes();
    }

    /** The picture of this number. */
    static byte[] picture(int number) {
        byte[] comment = new byte[SIZE];
        new Random(number).nextBytes(comment);
        ByteBuffer out = ByteBuffer.allocate(PLAIN.length + 4 + SIZE);
        out.put(PLAIN, 0, 2);
        out.putShort((short) 0xFFFE).putShort((short) (SIZE + 2));
        ByteBuffer.wrap(comment).putInt(number);
        out.put(comment);
        out.put(PLAIN, 2, PLAIN.length - 2);
        return out.array();
    }

    /** A picture of several MB, which no server accepts at once while its client does not read. */
    static byte[] large(int number) {
        byte[] comment = new byte[SIZE];
        new Random(number).nextBytes(comment);
        ByteBuffer out = ByteBuffer.allocate(PLAIN.length + 80 * (4 + SIZE));
        out.put(PLAIN, 0, 2);
        for (int i = 0; i < 80; i++) {
            out.putShort((short) 0xFFFE).putShort((short) (SIZE + 2)).put(comment);
        }
        out.put(PLAIN, 2, PLAIN.length - 2);
        return out.array();
    }

    /** The number of a picture, which must be whole. */
    static int of(byte[] picture) {
        int number = ByteBuffer.wrap(picture).getInt(6);
        assertThat(Arrays.equals(picture, picture(number)))
                .as("the picture %s is as it was published", number)
                .isTrue();
        return number;
    }
}
