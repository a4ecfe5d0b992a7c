package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import java.time.Instant;
import java.util.Optional;

/** The pictures that this program publishes itself. Thread-safe. */
final class ProgramOrigin implements Origin {

    private final CurrentEdition newest;
    private final Drafts images;
    private final Instant created;

    ProgramOrigin(CurrentEdition newest, Drafts images, Instant created) {
        this.newest = newest;
        this.images = images;
        this.created = created;
    }

    @Override
    public SourceRunner.Report report() {
        SourceRunner.Report failure = images.failure();
        if (failure != null) {
            return failure;
        }
        Optional<Instant> begun = newest.begun();
        return begun.isPresent()
                ? new SourceRunner.Report(State.LIVE, "", begun.get(), 0, Optional.empty())
                : new SourceRunner.Report(
                        State.STARTING, "nothing has been published yet", created, 0, Optional.empty());
    }

    @Override
    public String description() {
        return "a program";
    }

    @Override
    public Encoding encoding() {
        return images.encoding();
    }

    @Override
    public long captured() {
        CurrentEdition.Figures figures = newest.figures();
        return figures.frames() + figures.dropped() + images.unused();
    }

    @Override
    public void wanted(boolean hurry) {
        images.begin();
    }

    /** Has the picture encoded that waits because there was no thread for it. */
    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        if (watched) {
            images.begin();
        }
    }
}
