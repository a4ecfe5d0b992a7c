package dev.flipbook;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where frames come from: the camera driver. Anyone can write one.
 *
 * <p>A source opens itself at the first {@link #next()}, and again at the first one after a {@link #close()}: a feed closes
 * its source when nobody watches and goes on with it when somebody does. Both are called on one thread, the source thread,
 * with one exception: when {@code next()} does not return although it was asked to, by an interrupt first, {@code close()}
 * is called from another thread to wake it. Whatever {@code next()} throws is shown to the viewers as the reason why they
 * see no new picture, and the source is tried again.
 */
@FunctionalInterface
public interface FrameSource extends AutoCloseable {

    /**
     * Waits for the next frame and returns it. Its bytes may be overwritten by the next call.
     *
     * @throws IOException when there is none; the message tells the user why, in a sentence
     * @throws InterruptedException when the thread was interrupted, which asks the source to stop waiting
     */
    Frame next() throws IOException, InterruptedException;

    /** Frees what the source holds and wakes a waiting {@link #next()}. Closing what is closed does nothing. */
    @Override
    default void close() {}

    /** What the source is, for people: {@code car.mp4}, {@code demo}. Without secrets. */
    default String description() {
        return getClass().getSimpleName().isEmpty() ? "a program" : getClass().getSimpleName();
    }

    /**
     * What it has made into JPEGs since it was created, for the status; nothing when it has them already. Asked on the source
     * thread, behind each frame.
     */
    default Encoding encoding() {
        return Encoding.NONE;
    }

    /**
     * How many frames came and could not be shown, as they were cut off or no pictures, since the source was created. Asked as
     * {@link #encoding()} is.
     */
    default long damaged() {
        return 0;
    }

    /** What can be set of a camera, as it is now. Asked as {@link #encoding()} is. */
    default List<Control> controls() {
        return List.of();
    }

    /**
     * Whether what made {@link #next()} fail seems to be over, such as a camera that has been plugged in again: it is then tried
     * at once, or a second after the last try that was brought forward, and not only when the wait after the failure has passed.
     * Asked some ten times a second while the source has failed and is watched, on a thread that serves all feeds: it must not
     * wait.
     */
    default boolean isBack() {
        return false;
    }

    /**
     * A source whose pictures a program draws: it is asked so many times a second, on the source thread, and only while somebody
     * watches. What it throws viewers see as the reason why there is no new picture, and it is asked again. {@snippet :
     * flipbook.feed("plot", FrameSource.drawing(10, () -> plot.draw()));
     * }
     *
     * @param fps 0.001 to 1000; fewer when a picture takes longer than that
     * @param image is asked for the picture of now; it may give the same image again, with something else in it
     * @throws IllegalArgumentException when fps is out of range
     */
    static FrameSource drawing(double fps, Supplier<BufferedImage> image) {
        return new Drawing(fps, image, Ticker.system());
    }

    /**
     * The source that a SOURCE text of the command line stands for, such as {@code demo} or {@code car.mp4}, by the
     * {@link FrameSourceProvider}s on the class path. It is not opened yet.
     *
     * @throws IOException when there is no such source; the message says what would be one
     */
    static FrameSource open(String source) throws IOException {
        return open(source, SourceOptions.DEFAULT);
    }

    /**
     * As {@link #open(String)}, with wishes that a source follows as far as it can.
     *
     * @throws IOException as there
     */
    static FrameSource open(String source, SourceOptions options) throws IOException {
        return FrameSourceProvider.find(source, options);
    }
}
