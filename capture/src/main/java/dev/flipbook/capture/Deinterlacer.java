package dev.flipbook.capture;

import dev.flipbook.mjpeg.Orientation;
import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Makes a whole picture of each that is two fields, taken one after the other: every second row is drawn anew from those beside
 * it, in this picture and in its neighbours. It begins with the first picture that says it is interlaced, and leaves those alone
 * that do not. From then on each picture comes out when the next one is in. Confined to the source thread.
 */
final class Deinterlacer implements AutoCloseable {

    /** One picture out for each in; the order of the fields as each picture says it. */
    private static final String FILTER = "bwdif=mode=send_frame:parity=auto:deint=interlaced";

    /** FFmpeg's {@code AV_FRAME_FLAG_INTERLACED}, which the binding leaves out. */
    private static final int INTERLACED = 1 << 3;

    /** Likewise {@code AV_FRAME_FLAG_TOP_FIELD_FIRST}. */
    private static final int TOP_FIELD_FIRST = 1 << 4;

    private @Nullable Conversion filter;
    private @Nullable PictureShape shape;

    /** Says in a picture that it is interlaced, and which of its fields was taken first. */
    static void mark(AVFrame picture, boolean topFirst) {
        int others = picture.flags() & ~TOP_FIELD_FIRST;
        picture.flags(others | INTERLACED | (topFirst ? TOP_FIELD_FIRST : 0));
    }

    /** Whether the picture goes through it. */
    boolean takes(AVFrame picture) {
        return filter != null || (picture.flags() & INTERLACED) != 0;
    }

    /** @param picture stays as it is */
    void put(AVFrame picture) throws IOException {
        PictureShape now = PictureShape.of(picture, Orientation.UPRIGHT);
        Conversion current = filter;
        if (current == null || !now.equals(shape)) { // where the size changes, a picture is lost
            close();
            current = Conversion.open(now, FILTER);
            filter = current;
            shape = now;
        }
        picture.pts(picture.best_effort_timestamp());
        current.put(picture);
    }

    /** Whether a picture has come out, which is then in this frame. */
    boolean take(AVFrame into) {
        if (filter == null || !filter.take(into)) {
            return false;
        }
        into.duration(into.duration() / 2); // the filter counts in halves of the input's ticks
        return true;
    }

    /** There is no further picture: what is still in it comes out. */
    void end() throws IOException {
        if (filter != null) {
            filter.end();
        }
    }

    /** Forgets all pictures. */
    @Override
    public void close() {
        if (filter != null) {
            filter.close();
            filter = null;
        }
    }
}
