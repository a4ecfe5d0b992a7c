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
 * The source {@code -}: the pictures that another program writes into the standard input of this one.
 *
 * <p>Nothing is read until somebody watches, so the other program waits. From then on everything is read as fast as it
 * comes. While nobody watches, the pictures are skipped without being decoded, so that a camera at the other end is not
 * slowed down and the next viewer sees a current picture. When the input ends, the source has ended; it cannot be
 * started again.
 *
 * <p>{@link #next} is confined to the source thread; any thread may call {@link #close}.
 */
final class StandardInput implements FrameSource {

    /** Advice for the program that most often prints H.264 where it need not. */
    private static final String OF_PI = "; rpicam-vid prints JPEGs with --codec mjpeg";

    private final InputStream in;
    private final SourceOptions options;
    private final Ticker ticker;

    private volatile @Nullable PipeFrames frames;

    // Confined to the source thread.
    private PipeFrames.Counts counts = PipeFrames.Counts.NONE;
    private boolean ended;
    // what the input is; a later try begins in its middle and may not recognise it
    private @Nullable NoPicturesException known;

    /**
     * A source that reads this stream.
     *
     * @param in never closed
     */
    StandardInput(InputStream in, SourceOptions options, Ticker ticker) {
        this.in = new FilterInputStream(in) {
            @Override
            public void close() {
                // left to the code that opened it
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
