package dev.flipbook.v4l2;

import dev.flipbook.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notices newly connected cameras by comparing the device files between two looks. Thread-safe: two simultaneous looks
 * may both notice the same device.
 */
final class Hotplug {

    /** How long a new device may refuse to open, because the system sets its permissions and the camera starts. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private final CameraFolder folder;
    private final Ticker ticker;
    private volatile @Nullable Set<Path> seen; // the device files at the last look
    private volatile @Nullable Long latest; // when the last new device was seen

    Hotplug(CameraFolder folder, Ticker ticker) {
        this.folder = folder;
        this.ticker = ticker;
    }

    /** Whether a device has appeared since the first look, within the last 3 s. */
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
