package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.CurrentEdition.Edition;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What the viewers of a feed see while no new picture comes. If the source is not live, a new placeholder once a
 * second. If it is live, the newest picture again from time to time, so that no client or proxy takes a still scene for
 * a dead connection. Thread-safe.
 */
final class Standby {

    private static final Logger LOG = System.getLogger("dev.flipbook");
    /** Interval between two placeholders; the age in the picture goes on in seconds. */
    private static final long PLACEHOLDER_NANOS = Duration.ofSeconds(1).toNanos();

    private final String feed;
    private final CurrentEdition newest;
    private final Drafts images;
    private final Supplier<SourceRunner.Report> report;
    private final Runnable wakeViewers;
    private final Ticker ticker;
    private final Executor executor;
    private final long repeatNanos;
    private final AtomicBoolean drawing = new AtomicBoolean();
    private volatile long drawn;

    /**
     * Nothing is shown before the first tick.
     *
     * @param report the state of the source
     * @param repeatAfter time without a new frame after which the newest one is sent again
     * @param executor draws
     */
    Standby(
            String feed,
            CurrentEdition newest,
            Drafts images,
            Supplier<SourceRunner.Report> report,
            Runnable wakeViewers,
            Duration repeatAfter,
            Ticker ticker,
            Executor executor) {
        this.feed = feed;
        this.newest = newest;
        this.images = images;
        this.report = report;
        this.wakeViewers = wakeViewers;
        this.repeatNanos = repeatAfter.toNanos();
        this.ticker = ticker;
        this.executor = executor;
        this.drawn = ticker.nanos() - PLACEHOLDER_NANOS;
    }

    /** Shows what is due. Called a few times a second while somebody watches. */
    void tick() {
        long now = ticker.nanos();
        long quiet = now - newest.quietSince();
        Optional<Edition.Kind> shown = newest.shown();
        State state = report.get().state();
        if (shown.filter(kind -> kind == Edition.Kind.END).isPresent()) {
            return;
        }
        if (state != State.LIVE) {
            boolean firstNotice = (state == State.OFFLINE || state == State.STALLED)
                    && shown.filter(kind -> kind == Edition.Kind.PLACEHOLDER).isEmpty();
            if (firstNotice || quiet >= PLACEHOLDER_NANOS) {
                order(now);
            }
        } else if (quiet >= repeatNanos) {
            newest.repeat();
            wakeViewers.run();
        }
    }

    /** Has a placeholder drawn, at most once a second, even if the last one was not shown. */
    private void order(long now) {
        if (now - drawn >= PLACEHOLDER_NANOS && !drawing.getAndSet(true)) {
            drawn = now;
            executor.execute(this::draw);
        }
    }

    private void draw() {
        try {
            long before = newest.editions();
            SourceRunner.Report now = report.get();
            if (now.state() == State.LIVE) {
                // the state is live before the frame is published; that frame then voids a placeholder
                return;
            }
            Optional<Frame> last = newest.copy();
            Duration age = last.map(frame -> Duration.ofNanos(ticker.nanos() - frame.capturedNanos()))
                    .orElse(Duration.ZERO);
            images.placeholder(last, feed, now.reason(), age, frame -> newest.placeholder(frame, before));
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // a Java without java.desktop, a picture that cannot be decoded, or one that does not fit into memory
            LOG.log(Level.DEBUG, "feed=" + feed + " has no placeholder", e);
            newest.repeatAs(Edition.Kind.PLACEHOLDER);
        } finally {
            drawing.set(false);
        }
        wakeViewers.run();
    }
}
