package dev.flipbook.websocket;

import dev.flipbook.Ticker;

/**
 * How much a connection may say: 200 messages a second, and as many as 600 at once after it was quiet, which is what a page of
 * 256 feeds has to say when it opens. Above that nothing is lost: it is read more slowly. Thread-safe.
 */
final class Allowance {

    private static final int BURST = 600;
    private static final long NANOS_FOR_ONE = 1_000_000_000 / 200;

    private final Ticker ticker;

    // guarded by this: how many messages may be heard now; below 0 when more were heard, because a read may bring
    // several
    private double left = BURST;
    private long since;

    Allowance(Ticker ticker) {
        this.ticker = ticker;
        this.since = ticker.nanos();
    }

    /** A message was heard. */
    synchronized void use() {
        left--;
    }

    /** The last one was an acknowledgement, of which there are no more than pictures: it does not count. */
    synchronized void giveBack() {
        left++;
    }

    /** Whether one more message may be heard now. */
    synchronized boolean hasMore() {
        long now = ticker.nanos();
        left = Math.min(BURST, left + (double) (now - since) / NANOS_FOR_ONE);
        since = now;
        return left >= 1;
    }
}
