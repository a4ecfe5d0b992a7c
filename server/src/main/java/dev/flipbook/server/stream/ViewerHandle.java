package dev.flipbook.server.stream;

import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The viewer of a stream, which may not be there yet: a feed sends the first picture before it returns the viewer. A
 * stream that is ended in between leaves the feed as soon as it has its viewer. Thread-safe.
 */
public final class ViewerHandle {

    private static final ViewerStatus NO_PICTURES = new ViewerStatus(Duration.ZERO, 0, 0, 0, 0, Duration.ZERO);

    private volatile @Nullable Viewer viewer;
    private volatile boolean left;

    /** Sets the viewer. Called once. */
    public void set(Viewer watching) {
        viewer = watching;
        if (left) {
            watching.leave(); // leave() may have been called when there was no viewer yet
        }
    }

    /** Lets the viewer leave its feed, now or as soon as it is there. */
    public void leave() {
        left = true;
        Viewer watching = viewer;
        if (watching != null) {
            watching.leave();
        }
    }

    /** Whether {@link #leave()} was called. */
    public boolean hasLeft() {
        return left;
    }

    /** Lets the viewer take a newer frame, if it is there. */
    public void wake() {
        Viewer watching = viewer;
        if (watching != null) {
            watching.wake();
        }
    }

    /** What the viewer has received so far; nothing if it is not there yet. */
    public ViewerStatus status() {
        Viewer watching = viewer;
        return watching == null ? NO_PICTURES : watching.status();
    }
}
