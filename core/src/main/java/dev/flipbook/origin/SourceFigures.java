package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FrameSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a source said of itself with its latest frame. The source is asked on its own thread only, because it may wait
 * for its own {@code next()}; any thread reads the answers.
 */
final class SourceFigures {

    private final AtomicLong captured = new AtomicLong();
    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;
    private volatile List<Control> controls = List.of();

    /** Counts a frame, and asks its source what was encoded and how its controls are set. */
    void frame(FrameSource from) {
        captured.incrementAndGet();
        encoding = from.encoding();
        controls = from.controls();
    }

    /** Asks a source for its damaged pictures; also when it threw, because it may have nothing but those. */
    void damage(FrameSource from) {
        damaged = from.damaged();
    }

    /** Number of frames that the source gave, including those that came after it was asked to stop. */
    long captured() {
        return captured.get();
    }

    Encoding encoding() {
        return encoding;
    }

    long damaged() {
        return damaged;
    }

    List<Control> controls() {
        return controls;
    }
}
