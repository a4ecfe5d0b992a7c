package dev.flipbook.delivery;

import dev.flipbook.jpeg.Jpeg;
import org.jspecify.annotations.Nullable;

/**
 * The slot of a variant, which follows the editions of its feed under the feed's numbers. One thread at a time passes
 * editions on; any thread reads. Thread-safe.
 */
public final class VariantEdition extends CurrentEdition {

    private final CurrentEdition feed;

    VariantEdition(CurrentEdition feed, BlockMaker blocks) {
        super(blocks);
        this.feed = feed;
    }

    /** Shows an edition of the feed as it is. The caller holds its block; this slot becomes a further holder. */
    public void pass(Edition edition) {
        if (edition.retain()) {
            give(edition);
        }
    }

    /**
     * Shows a picture that was made of an edition of the feed.
     *
     * @return false when there is no memory for it, which is counted; true after the end, when nobody would see it
     */
    public boolean pass(Edition edition, Jpeg picture) {
        Edition made = blocks().made(edition, picture, edition.last());
        if (made != null) {
            give(made);
            return true;
        }
        lock.lock();
        try {
            tally.drop();
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Measures the rate and shows the edition, whose holding passes to this slot, or ends it after the end. */
    private void give(Edition edition) {
        lock.lock();
        try {
            if (closed
                    || feed.isForgotten(edition)) { // meanwhile the last viewer has left, or the feed has forgotten it
                edition.release();
                return;
            }
            if (edition.kind() == Edition.Kind.PICTURE) {
                tally.variantPicture(ticker.nanos());
                interval = tally.interval();
            } else {
                tally.pause();
            }
            show(edition);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows the newest edition again, under the number of this edition of the feed, because the feed repeats the picture
     * it was made of.
     *
     * @return false when nothing has been shown yet; true after the end
     */
    public boolean passAgain(Edition edition) {
        lock.lock();
        try {
            Edition shown = newest;
            if (shown == null || closed) {
                return closed;
            }
            newest = shown.again(edition.number(), edition.kind());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The newest edition if it is the picture of this frame, else null. The caller becomes a holder of its block. */
    public @Nullable Edition hold(long ofSequence) {
        Edition edition = takeNewer(Long.MIN_VALUE);
        if (edition == null) {
            return null;
        }
        if (edition.kind() == Edition.Kind.PICTURE && edition.sequence() == ofSequence) {
            return edition;
        }
        edition.release();
        return null;
    }

    /** Ends the slot of a variant whose last viewer has left: its memory goes back, and nothing is shown any more. */
    public void drop() {
        lock.lock();
        try {
            closed = true;
            Edition before = newest;
            newest = null;
            if (before != null) {
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }
}
