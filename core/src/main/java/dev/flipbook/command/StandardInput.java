package dev.flipbook.command;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.picture.StreamKind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code -}: the pictures that another program writes into this one's standard input.
 *
 * <p>Until somebody watches nothing is read, and the program waits. From then on it is read as fast as it comes: while
 * nobody watches the pictures are passed over without being looked at, so that a camera behind the program is not held
 * up and the next viewer sees one of now. Its end is the end; there is nothing to start again.
 *
 * <p>{@link #next} is confined to the source thread; {@link #close} may be called by any.
 */
final class StandardInput implements FrameSource {

    /** Where H.264 is most often printed, it need not be. */
    private static final String OF_PI = "; rpicam-vid prints JPEGs with --codec mjpeg";

    private final InputStream in;
    private final SourceOptions options;
    private final Ticker ticker;

    private volatile @Nullable PipeFrames frames;

    // source thread only
    private PipeFrames.Counts counts = PipeFrames.Counts.NONE;
    private boolean ended;
    private @Nullable NoPicturesException known; // what it is; a later try begins in its middle and may not tell

    /** @param in is never closed */
    StandardInput(InputStream in, SourceOptions options, Ticker ticker) {
        this.in = new FilterInputStream(in) {
            @Override
            public void close() {
                // whoever made it closes it
            }
        };
        this.options = options;
        this.ticker = ticker;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        PipeFrames current = frames;
        if (current == null) {
            if (ended) {
                throw ended(new EOFException());
            }
            current = new PipeFrames(new PictureStream(in, "", options, ticker), counts, "flipbook-read-stdin");
            frames = current;
        }
        try {
            return current.next();
        } catch (EOFException e) {
            frames = null;
            throw ended(e);
        } catch (NoPicturesException e) {
            frames = null;
            throw noPictures(e);
        } catch (IOException e) {
            frames = null; // the next try looks for pictures in what comes then
            throw e;
        } finally {
            counts = current.counts();
        }
    }

    private IOException noPictures(NoPicturesException e) {
        NoPicturesException before = known;
        NoPicturesException best = before == null || e.kind() != StreamKind.UNKNOWN ? e : before;
        known = best;
        return e.ended() ? ended(e) : said(best, "standard input carries");
    }

    private IOException ended(IOException cause) {
        ended = true;
        NoPicturesException what = known;
        return what == null
                ? new IOException("standard input has ended", cause)
                : said(what, "standard input has ended, and carried");
    }

    private static NoPicturesException said(NoPicturesException what, String who) {
        return what.by(who, "… | %s | flipbook -" + (what.kind() == StreamKind.H264 ? OF_PI : ""));
    }

    @Override
    public void close() {
        PipeFrames current = frames;
        if (current != null) {
            current.rest();
        }
    }

    @Override
    public String description() {
        return "standard input";
    }

    @Override
    public Encoding encoding() {
        return counts.encoding();
    }

    @Override
    public long damaged() {
        return counts.damaged();
    }
}
