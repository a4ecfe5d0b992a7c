package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;

/**
 * How long a publisher may take for a picture. From its first byte on a picture has as much time as a connection may be silent;
 * after that a number of bytes a second is wanted, and in the end the whole picture. Between pictures only silence is limited,
 * which the connection does; but bytes that become nothing whole are no sign of life.
 *
 * <p>Only time in which the publisher was waited for counts: not that of decoding, nor time in which this process did not run.
 * Confined to the thread that reads the body.
 */
final class PublisherPatience {

    /** On average, in bytes a second: a fifth of what the slowest viewers have that are served (20 KB a second). */
    static final int LEAST_RATE = 4 << 10;

    /** A picture is whole after so many times the silence: of 32 MiB, the largest, it needs 280 KB a second. */
    static final int SILENCES = 4;

    /** A wait ends once a second to look. One that is longer than this, in nanoseconds, tells that the process was stopped. */
    private static final long STOPPED = Duration.ofSeconds(4).toNanos();

    private final Duration silence;
    private final Ticker ticker;
    private long wholeSeen;
    private long bytesSeen;
    private long bytesBefore; // all that came before the piece that is under way
    private long onPiece; // nanoseconds that were waited for it
    private long sinceWhole; // nanoseconds that were waited since a piece came whole

    /** @param silence for which a connection may be silent */
    PublisherPatience(Duration silence, Ticker ticker) {
        this.silence = silence;
        this.ticker = ticker;
    }

    /** The time, for the beginning of a wait. */
    long now() {
        return ticker.nanos();
    }

    /**
     * Takes note of a wait, of a second or so at most, that began then.
     *
     * @param bytes that had come before, in all
     * @param whole how many pieces had come whole: pictures, and other parts of a multipart
     * @param isUnderWay whether a piece had begun
     * @throws HttpError when the publisher takes too long
     */
    void waited(long since, long bytes, long whole, boolean isUnderWay) {
        long nanos = ticker.nanos() - since;
        if (whole != wholeSeen) {
            wholeSeen = whole;
            sinceWhole = 0;
            onPiece = 0;
            bytesBefore = bytesSeen; // what came together with the end of the one before may be of this one
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
        long most = silence.toNanos();
        if (onPiece > SILENCES * most) {
            throw new HttpError(
                    408, "the picture is not whole after " + text(SILENCES * most) + ", the most it may take");
        }
        if (onPiece > most && bytesOfPiece < onPiece / 1e9 * LEAST_RATE) {
            throw new HttpError(
                    408,
                    "the picture comes too slowly: " + bytesOfPiece + " bytes in " + text(onPiece)
                            + "; one that takes more than " + text(most) + " has to have at least " + LEAST_RATE
                            + " bytes a second");
        }
        if (sinceWhole > SILENCES * most) {
            throw new HttpError(
                    408,
                    "nothing whole has come for " + text(SILENCES * most)
                            + ", neither a picture nor a part of a multipart");
        }
    }

    private static String text(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
