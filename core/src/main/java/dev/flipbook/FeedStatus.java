package dev.flipbook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state and the figures of a feed at one moment. Immutable.
 *
 * @param name of the feed
 * @param state of its source
 * @param reason why the source is in this state, in words that a user understands; while live empty, or why it failed a
 *     moment ago; while paused what the one that paused it said, or empty
 * @param since when the state began
 * @param source what the source is; "a program" when a program publishes; on an open feed the current or last publisher
 * @param encoding what was encoded here; {@link Encoding#NONE} when the source delivers JPEGs
 * @param width of the newest picture in pixels; 0 before the first
 * @param height of the newest picture in pixels; 0 before the first
 * @param fps frames a second, measured over the last 16 pictures; 0 when there are fewer than two
 * @param viewers current number of viewers
 * @param captured frames that the source or program gave, including those that were not published because the source
 *     was about to close, or not encoded because nobody watched
 * @param frames published frames in all
 * @param delivered frames handed to the connections of all viewers together
 * @param bytes bytes of the delivered frames, including the lines around the pictures
 * @param skipped frames that busy viewers did not get because a newer one had come, all viewers together. Frames that a
 *     viewer did not want are not counted
 * @param dropped frames that found no memory
 * @param damaged frames of the source that could not be shown, because they were cut off or not pictures
 * @param age of the newest picture, including one that waits to be encoded until somebody watches; empty before the
 *     first
 * @param still how long the source has given the same picture again and again; zero while pictures change
 * @param controls settings of the camera; empty for a source without any
 * @param failures failed tries of the source since its latest frame; a live source may have one or two
 * @param nextTry when a failed source is tried again; empty otherwise
 * @param variants the watched variants, in no order; their viewers and deliveries are included in the figures above
 * @param variantFrames pictures made for variants in all, including those for snapshots
 */
public record FeedStatus(
        String name,
        State state,
        String reason,
        Instant since,
        String source,
        Encoding encoding,
        int width,
        int height,
        double fps,
        int viewers,
        long captured,
        long frames,
        long delivered,
        long bytes,
        long skipped,
        long dropped,
        long damaged,
        Optional<Duration> age,
        Duration still,
        List<Control> controls,
        int failures,
        Optional<Instant> nextTry,
        List<VariantStatus> variants,
        long variantFrames) {

    public FeedStatus {
        controls = List.copyOf(controls);
        variants = List.copyOf(variants);
    }

    /** What the source of a feed is doing. */
    public enum State {
        /** Closed, because nobody watches. */
        IDLE,
        /** Opened; the first frame has not come yet. */
        STARTING,
        /** Frames come. */
        LIVE,
        /** Open, but no frame has come for longer than allowed. */
        STALLED,
        /** Failed, and tried again later. For an open feed: nobody publishes. */
        OFFLINE,
        /** Closed, because somebody has paused the feed. */
        PAUSED
    }

    /**
     * One setting of a camera.
     *
     * @param name in lower case with underscores: {@code brightness}
     * @param kind of its values: {@code integer}, {@code boolean}, {@code menu}, {@code button}, which the value 1
     *     presses
     * @param least minimum value
     * @param most maximum value
     * @param step between two values
     * @param usual default of the driver
     * @param value current value
     * @param choices names of the values of a menu, from {@code least} on; empty for other kinds
     */
    public record Control(
            String name, String kind, long least, long most, long step, long usual, long value, List<String> choices) {
        public Control {
            choices = List.copyOf(choices);
        }
    }

    /**
     * The figures of one watched variant.
     *
     * @param width of the picture that its viewers get now, in pixels; 0 before the first
     * @param height of the picture that its viewers get now, in pixels; 0 before the first
     * @param quality requested JPEG quality, rounded; 0 for none
     * @param rotate degrees clockwise
     * @param viewers current number of viewers
     * @param encoding what was made: one picture for all viewers
     * @param failed pictures of the feed from which the variant could not be made
     */
    public record VariantStatus(
            int width, int height, int quality, int rotate, int viewers, Encoding encoding, long failed) {}

    /**
     * What has been encoded so far: by which encoder, how many frames, and how long one takes. Immutable, so that the
     * encoding thread may keep it in a volatile field that any thread reads.
     *
     * @param encoder name of the encoder: {@code TurboJPEG}, {@code ImageIO}; {@code none} when nothing was encoded
     * @param frames encoded in all
     * @param nanos mean time from a picture's pixels to its JPEG over about 16 recent pictures, in nanoseconds; 0
     *     before the first
     */
    public record Encoding(String encoder, long frames, long nanos) {

        /** Nothing was encoded. */
        public static final Encoding NONE = new Encoding("none", 0, 0);

        /** Number of pictures in the mean, as for a feed's fps: few enough that a recent change shows. */
        private static final int LATEST = 16;

        /** The same figures; the next frames are made by this encoder. */
        public Encoding by(String name) {
            return new Encoding(name, frames, nanos);
        }

        /**
         * The figures with one more frame.
         *
         * @param took time that the frame took, in nanoseconds
         */
        public Encoding plus(long took) {
            long more = frames + 1;
            return new Encoding(encoder, more, nanos + (took - nanos) / Math.min(more, LATEST));
        }

        /** These figures followed by those of another encoder, which count if it has made a frame. */
        public Encoding then(Encoding next) {
            return next.frames == 0 ? this : new Encoding(next.encoder, frames + next.frames, next.nanos);
        }
    }
}
