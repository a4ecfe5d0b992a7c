package dev.flipbook.it.kit;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * JPEGs that differ in every part: comment segments after SOI hold a number and bytes that are computed from it. So a
 * picture that is torn, or mixed with another one, is noticed.
 */
public final class NumberedPicture {

    private static final int COMMENT = 0xFFFE;
    private static final int MARK = 0x466C6970;
    private static final int LONGEST_COMMENT = 60_000;
    private static final int HEAD = 2 + 4 + 12;

    private static final byte[] PLAIN = plain();

    private NumberedPicture() {}

    /** A whole JPEG of this number. */
    public static byte[] of(int number) {
        return of(number, 2000);
    }

    /** A whole JPEG of this number with at least this many bytes. */
    public static byte[] of(int number, int bytes) {
        byte[] picture = PLAIN;
        ByteBuffer out = ByteBuffer.allocate(bytes + bytes / 1000 + picture.length + 100);
        out.put(picture, 0, 2);
        out.putShort((short) COMMENT)
                .putShort((short) 14)
                .putInt(MARK)
                .putInt(number)
                .putInt(bytes);
        Random random = new Random(number);
        for (int left = bytes; left > 0; left -= LONGEST_COMMENT) {
            byte[] filler = new byte[Math.min(left, LONGEST_COMMENT)];
            random.nextBytes(filler);
            out.putShort((short) COMMENT).putShort((short) (filler.length + 2)).put(filler);
        }
        out.put(picture, 2, picture.length - 2);
        byte[] whole = new byte[out.position()];
        out.flip().get(whole);
        return whole;
    }

    /**
     * The number of a picture that was made here, of which every byte is checked; 0 for another picture, such as one
     * that the server drew.
     *
     * @throws AssertionError when any byte differs from the picture that was made
     */
    static int numberOf(byte[] picture) {
        ByteBuffer in = ByteBuffer.wrap(picture);
        if (picture.length < HEAD || in.getInt(6) != MARK) {
            return 0;
        }
        int number = in.getInt(10);
        if (!Arrays.equals(picture, of(number, in.getInt(14)))) {
            throw new AssertionError("picture " + number + " came torn or mixed: " + picture.length + " bytes");
        }
        return number;
    }

    private static byte[] plain() {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "jpeg", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
