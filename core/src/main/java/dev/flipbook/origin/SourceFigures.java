package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FrameSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a source said of itself with its latest frame. The source is asked on its own thread only, because it may wait
 * for its own {@code next()}; any thread reads the answers.
 */
final class SourceFigures {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final AtomicLong captured = new AtomicLong();
    private final SourceControls controls = new SourceControls();
    /** What the source is, in its own words; asked once. */
    private final String description;

    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;

    /** Asks the source what it is, which is the driver's code and may wait for its own {@code next()}. */
    SourceFigures(FrameSource of) {
        description = of.description();
    }

    /** Counts a frame, and asks its source what was encoded and how its controls are set. */
    void frame(FrameSource from) {
        captured.incrementAndGet();
        encoding = from.encoding();
        controls.ask(from);
    }

    /** Asks a source for its damaged pictures; also when it threw, because it may have nothing but those. */
    void damage(FrameSource from) {
        damaged = from.damaged();
    }

    /** Whether a failed source says that another try is worth it. Asked on the thread that serves all feeds. */
    boolean isBack(FrameSource source) {
        try {
            return source.isBack();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, description, e);
            return false;
        }
    }

    /** What the source is, in its own words. */
    String description() {
        return description;
    }

    /** The controls of the source. */
    SourceControls controls() {
        return controls;
    }

    /** All figures; the frames that came after the source was asked to stop are among the captured. */
    Origin.Figures all() {
        return new Origin.Figures(description, encoding, captured.get(), damaged, controls.all());
    }
}
