package dev.flipbook.v4l2;

import dev.flipbook.FeedStatus;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The controls of one camera through all its openings: what they are, and what they are to be. They can be set while the
 * camera runs, on another thread than the one that reads its pictures: the lock keeps the device open meanwhile, and
 * nobody waits for a picture under it. Thread-safe.
 */
final class CameraControls {

    private static final System.Logger LOG = System.getLogger("dev.flipbook.v4l2");

    /** What the user asked for when the source was made. */
    private final Map<String, Integer> asked;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<String, Integer> kept = new LinkedHashMap<>(); // set since, under the driver's names
    private final Map<String, Integer> late = new LinkedHashMap<>(); // of those, what the driver was not told yet
    private Controls known = new Controls(List.of());
    private String camera; // its name for messages
    private @Nullable Device device; // null while the camera is not running

    private volatile List<FeedStatus.Control> status = List.of();

    CameraControls(String camera, Map<String, Integer> asked) {
        this.camera = camera;
        this.asked = asked;
    }

    /** The controls for the feed's status; those of the latest opening when the camera is closed. */
    List<FeedStatus.Control> status() {
        return status;
    }

    /**
     * Sets a camera that is being opened as it was asked for, and as it was set since.
     *
     * @throws IOException with a sentence if the camera does not take what was asked for. What was set since is only
     *     logged then, because a control may have been held by another one since it was set
     */
    void prepare(Device opened, String name) throws IOException {
        lock.lock();
        try {
            camera = name;
            Controls there = Controls.of(opened);
            there.check(name, asked);
            Map<String, Integer> wanted = new LinkedHashMap<>();
            asked.forEach((control, value) -> wanted.put(Controls.name(control), value));
            wanted.putAll(kept);
            if (kept.isEmpty()) {
                there.set(opened, name, wanted);
            } else {
                there.trySet(opened, name, wanted);
            }
            late.clear();
            show(there.read(opened));
        } finally {
            lock.unlock();
        }
    }

    /** The camera runs: controls are set at once from now on. */
    void running(Device opened) {
        lock.lock();
        try {
            device = opened;
            if (!late.isEmpty()) {
                known.trySet(opened, camera, late);
                late.clear();
                show(known.read(opened));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The camera is about to be closed: waits for a control that is being set, and sets none from now on. */
    void closing() {
        lock.lock();
        try {
            device = null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets a control, now if the camera runs, and at each later opening. A button is only pressed while the camera runs.
     *
     * @throws IOException with a sentence if there is no such control, or the driver refuses
     */
    void set(String name, int value) throws IOException {
        Map<String, Integer> wanted = Map.of(name, value);
        lock.lock();
        try {
            known.check(camera, wanted);
            Device running = device;
            if (running == null && known.isButton(name)) {
                throw new IOException("the camera " + camera + " is closed, so " + name + " cannot be pressed");
            }
            if (running != null) {
                known.set(running, camera, wanted);
            }
            if (!known.isButton(name)) {
                kept.put(Controls.name(name), value);
            }
            if (running != null) {
                show(known.read(running));
            } else {
                late.put(Controls.name(name), value);
                show(known.with(name, value));
            }
            LOG.log(Level.DEBUG, "camera={0} control={1} value={2}", camera, name, Integer.toString(value));
        } finally {
            lock.unlock();
        }
    }

    private void show(Controls now) {
        known = now;
        status = now.status();
    }
}
