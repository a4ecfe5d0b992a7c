package dev.flipbook.server;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;

/** JPEGs of any number of bytes, whose comments make them as large as a test wants. */
final class TestPictures {

    private static final int LONGEST_COMMENT = 60_000;

    private final byte[] plain = plain();

    /** A whole JPEG with at least so many bytes. */
    byte[] ofBytes(int bytes) {
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
