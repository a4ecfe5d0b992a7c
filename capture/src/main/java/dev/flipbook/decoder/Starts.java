package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import java.util.concurrent.TimeUnit;

/** Limits the starts of decoder processes: a burst, then one a second, however often they end. Guarded by its owner. */
final class Starts {

    private static final long REFILL = TimeUnit.SECONDS.toNanos(1);

    private final int burst;
    private final Ticker ticker;
    private long allowance; // starts that are allowed now
    private long refilled; // when the allowance was last increased

    Starts(int burst, Ticker ticker) {
        this.burst = burst;
        this.ticker = ticker;
        this.allowance = burst;
        this.refilled = ticker.nanos();
    }

    /** Whether one more process may be started now; if so, it is counted. */
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
