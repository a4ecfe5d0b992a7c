package dev.flipbook.decoder;

import dev.flipbook.jpeg.Jpeg;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message between the server and a decoder process: 32 bytes, big-endian, followed by the body.
 * Immutable.
 *
 * @param feed number of the feed or still picture that the message is about; 0 for the process
 * @param length bytes of the body
 * @param nanos a capture time of {@link System#nanoTime()}, which is the same clock in all processes of a machine
 * @param value meaning depends on the type
 */
record Message(Type type, int flags, int feed, int length, long nanos, long value) {

    static final int HEAD = 32;

    /** First bytes of each message, {@code FBD1}, so that anything else on the pipe is noticed at once. */
    private static final int MAGIC = 0x46424431;

    /**
     * Bytes before the JPEG of a {@link Type#FRAME}: number of encoded frames, encoding time, and number of damaged
     * frames.
     */
    static final int COUNTS = 24;

    /** Separator of the paths of an {@link Type#ENTER}, which no path can contain. */
    static final String SEPARATOR = "\0";

    private static final int TEXT = 16 << 10;

    /**
     * The types; the server's first, then the child's. The maximum length of a body is checked before the body is read.
     */
    enum Type {
        /** The first message: the paths that the child may still read. The child drops its rights. */
        ENTER(0, 1 << 20),
        /** Opens a source; the body is an {@link Opening}. */
        OPEN(1, 1 << 16),
        /** Asks for one picture of a feed. */
        NEXT(2, 0),
        CLOSE(3, 0),
        /** The bytes of a picture file. The value is its {@link dev.flipbook.image.GreyRange}. */
        STILL(4, Jpeg.MAX_BYTES),
        PING(5, 0),
        /** The child has dropped its rights. The text names those that could not be dropped. */
        READY(6, TEXT),
        FRAME(7, Jpeg.MAX_BYTES + COUNTS),
        /** Name of the encoder that makes the frames from now on. */
        ENCODING(8, TEXT),
        /**
         * There is no picture; the text says why. For feed 0 the whole process cannot be used. The flag is set if the
         * source is waiting for a sender.
         */
        FAILED(9, TEXT),
        /** A still picture with four bytes a pixel: zero, red, green, blue. The value is width and height. */
        PIXELS(10, 4 * Jpeg.MAX_PIXELS),
        /** The decoder does not know the kind of the still picture. */
        UNKNOWN(11, 0),
        CLOSED(12, 0),
        PONG(13, 0);

        /** All types by code. Kept because values() makes a new array at each call. */
        private static final Type[] ALL = values();

        final int code;
        final int maxLength;

        Type(int code, int maxLength) {
            this.code = code;
            this.maxLength = maxLength;
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

    /** The head and the body as one array, to be written at once. */
    byte[] with(byte[] body) {
        ByteBuffer all = ByteBuffer.allocate(HEAD + body.length);
        putTo(all);
        return all.put(body).array();
    }

    /**
     * Reads the next head.
     *
     * @return the head, or null at the end of the stream
     * @throws ProtocolException if the bytes are not a head
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
        if (length < 0 || length > known.maxLength) {
            throw new ProtocolException(
                    "a message of type " + known + " announces " + (length & 0xFFFFFFFFL) + " bytes");
        }
        return new Message(known, flags, feed, length, from.getLong(), from.getLong());
    }

    /** Reads the body. Memory is allocated for bytes that have arrived, not for the announced length. */
    byte[] body(InputStream in) throws IOException {
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the stream ends within a message");
        }
        return body;
    }
}
