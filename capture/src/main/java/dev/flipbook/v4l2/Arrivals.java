package dev.flipbook.v4l2;

import dev.flipbook.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a device has been plugged in, by the device files that there are from one look to the next. Thread-safe: two
 * looks at once may at worst both see it.
 */
final class Arrivals {

    /** So long after a device has appeared it may still refuse: the system sets its permissions, the camera starts. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final CameraFolder folder;
    private final Ticker ticker;
    private volatile @Nullable Set<Path> seen;
    private volatile @Nullable Long latest;

    Arrivals(CameraFolder folder, Ticker ticker) {
        this.folder = folder;
        this.ticker = ticker;
    }

    /** Whether one has appeared since the first look, in the last few seconds. */
    boolean isRecent() {
        Set<Path> before = seen;
        Set<Path> now = folder.nodes();
        seen = now;
        if (before != null && !before.containsAll(now)) {
            latest = ticker.nanos();
        }
        Long appeared = latest;
        return appeared != null && ticker.nanos() - appeared < SETTLING.toNanos();
    }
}
