package dev.flipbook;

import java.time.Duration;

/**
 * The waiting times of feeds and the memory they share.
 *
 * @param idleStop how long a source stays open after the last viewer has left
 * @param repeatAfter how long without a new frame until viewers get the newest once more, so that no client or proxy takes
 *     a still scene for a dead connection
 * @param startTimeout how long a source may take for its first frame
 * @param stallTimeout how long a source that has delivered may be silent, but at least ten times its own frame interval
 * @param blockCeiling how many bytes of direct memory all frames together may take; above, frames are dropped and counted
 * @param maxVariants how many different variants of one feed may be watched at once, three eighths of them by one client; who
 *     asks for more gets the nearest of them
 */
public record FeedOptions(
        Duration idleStop,
        Duration repeatAfter,
        Duration startTimeout,
        Duration stallTimeout,
        long blockCeiling,
        int maxVariants) {

    private static final int USUAL_VARIANTS = 8;

    /** 10 s, 5 s, 30 s, 5 s, 256 MiB or three quarters of what the JVM grants as direct memory, 8 variants. */
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

    /** With 8 variants. */
    public FeedOptions(
            Duration idleStop, Duration repeatAfter, Duration startTimeout, Duration stallTimeout, long blockCeiling) {
        this(idleStop, repeatAfter, startTimeout, stallTimeout, blockCeiling, USUAL_VARIANTS);
    }

    /** The same with this ceiling, in bytes. */
    public FeedOptions withBlockCeiling(long bytes) {
        return new FeedOptions(idleStop, repeatAfter, startTimeout, stallTimeout, bytes, maxVariants);
    }

    /** The same with so many variants of a feed at once; 0 for none. */
    public FeedOptions withMaxVariants(int count) {
        return new FeedOptions(idleStop, repeatAfter, startTimeout, stallTimeout, blockCeiling, count);
    }
}
