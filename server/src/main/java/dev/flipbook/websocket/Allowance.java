package dev.flipbook.websocket;

import dev.flipbook.Ticker;

/**
 * Limits how many messages a client may send: 200 a second, and a burst of 600 after an idle time. A page of 256 feeds
 * sends about 600 messages when it opens. Messages above the limit are not lost: the connection reads them later.
 * Thread-safe.
 */
final class Allowance {

    private static final int BURST = 600;
    private static final long NANOS_FOR_ONE = 1_000_000_000 / 200;

    private final Ticker ticker;

    // Number of messages that may be read now. Guarded by this. Below 0 if one read of the socket brought several
    // messages.
    private double left = BURST;
    private long since;

    Allowance(Ticker ticker) {
        this.ticker = ticker;
        this.since = ticker.nanos();
    }

    /** Counts one message that was read. */
    synchronized void use() {
        left--;
    }

    /**
     * Takes back the count of the last message, because it was a valid acknowledgement. The number of acknowledgements
     * is limited by the number of pictures that were sent.
     */
    synchronized void giveBack() {
        left++;
    }

    /** Whether one more message may be read now. */
    synchronized boolean hasMore() {
        long now = ticker.nanos();
        left = Math.min(BURST, left + (double) (now - since) / NANOS_FOR_ONE);
        since = now;
        return left >= 1;
    }
}
