package dev.flipbook;

import dev.flipbook.CurrentEdition.Edition;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer is shown: a feed, or a variant of one. This class has the newest edition, the viewers that are woken for
 * each new one, and the clock. {@link FeedViewer} knows only this class. Thread-safe.
 */
abstract sealed class Broadcast permits Feed, LiveVariant {

    final CurrentEdition newest;
    final Viewers viewers;
    final Ticker ticker;

    Broadcast(CurrentEdition newest, Viewers viewers, Ticker ticker) {
        this.newest = newest;
        this.viewers = viewers;
        this.ticker = ticker;
    }

    /**
     * The newest edition if its number is higher than this one; null otherwise. The caller becomes a holder of its block.
     */
    @Nullable
    final Edition takeNewer(long than) {
        return newest.takeNewer(than);
    }

    /** Whether {@link #takeNewer} would return an edition. */
    final boolean hasNewer(long than) {
        return newest.hasNewer(than);
    }

    /** Number of the newest frame; 0 before the first. */
    final long sequence() {
        return newest.sequence();
    }

    /** Mean interval between recent frames in nanoseconds, or 0 if there are fewer than two. */
    final long interval() {
        return newest.interval();
    }

    /** Whether the feed has ended, and only its end is shown. */
    final boolean isEnding() {
        return newest.isEnd();
    }

    /** The time, as the feed's ticker counts. */
    final long nanos() {
        return ticker.nanos();
    }

    /** Adds a viewer, which the caller wakes afterwards. */
    abstract void add(FeedViewer viewer);

    /** Removes a viewer; false when it was not there. */
    abstract boolean remove(FeedViewer viewer);

    /** Counts a frame of this many bytes that a viewer's connection has taken. */
    abstract void delivered(int bytes);

    /** Removes a viewer that has ended, for good. */
    abstract void leave(FeedViewer viewer);

    /** Wakes the viewers with an interval: a frame that was not due for them when it came may be due now. */
    final void wakeThinned() {
        viewers.forEach(viewer -> {
            if (viewer.isThinned()) {
                viewer.wake();
            }
        });
    }
}
