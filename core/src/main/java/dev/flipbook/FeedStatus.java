package dev.flipbook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a feed is at one moment.
 *
 * @param name of the feed
 * @param state of its source
 * @param reason why it is in this state, in words a user understands; empty while live
 * @param since when the state began
 * @param source what it is, "a program" when frames are published, or the publisher that is there or was there last
 * @param encoding what was made into JPEGs here; nothing when the source has them already
 * @param width of the newest picture in pixels; 0 before the first
 * @param height of the newest picture in pixels; 0 before the first
 * @param fps measured over the last pictures; 0 when there are none
 * @param viewers now
 * @param captured frames that the source or the program gave, those included that were not published: a source was about to
 *     close, a program's image was not encoded as nobody watched
 * @param frames published in all
 * @param delivered frames handed to viewers' connections, all viewers together
 * @param bytes of these, with the lines around the pictures
 * @param skipped frames that a busy viewer did not get as a newer one had come, all viewers together; those that a viewer did not want
 *     are not counted
 * @param dropped frames that found no memory
 * @param damaged frames that the source gave and that could not be shown, as they were cut off or no pictures
 * @param age of the newest picture, one that waits to be encoded until somebody watches included; empty before the first
 * @param still for how long the source has given the same picture again and again; 0 while pictures change
 * @param controls what can be set of the camera; empty for sources that have nothing
 * @param failures tries of the source that failed since its latest frame; a live source may have one or two
 * @param nextTry when a source that has failed is tried again
 * @param variants that are watched now, in no order; their viewers and what these got are in the figures above
 * @param variantFrames pictures made for variants in all, those for snapshots included
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

    /** What a feed's source is doing. */
    public enum State {
        /** Closed as nobody watches. */
        IDLE,
        /** Opened, the first frame has not come yet. */
        STARTING,
        /** Frames come. */
        LIVE,
        /** Open, but no frame has come for too long. */
        STALLED,
        /** Failed, and it is tried again; of an open feed, nobody publishes. */
        OFFLINE
    }

    /**
     * Something that can be set of a camera.
     *
     * @param name in small letters with underscores: {@code brightness}
     * @param kind of its values: {@code integer}, {@code boolean}, {@code menu}, {@code button}
     * @param least value
     * @param most value
     * @param step between values
     * @param usual what the driver sets
     * @param value now
     * @param choices what the values of a menu stand for, from {@code least} on; empty for others
     */
    public record Control(
            String name, String kind, long least, long most, long step, long usual, long value, List<String> choices) {
        public Control {
            choices = List.copyOf(choices);
        }
    }

    /**
     * A variant that is watched.
     *
     * @param width of the picture that its viewers get now, in pixels; 0 before the first
     * @param height of the picture that its viewers get now, in pixels; 0 before the first
     * @param quality that is asked for, rounded; 0 for none
     * @param rotate degrees clockwise
     * @param viewers now
     * @param encoding what was made: one picture for all its viewers
     * @param failed pictures of the feed of which none could be made
     */
    public record VariantStatus(
            int width, int height, int quality, int rotate, int viewers, Encoding encoding, long failed) {}

    /**
     * What has been made into JPEGs so far: by what, how many, and how long it takes. Immutable, so that whoever encodes may keep
     * it in a volatile field that anybody may read.
     *
     * @param encoder name of what makes the JPEGs: {@code TurboJPEG}, {@code ImageIO}; {@code none} when the pictures are JPEGs
     *     already or none was made yet
     * @param frames encoded in all
     * @param nanos from a picture's pixels to its JPEG: the mean of about the sixteen latest, in nanoseconds; 0 before the first
     */
    public record Encoding(String encoder, long frames, long nanos) {

        /** Nothing was encoded. */
        public static final Encoding NONE = new Encoding("none", 0, 0);

        /** As many as a feed's fps are measured over: few enough to show what has changed just now. */
        private static final int LATEST = 16;

        /** The same, with the next frames made by this encoder. */
        public Encoding by(String name) {
            return new Encoding(name, frames, nanos);
        }

        /** With one frame more, which took so many nanoseconds. */
        public Encoding plus(long took) {
            long more = frames + 1;
            return new Encoding(encoder, more, nanos + (took - nanos) / Math.min(more, LATEST));
        }
    }
}
