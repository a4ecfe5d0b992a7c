package dev.flipbook.origin;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the failures and the silence of a source mean: whether the source still counts as live, and when it is
 * tried again.
 *
 * <p><b>One failure is not an outage.</b> A source that has given frames stays live while it is opened again, until it
 * has failed {@link Backoff#OUTAGE three times in a row} or given no frame for as long as a source may be silent
 * ({@link Pulse}). Viewers see no placeholder meanwhile, and the status has the reason. A source that fails before its
 * first frame is offline at once.
 *
 * <p>Guarded by the lock of its {@link SourceRunner}.
 */
final class SourceHealth {

    private final Supplier<FeedOptions> options;
    private final Ticker ticker;
    private final Backoff backoff;
    private final SourceState state;

    private Pulse life; // since the source became live, through all its attempts
    private @Nullable String setback; // why it failed after its latest frame, while it still counts as live

    SourceHealth(SourceState state, Backoff backoff, Inlet inlet) {
        this.state = state;
        this.backoff = backoff;
        this.options = inlet.timeouts();
        this.ticker = inlet.ticker();
        this.life = new Pulse(options, ticker.nanos());
    }

    /** The source is live; its failures are forgotten. */
    void frameCame(long now) {
        if (!state.is(State.LIVE)) {
            life = new Pulse(options, now);
        }
        life.beat(now);
        setback = null;
        backoff.forget();
        state.become(State.LIVE, "");
    }

    /** The source has failed and is being closed. */
    void failing(String why) {
        if (isSetback(backoff.failures() + 1, ticker.nanos())) {
            setback = why;
        } else {
            state.become(State.OFFLINE, why);
        }
    }

    /**
     * A try has failed: sets the time of the next one.
     *
     * @param hurry whether that is brought forward, because a viewer has come
     */
    void failed(String why, boolean hurry) {
        long now = ticker.nanos();
        Duration wait = backoff.failed(now);
        if (hurry) {
            backoff.hurry(now);
        }
        if (isSetback(backoff.failures(), now)) {
            setback = why;
            state.bear(why, backoff.failures(), wait);
        } else {
            state.fail(why, backoff.failures(), wait);
        }
    }

    /** Whether a source with this number of failures in a row still counts as live. */
    private boolean isSetback(int failures, long now) {
        return state.is(State.LIVE) && failures < Backoff.OUTAGE && life.silence(now) == null;
    }

    /**
     * Ends the grace of a source that failed and was opened again: it stays live no longer than a source that is merely
     * silent.
     */
    void tick() {
        String why = setback;
        if (why != null && state.is(State.LIVE) && life.silence(ticker.nanos()) != null) {
            state.become(State.OFFLINE, why);
        }
    }

    /** The process did not run for a while, up to now. */
    void resume(long now) {
        life.resume(now);
    }

    /**
     * The state of the source, with its reason.
     *
     * @param waiting whether the next try is waited for
     */
    Origin.Report report(boolean waiting) {
        return new Origin.Report(
                state.state(),
                setback != null && state.is(State.LIVE) ? setback : state.reason(),
                state.since(),
                backoff.failures(),
                waiting ? Optional.of(ticker.now().plusNanos(backoff.next() - ticker.nanos())) : Optional.empty());
    }
}
