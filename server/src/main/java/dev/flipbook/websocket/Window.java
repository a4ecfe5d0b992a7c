package dev.flipbook.websocket;

/**
 * How many bytes of pictures may be under way on one connection: as many as it brings to the screen in a moment. What is
 * under way waits in buffers that nobody sees, the kernel's, a proxy's, the browser's, and makes the pictures behind it
 * older; the acknowledgements tell how long.
 *
 * <p>The bytes under way when a picture left, over the time until it was shown, are what the connection takes. The shortest
 * such time of late is the way without waiting. That and {@link #WAIT} more is what a picture may take.
 *
 * <p>On a link that is always full each picture waits for others, and what it waits would in time be taken for the way. So
 * when no picture has travelled alone for the time that the shortest is remembered, the next one does: it is sent when
 * nothing else is under way, and nothing else is sent until it was shown. That costs the link one way to the client and back
 * in five seconds.
 *
 * <p>One thread at a time, but for {@link #bytes}.
 */
final class Window {

    /** What a picture may wait on its way, in nanoseconds: three frames at 30 fps, which keeps any link busy. */
    static final long WAIT = 100_000_000;

    /** Two pictures on a link that is full take twice the time of one. */
    private static final double CROWDED = 1.5;

    /** Before anything is known: a picture or two. */
    static final long BEGIN = 128 << 10;

    /** A small picture is always under way. */
    static final long LEAST = 16 << 10;

    /** More is no window any more, on no link that there is. */
    static final long MOST = 64 << 20;

    /** So long the shortest time is remembered, in nanoseconds, up to twice: the way may have become longer. */
    private static final long MEMORY = 5_000_000_000L;

    private volatile long bytes = BEGIN;
    private volatile boolean draining;
    private final Shortest way = new Shortest(MEMORY);
    private boolean measured;
    private long alone;

    /** How many may be under way before another picture is sent: at least 1, for one that travels alone. */
    long bytes() {
        return draining ? 1 : bytes;
    }

    /** The shortest time from sending to screen of late, in nanoseconds; 0 before the first. */
    long least() {
        return way.get();
    }

    /** Whether a picture that took so long only waited for the one before it, and would have been there as soon alone. */
    boolean isCrowded(long took) {
        return took > WAIT && took > CROWDED * least();
    }

    /**
     * A picture was shown.
     *
     * @param size its own bytes
     * @param underWay bytes that were under way when it left, with its own
     * @param took from sending to screen, in nanoseconds
     * @param now as the ticker counts
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
        bytes = (long) Math.max(LEAST, Math.min(MOST, bytes + (fits - bytes) / 4));
    }
}
