package dev.flipbook.ffmpeg;

import dev.flipbook.Ticker;
import java.time.Instant;

/** A clock on which waiting takes no time. Its clock moves by {@link #pass} from outside too. */
public final class FakeTicker implements Ticker {

    private long nanos = 1_000_000_007;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochSecond(0, nanos);
    }

    @Override
    public void sleepUntil(long until) {
        nanos = Math.max(nanos, until);
    }

    public void pass(long more) {
        nanos += more;
    }
}
