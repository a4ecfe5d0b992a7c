package dev.flipbook.feed;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Origin;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

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
    private final Broadcast broadcast;
    private final CurrentEdition current;
    private final Drafts drafts;
    private final Origin origin;
    private final Ticker ticker;
    private final Executor executor;
    private final long repeatNanos;
    private final AtomicBoolean drawing = new AtomicBoolean();
    private volatile long drawn;

    /**
     * Nothing is shown before the first tick.
     *
     * @param drafts draws placeholders
     * @param origin says whether the feed is live
     * @param repeatAfter time without a new frame after which the newest one is sent again
     */
    Standby(String feed, Broadcast broadcast, Drafts drafts, Origin origin, Duration repeatAfter, Machinery machinery) {
        this.feed = feed;
        this.broadcast = broadcast;
        this.current = broadcast.current();
        this.drafts = drafts;
        this.origin = origin;
        this.repeatNanos = repeatAfter.toNanos();
        this.ticker = machinery.ticker();
        this.executor = machinery.wakers();
        this.drawn = ticker.nanos() - PLACEHOLDER_NANOS;
    }

    /** Shows what is due. Called a few times a second while somebody watches. */
    void tick() {
        long now = ticker.nanos();
        long quiet = now - current.quietSince();
        Optional<Edition.Kind> shown = current.kind();
        State state = origin.report().state();
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
            current.repeat();
            broadcast.wake();
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
            long before = current.editions();
            Origin.Report now = origin.report();
            if (now.state() == State.LIVE) {
                // the state is live before the frame is published; that frame then voids a placeholder
                return;
            }
            Optional<Frame> last = current.lastPicture().copy();
            Duration age = last.map(frame -> Duration.ofNanos(ticker.nanos() - frame.capturedNanos()))
                    .orElse(Duration.ZERO);
            drafts.placeholder(last, now.reason(), age, frame -> current.placeholder(frame, before));
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            // a Java without java.desktop, a picture that cannot be decoded, or one that does not fit into memory
            LOG.log(Level.DEBUG, "feed=" + feed + " has no placeholder", e);
            current.repeatAs(Edition.Kind.PLACEHOLDER);
        } finally {
            drawing.set(false);
        }
        broadcast.wake();
    }
}
