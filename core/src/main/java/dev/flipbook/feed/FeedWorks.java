package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.FeedTally;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.origin.CurrentOrigin;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Inlet;
import dev.flipbook.origin.Origin;
import dev.flipbook.text.PlainText;
import dev.flipbook.variant.Variants;
import java.time.Duration;
import java.util.function.Function;

/**
 * What is inside a feed: its parts, wired together, and what has to be done with all of them, which is upkeep, a pause
 * and the end. {@link Feed} is the interface in front of it. Thread-safe.
 */
final class FeedWorks {

    /** Maximum length of the reason of a pause, which stands in the picture; longer ones are cut. */
    private static final int MAX_REASON = 200;

    private final String name;
    private final Broadcast broadcast;
    private final CurrentEdition current;
    private final Drafts drafts;
    private final CurrentOrigin origin;
    private final Variants variants;
    private final Audience audience;
    private final Snapshots snapshots;
    private final Standby standby;
    private final Ticker ticker;
    private volatile FeedOptions options;
    // the program has called watched(), so it may have skipped its work since
    private volatile boolean programAsks;

    /** The works of a feed that nobody watches yet. */
    FeedWorks(
            String name,
            CurrentEdition current,
            FeedOptions options,
            Machinery shared,
            Function<Inlet, Origin> origin) {
        this.name = name;
        this.current = current;
        this.options = options;
        this.ticker = shared.ticker();
        this.broadcast = new Broadcast(
                current, shared.wakers(), ticker, viewer -> audience().leave(viewer));
        this.variants = new Variants(name, broadcast, options.maxVariants(), shared);
        this.audience = new Audience(broadcast, variants, this::letGoIfClosed, shared);
        this.drafts = new Drafts(name, broadcast, this::isWatched, shared);
        this.origin = new CurrentOrigin(
                new Inlet(name, broadcast, drafts, this::options, shared), origin, this::forgetPictures);
        this.snapshots = new Snapshots(current, this.origin, drafts, variants, this::mayRest, shared);
        this.standby = new Standby(name, broadcast, drafts, this.origin, this::options, shared);
        broadcast.whenPublished(snapshots::answer);
    }

    // The parts.

    CurrentEdition current() {
        return current;
    }

    Broadcast broadcast() {
        return broadcast;
    }

    CurrentOrigin origin() {
        return origin;
    }

    Audience audience() {
        return audience;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    Ticker ticker() {
        return ticker;
    }

    private FeedOptions options() {
        return options;
    }

    void options(FeedOptions next) {
        options = next;
    }

    /** The state and the figures of the feed at this moment. */
    FeedStatus status() {
        Origin.Report report = origin.report();
        Origin.Figures given = origin.figures();
        FeedTally.Figures figures = current.figures();
        return new FeedStatus(
                name,
                report.state(),
                report.reason(),
                report.since(),
                given.description(),
                given.encoding(),
                figures.width(),
                figures.height(),
                figures.fps(),
                audience.viewers(),
                given.captured(),
                figures.frames(),
                broadcast.deliveries().frames(),
                broadcast.deliveries().bytes(),
                audience.skipped(),
                figures.dropped() + variants.dropped(),
                given.damaged(),
                drafts.waitingFor().or(figures::age),
                figures.still(),
                given.controls(),
                report.failures(),
                report.nextTry(),
                variants.status(),
                variants.made());
    }

    // Who wants pictures.

    /** Whether the program should make pictures; from now on it may be resting when this was false. */
    boolean programAsks() {
        programAsks = true;
        return isWatched();
    }

    private boolean isWatched() {
        return origin.paused().isEmpty() && (!audience.isEmpty() || snapshots.pending());
    }

    private boolean mayRest() {
        return programAsks && audience.isEmpty();
    }

    // Exchange and pause.

    /** Exchanges the origin, which begins as soon as it can if somebody watches. */
    void exchange(Function<Inlet, Origin> next) {
        origin.exchange(next);
        beginIfWatched();
    }

    /** Pauses the feed, or changes the reason of its pause. */
    void pause(String reason) {
        origin.pause(PlainText.line(PlainText.line(reason, " ").strip(), " ", MAX_REASON));
        snapshots.end();
        if (!audience.isEmpty()) {
            standby.showNow();
        }
    }

    /** Ends a pause. */
    void unpause() {
        if (origin.unpause()) {
            beginIfWatched();
        }
    }

    private void beginIfWatched() {
        if (isWatched()) {
            origin.wanted(true);
        }
    }

    /**
     * Drops all pictures of the feed, wherever they are kept.
     *
     * @param paused whether none is taken from now on
     */
    private void forgetPictures(boolean paused) {
        standby.keepSize();
        drafts.forget();
        current.forget(paused);
        variants.forget();
    }

    // Upkeep.

    /**
     * Does what is due: timeouts, retries, placeholders, repeats, waiting snapshots. Called a few times a second by the
     * timekeeper of all feeds, so it must not wait.
     */
    void tick() {
        origin.tick(isWatched(), audience.unwantedNanos());
        forgetIfIdle();
        snapshots.tick();
        if (!audience.isEmpty()) {
            standby.tick();
        }
        audience.tick();
    }

    /**
     * Forgets the newest edition of an idle feed: a viewer that comes waits for a new picture, and does not see one from
     * an hour ago.
     */
    void forgetIfIdle() {
        if (origin.report().state() == State.IDLE) {
            current.forget(audience::isEmpty);
        }
    }

    /** Ends the feed and returns at once, see {@link Feed#close}. */
    void close() {
        origin.close();
        if (current.close()) {
            broadcast.announce();
            snapshots.end();
            letGoIfClosed();
        }
    }

    /** Whether a closed feed needs no more ticks: its source has ended and its viewers have gone. */
    boolean ended() {
        return audience.isEmpty() && origin.ended();
    }

    /** Gives back all memory when the last viewer of a closed feed has left. Later viewers get an empty response. */
    private void letGoIfClosed() {
        if (current.letGo(audience::isEmpty)) {
            drafts.close();
        }
    }

    /** Waits until the source has ended, at most for this time. */
    void awaitEnd(Duration patience) throws InterruptedException {
        origin.awaitEnd(patience);
    }
}
