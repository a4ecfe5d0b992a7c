package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.image.RawImage;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The origin of an open feed: its current publisher, and the state of that one. This class does for publishers what
 * {@link SourceRunner} does for a source. Time passes only by {@link #tick}. Thread-safe.
 */
final class PublisherOrigin implements Origin {

    private final String feed;
    private final FeedOptions waits;
    private final SourceOptions options;
    private final Drafts images;
    private final ProgramOrigin own;
    private final Runnable announce;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final SourceState state;
    private @Nullable Publisher current;
    // the reason that viewers see while nobody publishes
    private String away = "nobody publishes yet";
    private String who = "publisher";
    // figures of the publishers that have gone
    private Encoding encoding = Encoding.NONE;
    private long damaged;
    private boolean closed;

    /**
     * An open feed without a publisher.
     *
     * @param images takes what is published. This happens under the lock, so that no frame of one publisher comes after
     *     one of the next
     * @param own the figures of pictures that are encoded here
     * @param announce runs after a frame, without the lock
     */
    PublisherOrigin(
            String feed,
            FeedOptions waits,
            SourceOptions options,
            Drafts images,
            ProgramOrigin own,
            Runnable announce,
            Ticker ticker) {
        this.feed = feed;
        this.waits = waits;
        this.options = options;
        this.images = images;
        this.own = own;
        this.announce = announce;
        this.ticker = ticker;
        this.state = new SourceState(feed, ticker);
        state.become(State.OFFLINE, away);
    }

    /** Begins a publisher, see {@link Feed#publisher}. */
    Publisher begin(String name, boolean takeover, Runnable whenEnded) {
        Publisher before;
        Publisher next = new Publisher(this, name, ticker.now(), new Pulse(waits, ticker.nanos()), whenEnded);
        lock.lock();
        try {
            before = current;
            if (closed) {
                throw new IllegalStateException("the feed '" + feed + "' has ended");
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

    boolean publish(Publisher publisher, Frame frame) {
        boolean ours = publish(publisher, () -> images.take(frame));
        if (ours) {
            announce.run();
        }
        return ours;
    }

    boolean publish(Publisher publisher, RawImage image) {
        return publish(publisher, () -> {
            images.publish(image); // which announces the picture when it has been encoded
            return true;
        });
    }

    /** Publishes something on behalf of the current publisher; false when the publisher has ended. */
    private boolean publish(Publisher publisher, BooleanSupplier publish) {
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

    void tell(Publisher publisher, Encoding made, long refused) {
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

    SourceOptions options() {
        return options;
    }

    /**
     * Ends a publisher.
     *
     * @param still whether its last picture stays live, because the publisher has finished
     * @param why the reason that viewers see; may be empty
     */
    void end(Publisher publisher, boolean still, String why) {
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
    private void keepCounts(Publisher gone) {
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
            Publisher publisher = current;
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
        Publisher last;
        lock.lock();
        try {
            closed = true;
            last = current;
            current = null;
            state.become(State.OFFLINE, "the feed was closed");
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.endBy("the feed '" + feed + "' has ended", false);
        }
        state.log();
    }

    /** The state of the publisher, or the failure to encode its picture while it is live. */
    @Override
    public SourceRunner.Report report() {
        SourceRunner.Report published;
        lock.lock();
        try {
            published = new SourceRunner.Report(state.state(), state.reason(), state.since(), 0, Optional.empty());
        } finally {
            lock.unlock();
        }
        SourceRunner.Report failure = published.state() == State.LIVE ? images.failure() : null;
        return failure == null ? published : failure;
    }

    /** The current publisher, or the last one. */
    @Override
    public String description() {
        lock.lock();
        try {
            return "a " + who;
        } finally {
            lock.unlock();
        }
    }

    /** What was encoded: by the publishers before the pictures came here, and of plain pixels here. */
    @Override
    public Encoding encoding() {
        Encoding more = own.encoding();
        lock.lock();
        try {
            Encoding now = current == null ? encoding : sum(encoding, current.encoding);
            return sum(now, more);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long captured() {
        return own.captured();
    }

    @Override
    public long damaged() {
        lock.lock();
        try {
            return damaged + (current == null ? 0 : current.damaged);
        } finally {
            lock.unlock();
        }
    }
}
