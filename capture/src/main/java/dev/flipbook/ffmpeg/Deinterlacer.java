package dev.flipbook.ffmpeg;

import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole pictures of interlaced ones, whose two fields were taken one after the other: every second row is
 * computed from the rows next to it, in this picture and in the pictures before and after. The deinterlacer begins with
 * the first interlaced picture and passes progressive ones unchanged. From then on, a picture comes out after the next
 * one was put in. Used by the source thread only.
 */
final class Deinterlacer implements AutoCloseable {

    /** FFmpeg's filter: one picture out for each picture in, in the field order that each picture names. */
    private static final String FILTER = "bwdif=mode=send_frame:parity=auto:deint=interlaced";

    /** FFmpeg's {@code AV_FRAME_FLAG_INTERLACED}, which the binding lacks. */
    private static final int INTERLACED = 1 << 3;

    /** FFmpeg's {@code AV_FRAME_FLAG_TOP_FIELD_FIRST}, which the binding lacks. */
    private static final int TOP_FIELD_FIRST = 1 << 4;

    private @Nullable Conversion filter;
    private @Nullable PictureShape shape;

    /**
     * Marks a picture as interlaced.
     *
     * @param topFirst whether the top field was taken first
     */
    static void mark(AVFrame picture, boolean topFirst) {
        int others = picture.flags() & ~TOP_FIELD_FIRST;
        picture.flags(others | INTERLACED | (topFirst ? TOP_FIELD_FIRST : 0));
    }

    /** Whether a picture must go through the deinterlacer. */
    boolean takes(AVFrame picture) {
        return filter != null || (picture.flags() & INTERLACED) != 0;
    }

    /**
     * Puts a picture in.
     *
     * @param picture is not changed, except for its timestamp
     */
    void put(AVFrame picture) throws IOException {
        PictureShape now = PictureShape.of(picture, Orientation.UPRIGHT);
        Conversion current = filter;
        if (current == null || !now.equals(shape)) { // a picture is lost when the size changes
            close();
            current = Conversion.open(now, FILTER);
            filter = current;
            shape = now;
        }
        picture.pts(picture.best_effort_timestamp());
        current.put(picture);
    }

    /**
     * Takes a picture that has come out.
     *
     * @return false if there is none
     */
    boolean take(AVFrame into) {
        if (filter == null || !filter.take(into)) {
            return false;
        }
        into.duration(into.duration() / 2); // the filter counts in half ticks of the input
        return true;
    }

    /** Tells the filter that no picture follows, so that the last one comes out. */
    void end() throws IOException {
        if (filter != null) {
            filter.end();
        }
    }

    /** Drops all pictures. */
    @Override
    public void close() {
        if (filter != null) {
            filter.close();
            filter = null;
        }
    }
}
