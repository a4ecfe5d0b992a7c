package dev.flipbook;

import dev.flipbook.Newest.Turn;
import org.jspecify.annotations.Nullable;

/**
 * What a viewer is shown: a feed, or a variant of one. This class has the newest turn, the viewers that are woken for
 * each new one, and the clock. {@link Viewer} knows only this class. Thread-safe.
 */
abstract sealed class Shown permits Feed, LiveVariant {

    final Newest newest;
    final Viewers viewers;
    final Ticker ticker;

    Shown(Newest newest, Viewers viewers, Ticker ticker) {
        this.newest = newest;
        this.viewers = viewers;
        this.ticker = ticker;
    }

    /**
     * The newest turn if its number is higher than this one; null otherwise. The caller becomes a holder of its block.
     */
    @Nullable
    final Turn takeNewer(long than) {
        return newest.takeNewer(than);
    }

    /** Whether {@link #takeNewer} would return a turn. */
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
    abstract void add(Viewer viewer);

    /** Removes a viewer; false when it was not there. */
    abstract boolean remove(Viewer viewer);

    /** Counts a frame of this many bytes that a viewer's connection has taken. */
    abstract void delivered(int bytes);

    /** Removes a viewer that has ended, for good. */
    abstract void leave(Viewer viewer);

    /** Wakes the viewers with an interval: a frame that was not due for them when it came may be due now. */
    final void wakeThinned() {
        viewers.forEach(viewer -> {
            if (viewer.isThinned()) {
                viewer.wake();
            }
        });
    }
}
