package dev.flipbook.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Picture files that hold several pictures to be shown one after another, as a video does. */
public final class Animation {

    /** Number of bytes that are enough to recognise the kind of a file. */
    private static final int HEAD = 80;

    /** Maximum number of chunks that are read before the first picture of a PNG. There are usually only a few. */
    private static final int MAX_CHUNKS = 1000;

    /** {@code avis}: the first brand of an AVIF with several pictures. */
    private static final int SEQUENCE = 0x61766973;

    private Animation() {}

    /**
     * Whether the file can be shown as a video: a GIF, or a PNG or AVIF with several pictures. A WebP with several
     * pictures cannot. Reads the beginning of the file only.
     *
     * @throws IOException when the file cannot be read
     */
    public static boolean isIn(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            ByteBuffer head = read(in, 0, HEAD);
            return switch (ContentKind.of(head)) {
                case GIF -> true;
                case PNG -> isInPng(in);
                case AVIF -> head.getInt(8) == SEQUENCE;
                default -> false;
            };
        }
    }

    /** Whether an {@code acTL} chunk with more than one picture stands before the first picture. */
    private static boolean isInPng(SeekableByteChannel in) throws IOException {
        long at = 8;
        for (int i = 0; i < MAX_CHUNKS; i++) {
            ByteBuffer chunk = read(in, at, 12); // its length, its name, and the number of pictures
            if (chunk.remaining() < 12) {
                return false;
            }
            long length = chunk.getInt() & 0xFFFFFFFFL;
            byte[] name = new byte[4];
            chunk.get(name);
            switch (new String(name, StandardCharsets.ISO_8859_1)) {
                case "acTL" -> {
                    return chunk.getInt() > 1;
                }
                case "IDAT" -> {
                    return false;
                }
                default -> at += 12 + length;
            }
        }
        return false;
    }

    /** The bytes from this place of the file on; fewer where the file ends. */
    private static ByteBuffer read(SeekableByteChannel in, long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        in.position(at);
        while (buffer.hasRemaining() && in.read(buffer) >= 0) {
            // until all bytes are there
        }
        return buffer.flip();
    }
}
