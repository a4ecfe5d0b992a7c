package dev.flipbook.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The header in front of each picture message, as docs/reference/websocket.md defines it. Used by one thread at a time.
 */
final class PictureHeader {

    private static final byte VERSION = 1;
    private static final byte[] TYPE = "image/jpeg".getBytes(StandardCharsets.US_ASCII);
    private static final int KIND_AT = 1;
    private static final int SEQUENCE_AT = 4;
    private static final int TIME_AT = 12;
    private static final int TYPE_AT = 20;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(TYPE_AT + 1 + TYPE.length);

    /** @param number number that the client watches the feed under, 0 to 65535 */
    PictureHeader(int number) {
        bytes.put(VERSION).put((byte) 0).putShort((short) number);
        bytes.put(TYPE_AT, (byte) TYPE.length).put(TYPE_AT + 1, TYPE);
        bytes.clear();
    }

    void set(long sequence, double unixMillis, boolean placeholder) {
        bytes.put(KIND_AT, (byte) (placeholder ? 1 : 0));
        bytes.putLong(SEQUENCE_AT, sequence).putDouble(TIME_AT, unixMillis);
    }

    /** Milliseconds since 1970, with a fraction. */
    static double unixMillis(Instant time) {
        return time.getEpochSecond() * 1e3 + time.getNano() / 1e6;
    }

    /** The header as a buffer that is ready to be sent. The header must not be changed before the buffer was sent. */
    ByteBuffer bytes() {
        return bytes.clear();
    }

    int size() {
        return bytes.capacity();
    }
}
