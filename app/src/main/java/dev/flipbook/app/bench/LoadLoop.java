package dev.flipbook.app.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** A thread that opens its viewers, a few at a time, and reads what all of them receive into one buffer. */
final class LoadLoop implements Callable<Void> {

    /**
     * Size of the buffer in bytes: several frames of common size, and small enough for a processor's second-level
     * cache.
     */
    private static final int BUFFER = 256 << 10;

    /**
     * Maximum number of viewers that connect at once. More would overrun the queue of connections, which in many
     * servers holds 5 to 128.
     */
    private static final int MAX_CONNECTING = 4;

    /** Interval in milliseconds at which the end of the run is noticed. */
    private static final long CHECK_INTERVAL_MILLIS = 20;

    private final List<LoadViewer> viewers;
    private final LoadPhase phase;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final List<LoadViewer> asking = new ArrayList<>();
    private int opened;

    LoadLoop(List<LoadViewer> viewers, LoadPhase phase) {
        this.viewers = List.copyOf(viewers);
        this.phase = phase;
    }

    @Override
    public Void call() throws IOException {
        try (Selector selector = Selector.open()) {
            while (!phase.stopped() && !phase.doorShut()) {
                openSome(selector);
                selector.select(this::ready, CHECK_INTERVAL_MILLIS);
            }
            viewers.stream().filter(viewer -> !viewer.wasLetIn()).forEach(viewer -> viewer.leave("does not answer"));
            while (!phase.stopped()) {
                selector.select(this::ready, CHECK_INTERVAL_MILLIS);
            }
        } finally {
            viewers.forEach(LoadViewer::close);
        }
        return null;
    }

    private void openSome(Selector selector) {
        asking.removeIf(viewer -> !viewer.isAsking());
        while (asking.size() < MAX_CONNECTING && opened < viewers.size()) {
            LoadViewer next = viewers.get(opened++);
            next.connect(selector);
            asking.add(next);
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof LoadViewer viewer) {
            viewer.ready(key, buffer);
        }
    }
}
