package dev.flipbook;

import java.time.Duration;

/**
 * The timeouts of feeds, and the limits of what they share.
 *
 * @param idleStop how long a source stays open after the last viewer has left
 * @param repeatAfter time without a new frame after which viewers get the newest one again, so that no client or proxy
 *     takes a still scene for a dead connection
 * @param startTimeout maximum time from opening a source to its first frame
 * @param stallTimeout maximum time between two later frames. A slow source may take ten times its own interval, if that
 *     is longer
 * @param blockCeiling maximum bytes of direct memory that all frames together take; frames that find no memory are
 *     dropped and counted
 * @param maxVariants maximum number of different variants of one feed that are watched at once, from 0 on. One client
 *     may use three eighths of them. A viewer that asks for one more gets the nearest
 */
public record FeedOptions(
        Duration idleStop,
        Duration repeatAfter,
        Duration startTimeout,
        Duration stallTimeout,
        long blockCeiling,
        int maxVariants) {

    private static final int DEFAULT_VARIANTS = 8;

    /**
     * The defaults: 10 s, 5 s, 30 s, 5 s, 8 variants. The ceiling is 256 MiB, or three quarters of the maximum heap if
     * that is less, because the JVM by default grants as much direct memory as heap.
     */
    public static final FeedOptions DEFAULT = new FeedOptions(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4 * 3));

    public FeedOptions {
        if (maxVariants < 0) {
            throw new IllegalArgumentException("maxVariants is a number of variants from 0 on, not " + maxVariants);
        }
    }

    /** Options with the default of 8 variants. */
    public FeedOptions(
            Duration idleStop, Duration repeatAfter, Duration startTimeout, Duration stallTimeout, long blockCeiling) {
        this(idleStop, repeatAfter, startTimeout, stallTimeout, blockCeiling, DEFAULT_VARIANTS);
    }

    /** The same options with this ceiling, in bytes. */
    public FeedOptions withBlockCeiling(long bytes) {
        return new FeedOptions(idleStop, repeatAfter, startTimeout, stallTimeout, bytes, maxVariants);
    }

    /** The same options with this maximum number of variants; 0 for none. */
    public FeedOptions withMaxVariants(int count) {
        return new FeedOptions(idleStop, repeatAfter, startTimeout, stallTimeout, blockCeiling, count);
    }
}
