package dev.flipbook;

import dev.flipbook.Newest.Turn;
import org.jspecify.annotations.Nullable;

/** What viewers follow: its newest turn, and they who are woken for each. A feed, or a variant of one. Thread-safe. */
abstract sealed class Shown permits Feed, LiveVariant {

    final Newest newest;
    final Viewers viewers;
    final Ticker ticker;

    Shown(Newest newest, Viewers viewers, Ticker ticker) {
        this.newest = newest;
        this.viewers = viewers;
        this.ticker = ticker;
    }

    /** The newest turn if it is newer than this one, its block held for the caller. */
    @Nullable
    final Turn takeNewer(long than) {
        return newest.takeNewer(than);
    }

    final boolean hasNewer(long than) {
        return newest.hasNewer(than);
    }

    /** The number of the newest frame. */
    final long sequence() {
        return newest.sequence();
    }

    /** Between two frames of late, in nanoseconds; 0 while there are not two. */
    final long interval() {
        return newest.interval();
    }

    /** Whether what is shown is the end. */
    final boolean isEnding() {
        return newest.isEnd();
    }

    final long nanos() {
        return ticker.nanos();
    }

    /** One more viewer, who is not woken yet. */
    abstract void add(Viewer viewer);

    /** Takes a viewer away; false when it was not there. */
    abstract boolean remove(Viewer viewer);

    /** A viewer's connection has taken a frame. */
    abstract void delivered(int bytes);

    /** A viewer has gone. */
    abstract void leave(Viewer viewer);

    /** Of a frame that was not due for them when it came, and has stayed the newest. */
    final void wakeThinned() {
        viewers.forEach(viewer -> {
            if (viewer.isThinned()) {
                viewer.wake();
            }
        });
    }
}
