package dev.flipbook.server;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;

/** Small pictures for tests. */
public final class Pictures {

    private static final int LONGEST_COMMENT = 60_000;

    private Pictures() {}

    /** A black picture. */
    public static byte[] jpeg(int width, int height) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpeg", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out.toByteArray();
    }

    /** A picture with at least this number of bytes, most of them in comments. */
    public static byte[] ofBytes(int bytes) {
        byte[] plain = jpeg(64, 48);
        ByteBuffer out = ByteBuffer.allocate(bytes + bytes / 1000 + plain.length + 100);
        out.put(plain, 0, 2);
        for (int left = bytes; left > 0; left -= LONGEST_COMMENT) {
            int length = Math.min(left, LONGEST_COMMENT);
            out.putShort((short) 0xFFFE).putShort((short) (length + 2)).put(new byte[length]);
        }
        out.put(plain, 2, plain.length - 2);
        byte[] whole = new byte[out.position()];
        out.flip().get(whole);
        return whole;
    }
}
