package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.RawImage;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The origin of an open feed: its current publisher, and the state of that one. This class does for publishers what
 * {@link SourceRunner} does for a source. Time passes only by {@link #tick}. Thread-safe.
 */
public final class PublisherOrigin implements Origin {

    private final String feed;
    private final Inlet inlet;
    private final SourceOptions options;
    private final ProgramOrigin own;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final SourceState state;
    private @Nullable PublishRight current;
    // the reason that viewers see while nobody publishes
    private String away = "nobody publishes yet";
    private String who = "publisher";
    // figures of the publishers that have gone
    private Encoding encoding = Encoding.NONE;
    private long damaged;
    // why nobody may publish now, in a sentence; null while somebody may
    private @Nullable String barred;

    /**
     * The origin of an open feed, without a publisher.
     *
     * @param options the size, quality, turn and rate asked of the publishers' pictures
     */
    public PublisherOrigin(Inlet inlet, SourceOptions options) {
        this.inlet = inlet;
        this.feed = inlet.feed();
        this.options = options;
        this.own = new ProgramOrigin(inlet);
        this.ticker = inlet.ticker();
        this.state = new SourceState(feed, ticker);
        state.become(State.OFFLINE, away);
    }

    @Override
    public void publish(Frame frame) {
        throw notOwn();
    }

    @Override
    public Drafts drafts() {
        throw notOwn();
    }

    private IllegalStateException notOwn() {
        return new IllegalStateException("the feed '" + feed
                + "' is open to other programs, and one publishes at a time: publish by a Publisher of it");
    }

    /**
     * Begins a publisher.
     *
     * @param name the publisher, in words that follow "a"
     * @param takeover whether to end a publisher that is there already
     * @param whenEnded runs on another thread when the publisher may not publish any more
     * @throws IllegalStateException with a sentence when there is another publisher, or the feed has ended
     */
    public PublishRight begin(String name, boolean takeover, Runnable whenEnded) {
        PublishRight before;
        PublishRight next =
                new PublishRight(name, ticker.now(), new Pulse(inlet.timeouts(), ticker.nanos()), whenEnded);
        lock.lock();
        try {
            before = current;
            if (barred != null) {
                throw new IllegalStateException(barred);
            }
            if (before != null && !takeover) {
                throw new IllegalStateException("a " + before.who() + " publishes to '" + feed + "', since "
                        + before.since().with(ChronoField.NANO_OF_SECOND, 0)
                        + "; one publishes at a time");
            }
            if (before != null) {
                keepCounts(before);
            }
            current = next;
            who = name;
            if (!state.is(State.LIVE)) {
                state.become(State.STARTING, "a " + name + " has come and sent no picture yet");
            }
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.endBy("a " + name + " has taken over the feed '" + feed + "'", true);
        }
        state.log();
        return next;
    }

    public boolean publish(PublishRight publisher, Frame frame) {
        boolean ours = publish(publisher, () -> inlet.drafts().take(frame));
        if (ours) {
            inlet.broadcast().announce();
        }
        return ours;
    }

    public boolean publish(PublishRight publisher, RawImage image) {
        return publish(publisher, () -> {
            inlet.drafts().publish(image); // which announces the picture when it has been encoded
            return true;
        });
    }

    /** Publishes something on behalf of the current publisher; false when the publisher has ended. */
    private boolean publish(PublishRight publisher, BooleanSupplier publish) {
        lock.lock();
        try {
            if (current != publisher) {
                return false;
            }
            publisher.pulse.beat(ticker.nanos());
            publisher.frames++;
            state.become(State.LIVE, "");
            boolean ignored = publish.getAsBoolean(); // a frame that finds no memory is counted by the slot
        } finally {
            lock.unlock();
        }
        state.log();
        return true;
    }

    public void tell(PublishRight publisher, Encoding made, long refused) {
        lock.lock();
        try {
            if (current == publisher) {
                publisher.encoding = made;
                publisher.damaged = refused;
            }
        } finally {
            lock.unlock();
        }
    }

    public SourceOptions options() {
        return options;
    }

    /**
     * Ends a publisher.
     *
     * @param still whether its last picture stays live, because the publisher has finished
     * @param why the reason that viewers see; may be empty
     */
    public void end(PublishRight publisher, boolean still, String why) {
        lock.lock();
        try {
            if (current != publisher) {
                return;
            }
            current = null;
            keepCounts(publisher);
            if (publisher.frames > 0 && !still) {
                away = "its " + publisher.who() + " has gone" + (why.isEmpty() ? "" : ": " + why);
                state.become(State.OFFLINE, away);
            } else if (publisher.frames > 0) {
                state.become(State.LIVE, ""); // even if it has stalled before it said that it had finished
            } else if (!state.is(State.LIVE)) {
                away = why.isEmpty() ? away : "what its " + publisher.who() + " sent was refused: " + why;
                state.become(State.OFFLINE, away);
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    /** Under lock: keeps the figures of a publisher that ends. */
    private void keepCounts(PublishRight gone) {
        encoding = sum(encoding, gone.encoding);
        damaged += gone.damaged;
    }

    private static Encoding sum(Encoding before, Encoding more) {
        return more.frames() == 0
                ? before
                : new Encoding(more.encoder(), before.frames() + more.frames(), more.nanos());
    }

    @Override
    public void wanted(boolean hurry) {
        own.wanted(hurry);
    }

    /** Notices a publisher that has fallen silent. */
    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        own.tick(watched, unwatchedNanos);
        lock.lock();
        try {
            PublishRight publisher = current;
            String silence =
                    publisher == null || publisher.frames == 0 ? null : publisher.pulse.silence(ticker.nanos());
            if (silence != null) {
                state.become(State.STALLED, silence);
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            if (current != null) {
                current.pulse.resume(ticker.nanos());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        bar("the feed '" + feed + "' has ended", true);
    }

    @Override
    public void hold(String why) {
        bar(why, false);
    }

    @Override
    public void release() {
        lock.lock();
        try {
            barred = null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the publisher, and lets no other begin.
     *
     * @param why a sentence for publishers
     * @param closed whether it is for good
     */
    private void bar(String why, boolean closed) {
        PublishRight last;
        lock.lock();
        try {
            barred = why;
            last = current;
            current = null;
            if (last != null) {
                keepCounts(last);
            }
            if (last != null || state.is(State.LIVE)) {
                away = "nobody publishes now";
            }
            state.become(State.OFFLINE, closed ? "the feed was closed" : away);
        } finally {
            lock.unlock();
        }
        if (last != null) {
            // on another thread, because the publisher's own code runs, and the caller may have a lock
            inlet.machinery().wakers().execute(() -> last.endBy(why, false));
        }
        state.log();
    }

    /** The state of the publisher, or the failure to encode its picture while it is live. */
    @Override
    public Report report() {
        Report published;
        lock.lock();
        try {
            published = new Report(state.state(), state.reason(), state.since(), 0, Optional.empty());
        } finally {
            lock.unlock();
        }
        Report failure = published.state() == State.LIVE ? inlet.drafts().failure() : null;
        return failure == null ? published : failure;
    }

    /** What all publishers gave; the description is that of the current one, or of the last one. */
    @Override
    public Figures figures() {
        Figures own = this.own.figures();
        lock.lock();
        try {
            // what was encoded: by the publishers before the pictures came here, and of plain pixels here
            Encoding theirs = current == null ? encoding : sum(encoding, current.encoding);
            long refused = damaged + (current == null ? 0 : current.damaged);
            return new Figures("a " + who, sum(theirs, own.encoding()), own.captured(), refused, List.of());
        } finally {
            lock.unlock();
        }
    }
}
