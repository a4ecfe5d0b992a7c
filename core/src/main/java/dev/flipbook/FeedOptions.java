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
 */
public record FeedOptions(
        Duration idleStop, Duration repeatAfter, Duration startTimeout, Duration stallTimeout, long blockCeiling) {

    /** 10 s, 5 s, 30 s, 5 s, 256 MiB or three quarters of what the JVM grants as direct memory. */
    public static final FeedOptions DEFAULT = new FeedOptions(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4 * 3));

    /** The same with this ceiling, in bytes. */
    public FeedOptions withBlockCeiling(long bytes) {
        return new FeedOptions(idleStop, repeatAfter, startTimeout, stallTimeout, bytes);
    }
}
