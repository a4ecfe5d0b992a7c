package dev.flipbook.websocket;

/**
 * Limits the bytes of pictures in flight on one connection, so that a picture waits for others at most 100 ms.
 *
 * <p>Why. Bytes in flight wait in buffers that the server cannot see: the kernel's, a proxy's, the browser's. Each
 * picture in them makes the next one older. TCP's own back-pressure comes too late, because those buffers hold seconds
 * of video. The acknowledgements, which the client sends when a picture is painted, show how long pictures really take.
 *
 * <p>How. The bytes in flight when a picture was sent, divided by the time until it was painted, are the throughput of
 * the connection. The shortest recent time is the delay of the connection when nothing waits. The window is the
 * throughput multiplied by the sum of that delay and {@link #WAIT}: this is the number of bytes in flight if each
 * picture waits {@code WAIT}. Each acknowledgement moves the window a quarter of the way to the new value, so that one
 * odd picture does not change much.
 *
 * <p>On a link that is always full every picture waits for others, and after some time this wait would be taken for the
 * delay of the connection. So when no picture has travelled alone for {@link #MEMORY}, the next one does: it is sent
 * when nothing else is in flight, and nothing else is sent until it was painted. That costs the link one round trip in
 * five seconds.
 *
 * <p>What holds. The window is never below {@link #MIN_BYTES}, so a connection cannot come to a stop, and never above
 * {@link #MAX_BYTES}.
 *
 * <p>Threads. {@link #bytes} may be called by any thread, the rest by one thread at a time, under the connection's
 * lock.
 */
final class SendWindow {

    /** How long a picture may wait on its way, in nanoseconds. Three frames at 30 fps keep any link busy. */
    static final long WAIT = 100_000_000;

    /**
     * Factor of the shortest time above which a picture has waited for the one before it. Two pictures on a full link
     * take twice the time of one.
     */
    private static final double CROWDED = 1.5;

    /** Initial window in bytes: one or two pictures. */
    static final long INITIAL_BYTES = 128 << 10;

    /** Minimum window in bytes, so that a small picture may always be sent. */
    static final long MIN_BYTES = 16 << 10;

    /** Maximum window in bytes: more than any link needs, so it only bounds a wrong estimate. */
    static final long MAX_BYTES = 64 << 20;

    /**
     * How long the shortest time is remembered, in nanoseconds: at least this long, and at most twice this long. After
     * that the time is measured again, because the connection may have become slower.
     */
    private static final long MEMORY = 5_000_000_000L;

    private volatile long bytes = INITIAL_BYTES;
    private volatile boolean draining;
    private final ShortestTime way = new ShortestTime(MEMORY);
    private boolean measured;
    private long alone;

    /** Maximum number of bytes in flight before another picture is sent; 1 lets one picture travel alone. */
    long bytes() {
        return draining ? 1 : bytes;
    }

    /** Shortest recent time from sending to painting in nanoseconds, or 0 if no picture was painted yet. */
    long least() {
        return way.get();
    }

    /**
     * Whether a picture that took this long has only waited for the one before it. If so, two pictures in flight are of
     * no use.
     *
     * @param took time from sending to painting, in nanoseconds
     */
    boolean isCrowded(long took) {
        return took > WAIT && took > CROWDED * least();
    }

    /**
     * Counts a picture that was painted.
     *
     * @param size bytes of the picture
     * @param underWay bytes in flight when the picture was sent, including its own
     * @param took time from sending to painting, in nanoseconds
     * @param now the current time of the ticker in nanoseconds
     */
    void shown(long size, long underWay, long took, long now) {
        way.add(took, now);
        if (!measured || size >= underWay) {
            measured = true;
            alone = now;
            draining = false;
        } else if (now - alone > MEMORY) {
            draining = true;
        }
        double bytesPerNano = underWay / (double) Math.max(1, took);
        double fits = bytesPerNano * (least() + WAIT);
        bytes = (long) Math.max(MIN_BYTES, Math.min(MAX_BYTES, bytes + (fits - bytes) / 4));
    }
}
