package dev.flipbook.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What stands before a picture in its message; docs/reference/websocket.md has it. One thread at a time. */
final class PictureHeader {

    private static final byte VERSION = 1;
    private static final byte[] TYPE = "image/jpeg".getBytes(StandardCharsets.US_ASCII);
    private static final int KIND_AT = 1;
    private static final int SEQUENCE_AT = 4;
    private static final int TIME_AT = 12;
    private static final int TYPE_AT = 20;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(TYPE_AT + 1 + TYPE.length);

    /** @param number that the client watches under, 0 to 65535 */
    PictureHeader(int number) {
        bytes.put(VERSION).put((byte) 0).putShort((short) number);
        bytes.put(TYPE_AT, (byte) TYPE.length).put(TYPE_AT + 1, TYPE);
        bytes.clear();
    }

    void set(long sequence, double unixMillis, boolean placeholder) {
        bytes.put(KIND_AT, (byte) (placeholder ? 1 : 0));
        bytes.putLong(SEQUENCE_AT, sequence).putDouble(TIME_AT, unixMillis);
    }

    /** Milliseconds since 1970, with their fraction. */
    static double unixMillis(Instant time) {
        return time.getEpochSecond() * 1e3 + time.getNano() / 1e6;
    }

    /** To be sent; not to be set before it has been. */
    ByteBuffer bytes() {
        return bytes.clear();
    }

    int size() {
        return bytes.capacity();
    }
}
