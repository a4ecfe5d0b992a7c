package dev.flipbook.server.publish;

import dev.flipbook.Ticker;
import dev.flipbook.server.http.HttpError;
import java.time.Duration;

/**
 * Limits how long a publisher may take for a picture. The time counts from the first byte of the picture. When the
 * picture has taken as long as a connection may be silent, a minimum rate is demanded. After {@link #SILENCES} times
 * that long, the picture must be complete. Between pictures, the connection's own timeout limits silence. A publisher
 * whose bytes do not become a complete piece within the maximum time is refused too.
 *
 * <p>Only the time spent waiting for the publisher counts, not the time for decoding, and not time in which this
 * process did not run. Used by the thread that reads the body.
 */
final class PublisherPatience {

    /** Minimum average rate in bytes a second: a fifth of the slowest rate at which viewers are served (20 KB/s). */
    static final int MIN_RATE = 4 << 10;

    /**
     * Maximum time for a picture, as a multiple of the silence. The largest picture, of 32 MiB, needs 280 KB/s to be
     * complete in that time.
     */
    static final int SILENCES = 4;

    /** Wait in nanoseconds that shows that the process was stopped. Waits end after one second otherwise. */
    private static final long STOPPED = Duration.ofSeconds(4).toNanos();

    private final Duration silence;
    private final Ticker ticker;
    private long wholeSeen;
    private long bytesSeen;
    private long bytesBefore; // bytes before the current piece
    private long onPiece; // nanoseconds spent waiting for the current piece
    private long sinceWhole; // nanoseconds spent waiting since the last complete piece

    /** @param silence maximum time for which a connection may be silent */
    PublisherPatience(Duration silence, Ticker ticker) {
        this.silence = silence;
        this.ticker = ticker;
    }

    /** The current time, to be passed to {@link #waited} after a wait. */
    long now() {
        return ticker.nanos();
    }

    /**
     * Counts a wait of about one second or less.
     *
     * @param since when the wait began
     * @param bytes bytes that had arrived before the wait, in total
     * @param whole number of complete pieces: pictures, and other parts of a multipart body
     * @param isUnderWay whether a piece had begun
     * @throws HttpError with the status 408 if the publisher takes too long
     */
    void waited(long since, long bytes, long whole, boolean isUnderWay) {
        long nanos = ticker.nanos() - since;
        if (whole != wholeSeen) {
            wholeSeen = whole;
            sinceWhole = 0;
            onPiece = 0;
            // bytes that came together with the end of the previous piece may belong to this one
            bytesBefore = bytesSeen;
        }
        if (!isUnderWay) {
            onPiece = 0;
            bytesBefore = bytes;
        }
        bytesSeen = bytes;
        if (nanos > STOPPED) {
            return;
        }
        sinceWhole += nanos;
        onPiece += isUnderWay ? nanos : 0;
        check(bytes - bytesBefore);
    }

    private void check(long bytesOfPiece) {
        long limit = silence.toNanos();
        if (onPiece > SILENCES * limit) {
            throw new HttpError(408, "the picture is not whole after " + text(SILENCES * limit) + ", the maximum");
        }
        if (onPiece > limit && bytesOfPiece < onPiece / 1e9 * MIN_RATE) {
            throw new HttpError(
                    408,
                    "the picture comes too slowly: " + bytesOfPiece + " bytes in " + text(onPiece)
                            + "; one that takes more than " + text(limit) + " must have at least " + MIN_RATE
                            + " bytes a second");
        }
        if (sinceWhole > SILENCES * limit) {
            throw new HttpError(
                    408,
                    "nothing whole has come for " + text(SILENCES * limit)
                            + ", neither a picture nor a part of a multipart");
        }
    }

    private static String text(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
