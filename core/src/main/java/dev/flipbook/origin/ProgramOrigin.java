package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.delivery.CurrentEdition;
import java.time.Instant;
import java.util.Optional;

/** The pictures that this program publishes itself. Thread-safe. */
public final class ProgramOrigin implements Origin {

    private final CurrentEdition current;
    private final Drafts drafts;
    private final Instant created;

    /** The origin of a feed to which nothing has been published yet. */
    public ProgramOrigin(Inlet inlet) {
        this.current = inlet.broadcast().current();
        this.drafts = inlet.drafts();
        this.created = inlet.ticker().now();
    }

    @Override
    public void publish(Frame frame) {
        drafts.publish(frame);
    }

    @Override
    public Drafts drafts() {
        return drafts;
    }

    @Override
    public Report report() {
        Report failure = drafts.failure();
        if (failure != null) {
            return failure;
        }
        Optional<Instant> begun = current.figures().begun();
        return begun.isPresent()
                ? new Report(State.LIVE, "", begun.get(), 0, Optional.empty())
                : new Report(State.STARTING, "nothing has been published yet", created, 0, Optional.empty());
    }

    @Override
    public String description() {
        return "a program";
    }

    @Override
    public Encoding encoding() {
        return drafts.encoding();
    }

    @Override
    public long captured() {
        var figures = current.figures();
        return figures.frames() + figures.dropped() + drafts.unused();
    }

    @Override
    public void wanted(boolean hurry) {
        drafts.begin();
    }

    /** Has the picture encoded that waits because there was no thread for it. */
    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        if (watched) {
            drafts.begin();
        }
    }
}
