package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Newest.Turn;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What viewers of a feed see while there is no new picture: a placeholder once a second when the source is not live, and
 * else the newest picture once more, so that no client or proxy takes a still scene for a dead connection. Thread-safe.
 */
final class Quiet {

    private static final Logger LOG = System.getLogger("dev.flipbook");
    /** Viewers see a new placeholder so often, with the age counted on. */
    private static final long PLACEHOLDER_NANOS = Duration.ofSeconds(1).toNanos();

    private final String feed;
    private final Newest newest;
    private final ImageEncoding images;
    private final Supplier<SourceRunner.Report> report;
    private final Runnable wakeViewers;
    private final Ticker ticker;
    private final Executor executor;
    private final long repeatNanos;
    private final AtomicBoolean drawing = new AtomicBoolean();
    private volatile long drawn;

    /**
     * @param report how the source is
     * @param executor draws
     */
    Quiet(
            String feed,
            Newest newest,
            ImageEncoding images,
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

    /** Shows what is due; called a few times a second while somebody watches. */
    void tick() {
        long now = ticker.nanos();
        long quiet = now - newest.quietSince();
        Optional<Turn.Kind> shown = newest.shown();
        State state = report.get().state();
        if (shown.filter(kind -> kind == Turn.Kind.END).isPresent()) {
            return;
        }
        if (state != State.LIVE) {
            boolean firstNotice = (state == State.OFFLINE || state == State.STALLED)
                    && shown.filter(kind -> kind == Turn.Kind.PLACEHOLDER).isEmpty();
            if (firstNotice || quiet >= PLACEHOLDER_NANOS) {
                order(now);
            }
        } else if (quiet >= repeatNanos) {
            newest.repeat();
            wakeViewers.run();
        }
    }

    /** Has a placeholder drawn, once a second at most whether or not the last one came to be shown. */
    private void order(long now) {
        if (now - drawn >= PLACEHOLDER_NANOS && !drawing.getAndSet(true)) {
            drawn = now;
            executor.execute(this::draw);
        }
    }

    private void draw() {
        try {
            long before = newest.turns();
            SourceRunner.Report now = report.get();
            if (now.state() == State.LIVE) {
                return; // it says so before its frame is published: one that comes from here on is seen by its turn
            }
            Optional<Frame> last = newest.copy();
            Duration age = last.map(frame -> Duration.ofNanos(ticker.nanos() - frame.capturedNanos()))
                    .orElse(Duration.ZERO);
            images.placeholder(last, feed, now.reason(), age, frame -> newest.placeholder(frame, before));
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // no java.desktop here, or a picture that it cannot read, or none that fits into memory
            LOG.log(Level.DEBUG, "feed=" + feed + " has no placeholder", e);
            newest.repeatAs(Turn.Kind.PLACEHOLDER);
        } finally {
            drawing.set(false);
        }
        wakeViewers.run();
    }
}
