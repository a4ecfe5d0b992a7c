package dev.flipbook.decoder;

import dev.flipbook.mjpeg.Jpeg;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message between the server and a decoder process: 32 bytes, big-endian, before as many bytes of body as it says. Immutable.
 *
 * @param feed the opening or the still picture that it is about; 0 for the process
 * @param length of the body in bytes
 * @param nanos a capture time, as {@link System#nanoTime()} counts in all processes of a machine
 * @param value what the type says
 */
record Message(Type type, int flags, int feed, int length, long nanos, long value) {

    static final int HEAD = 32;

    /** Of every message, so that anything else on the pipe is noticed at once: FBD1. */
    private static final int MAGIC = 0x46424431;

    /** Before the JPEG of a {@link Type#FRAME}: how many were encoded, how long that takes, and how many were damaged. */
    static final int COUNTS = 24;

    /** Between the paths of an {@link Type#ENTER}: what no path can hold. */
    static final String SEPARATOR = "\0";

    private static final int TEXT = 16 << 10;

    /** The server's first, then the child's. The maximum of a body is checked before any of it is read. */
    enum Type {
        /** The first message: the paths that the child may still read; it drops its rights. */
        ENTER(0, 1 << 20),
        /** Opens a source: {@link Opening}. */
        OPEN(1, 1 << 16),
        /** One picture of the feed may be sent. */
        NEXT(2, 0),
        CLOSE(3, 0),
        /** The bytes of a picture file; the value is its {@link dev.flipbook.image.GreyRange}. */
        STILL(4, Jpeg.MAX_BYTES),
        PING(5, 0),
        /** The child has dropped its rights; the text names those that it could not drop. */
        READY(6, TEXT),
        FRAME(7, Jpeg.MAX_BYTES + COUNTS),
        /** The name of the encoder that makes the frames from now on. */
        ENCODING(8, TEXT),
        /** No picture, and the sentence why; of feed 0: the process is of no use. The flag is that somebody is waited for. */
        FAILED(9, TEXT),
        /** A still picture, four bytes a pixel: nothing, red, green, blue. The value is width and height. */
        PIXELS(10, 4 * Jpeg.MAX_PIXELS),
        /** The still picture is of a kind that the decoder does not know. */
        UNKNOWN(11, 0),
        CLOSED(12, 0),
        PONG(13, 0);

        /** By their codes. Once: values() makes an array each time. */
        private static final Type[] ALL = values();

        final int code;
        final int most;

        Type(int code, int most) {
            this.code = code;
            this.most = most;
        }
    }

    static Message of(Type type, int feed, int length) {
        return new Message(type, 0, feed, length, 0, 0);
    }

    void putTo(ByteBuffer out) {
        out.putInt(MAGIC);
        out.put((byte) type.code);
        out.put((byte) flags);
        out.putShort((short) 0);
        out.putInt(feed);
        out.putInt(length);
        out.putLong(nanos);
        out.putLong(value);
    }

    /** The head and its body, to be written at once. */
    byte[] with(byte[] body) {
        ByteBuffer all = ByteBuffer.allocate(HEAD + body.length);
        putTo(all);
        return all.put(body).array();
    }

    /**
     * The next head; null at the end of the stream.
     *
     * @throws ProtocolException when it is none
     */
    static @Nullable Message read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD);
        if (head.length == 0) {
            return null;
        }
        if (head.length < HEAD) {
            throw new EOFException("the stream ends within a message");
        }
        ByteBuffer from = ByteBuffer.wrap(head);
        int magic = from.getInt();
        int type = from.get() & 0xFF;
        int flags = from.get() & 0xFF;
        int nothing = from.getShort();
        int feed = from.getInt();
        int length = from.getInt();
        if (magic != MAGIC || type >= Type.ALL.length || nothing != 0 || feed < 0) {
            throw new ProtocolException("what came is not a message");
        }
        Type known = Type.ALL[type];
        if (length < 0 || length > known.most) {
            throw new ProtocolException(
                    "a message of type " + known + " announces " + (length & 0xFFFFFFFFL) + " bytes");
        }
        return new Message(known, flags, feed, length, from.getLong(), from.getLong());
    }

    /** The body. Memory is taken as it comes, and not as it was announced. */
    byte[] body(InputStream in) throws IOException {
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the stream ends within a message");
        }
        return body;
    }
}
