package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.delivery.CurrentEdition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The pictures that this program publishes itself. Thread-safe. */
public final class ProgramOrigin implements Origin {

    private final CurrentEdition current;
    private final Drafts drafts;
    private final Instant created;
    // what had been published and encoded when this origin began; another one may have given pictures before
    private final long earlier;
    private final long encodedEarlier;

    /** The origin of a feed to which nothing has been published yet. */
    public ProgramOrigin(Inlet inlet) {
        this.current = inlet.broadcast().current();
        this.drafts = inlet.drafts();
        this.created = inlet.ticker().now();
        this.earlier = published();
        this.encodedEarlier = drafts.encoding().frames();
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
    public Figures figures() {
        Encoding all = drafts.encoding();
        Encoding own = new Encoding(all.encoder(), all.frames() - encodedEarlier, all.nanos());
        return new Figures("a program", own, published() - earlier, 0, List.of());
    }

    private long published() {
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
