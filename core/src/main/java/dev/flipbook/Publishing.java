package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who publishes to an open feed, and how that goes: it stands to a publisher as {@link SourceRunner} does to a source. Time
 * passes only by {@link #tick}. Thread-safe.
 */
final class Publishing implements Origin {

    private final String feed;
    private final FeedOptions waits;
    private final SourceOptions options;
    private final ImageEncoding images;
    private final OwnPictures own;
    private final Runnable announce;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final SourceState state;
    private @Nullable Publisher current;
    private String away = "nobody publishes yet";
    private String who = "publisher";
    private Encoding encoding = Encoding.NONE;
    private long damaged;
    private boolean closed;

    /**
     * @param images takes what is published, under lock: so one publisher's frames never come behind those of the next
     * @param own what is said of pictures that are encoded here
     * @param announce is run behind a frame, not under lock
     */
    Publishing(
            String feed,
            FeedOptions waits,
            SourceOptions options,
            ImageEncoding images,
            OwnPictures own,
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

    /** As {@link Feed#publisher}. */
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
            images.publish(image); // which announces it when it is encoded
            return true;
        });
    }

    private boolean publish(Publisher publisher, BooleanSupplier publish) {
        lock.lock();
        try {
            if (current != publisher) {
                return false;
            }
            publisher.pulse.beat(ticker.nanos());
            publisher.frames++;
            state.become(State.LIVE, "");
            boolean ignored = publish.getAsBoolean(); // what finds no memory is counted there
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

    /** @param still whether its last picture stands for now as well */
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
                state.become(State.LIVE, ""); // also when it has stalled before it said that this was all
            } else if (!state.is(State.LIVE)) {
                away = why.isEmpty() ? away : "what its " + publisher.who() + " sent was refused: " + why;
                state.become(State.OFFLINE, away);
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    /** Under lock. */
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

    /** What could not be encoded here is told while a publisher is there and well. */
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

    /** The publisher that is there, or was there last. */
    @Override
    public String description() {
        lock.lock();
        try {
            return "a " + who;
        } finally {
            lock.unlock();
        }
    }

    /** What its publishers' pictures took elsewhere, and plain pixels here. */
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
