package dev.flipbook;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * A place where frames come from: the driver of a camera, of a file, of anything that makes pictures. Anyone can write
 * one.
 *
 * <p>A source opens itself at the first {@link #next()}, and again at the first one after a {@link #close()}: a feed
 * closes its source when nobody watches, and goes on with the same object when somebody does. Both methods are called
 * on one thread, the source thread, with one exception. When {@code next()} does not return although its thread was
 * interrupted, {@code close()} is called from another thread to wake it.
 *
 * <p>What {@code next()} throws is shown to the viewers as the reason why they see no new picture, and the source is
 * tried again.
 */
@FunctionalInterface
public interface FrameSource extends AutoCloseable {

    /**
     * Waits for the next frame and returns it. The frame's bytes may be overwritten by the next call. Never returns
     * null.
     *
     * @throws IOException when there is no frame; the message tells the user why, in one sentence
     * @throws InterruptedException when the thread was interrupted, which asks the source to stop waiting
     */
    Frame next() throws IOException, InterruptedException;

    /** Frees what the source holds, and wakes a waiting {@link #next()}. Closing a closed source does nothing. */
    @Override
    default void close() {}

    /**
     * What the source is, in words for people: {@code car.mp4}, {@code demo}. Must not contain passwords. The default
     * is the name of the class.
     */
    default String description() {
        return getClass().getSimpleName().isEmpty() ? "a program" : getClass().getSimpleName();
    }

    /**
     * What the source has encoded since it was created, for the status; {@link Encoding#NONE} if its pictures are JPEGs
     * already. Called on the source thread after each frame.
     */
    default Encoding encoding() {
        return Encoding.NONE;
    }

    /**
     * Number of frames since the source was created that could not be shown, because they were cut off or not pictures.
     * Called on the source thread after each call of {@link #next()}, also when that threw.
     */
    default long damaged() {
        return 0;
    }

    /**
     * The settings of a camera with their current values; those of the latest opening when it is closed. Called on the
     * source thread after each frame, and on any thread after {@link #control}.
     */
    default List<Control> controls() {
        return List.of();
    }

    /**
     * Sets one of the {@link #controls()}. The value is kept for later openings; while the source is closed it is only
     * kept. Called on any thread, also while {@link #next()} waits and while the source is being closed. A button is
     * pressed by the value 1.
     *
     * @param name of the control
     * @param value that the control takes, by its range, step and choices
     * @throws IOException when the driver refuses; the message tells the user why, in one sentence
     */
    default void control(String name, int value) throws IOException {
        throw new IOException(description() + " has no control '" + name + "'");
    }

    /**
     * Whether the reason why {@link #next()} failed seems to be gone, for example because a camera has been plugged in
     * again. The source is then tried at once, or one second after the last try that was brought forward, and not only
     * after the usual wait. Called about ten times a second while the source has failed and is watched, on a thread
     * that serves all feeds: this method must not wait.
     */
    default boolean isBack() {
        return false;
    }

    /**
     * A source whose pictures a program draws. The supplier is called at this rate on the source thread, and only while
     * somebody watches. What it throws is shown to viewers as the reason why there is no new picture, and it is called
     * again.
     *
     * {@snippet :
     * flipbook.feed("plot", FrameSource.drawing(10, () -> plot.draw()));
     * }
     *
     * @param fps frames a second, 0.001 to 1000; fewer come when drawing takes longer than that
     * @param image gives the current picture; it may return the same image each time, with other content
     * @throws IllegalArgumentException when fps is out of range
     */
    static FrameSource drawing(double fps, Supplier<BufferedImage> image) {
        return new Drawing(fps, image, Ticker.system());
    }

    /**
     * The source that a SOURCE text of the command line stands for, such as {@code demo} or {@code car.mp4}. The
     * {@link FrameSourceProvider}s on the class path are asked. The source is not opened yet.
     *
     * @throws IOException when there is no such source; the message says what would be one
     */
    static FrameSource open(String source) throws IOException {
        return open(source, SourceOptions.DEFAULT);
    }

    /**
     * The source that this text stands for, as {@link #open(String)}.
     *
     * @param options wishes that the source follows as far as it can
     * @throws IOException as {@link #open(String)}
     */
    static FrameSource open(String source, SourceOptions options) throws IOException {
        return FrameSourceProvider.find(source, options);
    }
}
