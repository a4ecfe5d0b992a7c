package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.FeedTally;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.StandbyPicture;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Origin;
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
    private final Broadcast broadcast;
    private final CurrentEdition current;
    private final Drafts drafts;
    private final Origin origin;
    private final Ticker ticker;
    private final Executor executor;
    private final Supplier<FeedOptions> timeouts;
    private final AtomicBoolean drawing = new AtomicBoolean();
    private volatile long drawn;
    // size of the pictures, which outlasts them, so that the layout of a page does not jump; 0 before the first
    private volatile int width;
    private volatile int height;

    /**
     * Nothing is shown before the first tick.
     *
     * @param drafts draws placeholders
     * @param origin says whether the feed is live
     * @param timeouts gives the time without a new frame after which the newest one is sent again
     */
    Standby(
            String feed,
            Broadcast broadcast,
            Drafts drafts,
            Origin origin,
            Supplier<FeedOptions> timeouts,
            Machinery machinery) {
        this.feed = feed;
        this.broadcast = broadcast;
        this.current = broadcast.current();
        this.drafts = drafts;
        this.origin = origin;
        this.timeouts = timeouts;
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
        boolean placeholder =
                shown.filter(kind -> kind == Edition.Kind.PLACEHOLDER).isPresent();
        if (state == State.PAUSED ? !placeholder : state != State.LIVE) { // that of a pause does not change
            boolean firstNotice =
                    (state == State.OFFLINE || state == State.STALLED || state == State.PAUSED) && !placeholder;
            if (firstNotice || quiet >= PLACEHOLDER_NANOS) {
                order(now);
            }
        } else if (quiet >= timeouts.get().repeatAfter().toNanos()) {
            current.repeat();
            broadcast.wake();
        }
    }

    /** Notes the size of the last picture, which is about to be forgotten. */
    void keepSize() {
        FeedTally.Figures figures = current.figures();
        if (figures.width() > 0) {
            width = figures.width();
            height = figures.height();
        }
    }

    /** Shows what is due now, and a placeholder even if one was drawn a moment ago. */
    void showNow() {
        drawn = ticker.nanos() - PLACEHOLDER_NANOS;
        tick();
    }

    /** Has a placeholder drawn, at most once a second, even if the last one was not shown. */
    private void order(long now) {
        if (now - drawn >= PLACEHOLDER_NANOS && !drawing.getAndSet(true)) {
            drawn = now;
            executor.execute(this::draw);
        }
    }

    /** How the placeholder is drawn: over the last picture, or without one when there is none that may be seen. */
    private StandbyPicture.Drawing drawing(Origin.Report now) {
        String reason = now.sentence();
        Optional<Frame> last = current.lastPicture().copy();
        if (last.isEmpty()) {
            StandbyPicture.Blank blank = new StandbyPicture.Blank(width, height, now.state() == State.PAUSED);
            return (standby, encoder) -> standby.draw(blank, feed, reason, encoder);
        }
        Frame picture = last.get();
        Duration age = Duration.ofNanos(ticker.nanos() - picture.capturedNanos());
        return (standby, encoder) ->
                standby.draw(Optional.of(picture.picture()), picture.sequence(), feed, reason, age, encoder);
    }

    private void draw() {
        try {
            long before = current.editions();
            Origin.Report now = origin.report();
            if (now.state() == State.LIVE) {
                // the state is live before the frame is published; that frame then voids a placeholder
                return;
            }
            drafts.placeholder(drawing(now), frame -> current.placeholder(frame, before));
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
