package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import java.util.concurrent.TimeUnit;

/** How many decoder processes may be started: some at once, then one a second, however often they die. Guarded by its owner. */
final class Starts {

    private static final long REFILL = TimeUnit.SECONDS.toNanos(1);

    private final int burst;
    private final Ticker ticker;
    private long allowance;
    private long refilled;

    Starts(int burst, Ticker ticker) {
        this.burst = burst;
        this.ticker = ticker;
        this.allowance = burst;
        this.refilled = ticker.nanos();
    }

    boolean take() {
        long now = ticker.nanos();
        long seconds = (now - refilled) / REFILL;
        allowance = Math.min(burst, allowance + seconds);
        refilled += seconds * REFILL;
        if (allowance == 0) {
            return false;
        }
        allowance--;
        return true;
    }
}
