package dev.flipbook.http;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.BodyKind;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureFrames;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.time.Cadence;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link HttpSource} does from its first frame to its close: it asks when a request is due, finds out what the
 * answer is, and reads pictures of it.
 *
 * <p>Confined to the source thread, except {@link #close}.
 */
final class HttpRun {

    /** Default interval between two requests for a picture: as often as cameras' own pages ask. */
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    /**
     * Time after which the last picture is given again, in nanoseconds: less than the minimum of 5 s after which a feed
     * counts as stalled.
     */
    private static final long AGAIN = TimeUnit.SECONDS.toNanos(4);

    /**
     * Minimum timeout in nanoseconds for a camera that has answered before; four times its slowest recent answer if
     * that is more. So a lost request costs a picture or two. A camera that has become slower is asked once more with
     * the full timeout.
     */
    private static final long QUICK = TimeUnit.SECONDS.toNanos(1);

    /** Maximum length of one sleep in nanoseconds, so that a close is noticed within it. */
    private static final long NAP = TimeUnit.SECONDS.toNanos(1);

    /** Number of bytes that are needed to recognise the kind of a body. */
    private static final int SNIFFED = 12;

    private final HttpAddress address;
    private final SourceOptions options;
    private final Ticker ticker;
    private final HttpVisit visit;
    private final PictureFrames stills;
    private final Cadence cadence; // of the requests
    private final long damagedBefore;
    private final Encoding before;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean inside; // whether next() runs; guarded by lock
    private volatile boolean closed;
    private @Nullable PictureStream stream;
    private long streamed; // number of pictures of the stream
    private @Nullable Frame last;
    private long torn;
    private long slowest; // slowest recent answer, in nanoseconds

    /**
     * A run that has not asked for anything yet.
     *
     * @param patience timeouts for one request
     * @param damagedBefore number of pictures of earlier runs that could not be shown
     * @param before what was encoded in earlier runs
     */
    HttpRun(
            HttpAddress address,
            SourceOptions options,
            Ticker ticker,
            HttpConnection.Patience patience,
            long damagedBefore,
            Encoding before) {
        this.address = address;
        this.options = options;
        this.ticker = ticker;
        this.visit = new HttpVisit(address, patience, ticker);
        this.stills = new PictureFrames(options, ticker);
        this.cadence = new Cadence(options.intervalOr(DEFAULT_INTERVAL).toNanos());
        this.damagedBefore = damagedBefore;
        this.before = before;
    }

    /** Waits for the next picture, and sends a request whenever one is due. */
    Frame next() throws IOException, InterruptedException {
        while (true) {
            Frame frame = stream == null ? ask() : streamed(stream);
            if (frame != null) {
                return frame;
            }
        }
    }

    private @Nullable Frame streamed(PictureStream pictures) throws IOException {
        try {
            Frame frame = pictures.next();
            if (++streamed == 1) {
                last = Frame.ofJpeg(frame.bytes());
            }
            return frame;
        } catch (NoPicturesException e) {
            throw OtherContent.of(address, visit.host(), "", e);
        } catch (EOFException e) {
            String refusal = pictures.refusal();
            if (streamed == 0 && !refusal.isEmpty()) {
                throw new IOException(visit.host() + " sends a picture that cannot be shown: " + refusal, e);
            }
            if (streamed != 1 || pictures.damaged() > 0) {
                throw e;
            }
            pictures.close();
            stream = null; // it was one picture, whatever its content type said
            return null;
        }
    }

    /** Sends one request when it is due. Returns null when the answer is a stream. */
    private @Nullable Frame ask() throws IOException, InterruptedException {
        Frame again = sleep();
        if (again != null) {
            return again;
        }
        long begun = ticker.nanos();
        HttpAnswer answer = visit.ask();
        slowest = Math.max(ticker.nanos() - begun, slowest - slowest / 8);
        visit.hasten(Duration.ofNanos(Math.max(QUICK, 4 * slowest)));
        visit.allowSilence(last == null); // after one picture, the next answer is expected to be one picture too
        if (answer.status() == 304) {
            visit.hangUp();
            return last;
        }
        return read(answer);
    }

    /**
     * Reads an answer. Its first bytes and its content type decide whether it is a picture or a stream. Returns null if
     * the answer is a stream.
     */
    private @Nullable Frame read(HttpAnswer answer) throws IOException {
        String said = answer.value("content-type");
        String type = mediaType(said);
        byte[] first = answer.length() > Jpeg.MAX_BYTES && type.startsWith("image/")
                ? new byte[0]
                : BodyKind.beginning(answer.body());
        InputStream body = new SequenceInputStream(new ByteArrayInputStream(first), answer.body());
        switch (BodyKind.of(first, said, answer.length())) {
            case PICTURE -> {
                return picture(answer, body);
            }
            case BACK_TO_BACK -> {
                if (answer.length() >= 0 && !isMotionJpeg(type)) {
                    return picture(answer, body);
                }
            }
            case MULTIPART, Y4M -> {}
            case UNKNOWN -> {
                if (isNamedAsPicture(answer, first, type)) {
                    return picture(
                            answer, first.length == 0 ? body : OtherContent.checked(address, visit.host(), type, body));
                }
                if (!isMotionJpeg(type)) {
                    throw noPicture(answer, first, type);
                }
            }
        }
        open(body, said);
        return null;
    }

    /** Whether the content type says that the body is a picture, and enough bytes have come for that. */
    private static boolean isNamedAsPicture(HttpAnswer answer, byte[] first, String type) {
        return type.startsWith("image/") && (answer.length() >= 0 || first.length == 0 || first.length >= SNIFFED);
    }

    /** The reason why a body is not shown. */
    private IOException noPicture(HttpAnswer answer, byte[] first, String type) throws IOException {
        if (first.length < SNIFFED && answer.length() < 0) {
            return new EOFException("the body ends within its first bytes");
        }
        visit.allowSilence(false);
        return OtherContent.of(address, visit.host(), type, first, answer.body());
    }

    /**
     * Waits until the next request is due, and returns null. Returns the last picture instead if the feed would
     * otherwise count as stalled during the wait.
     */
    private @Nullable Frame sleep() throws IOException, InterruptedException {
        long now = ticker.nanos();
        long again = now + AGAIN;
        long due = cadence.due(now);
        while (due - now > 0 && !closed) {
            if (last != null && now - again >= 0) {
                return last;
            }
            ticker.sleepUntil(Math.min(due - now, NAP) + now);
            now = ticker.nanos();
        }
        if (closed) {
            throw new IOException("closed");
        }
        cadence.taken(now);
        return null;
    }

    private void open(InputStream body, String contentType) throws IOException {
        visit.allowSilence(true);
        stream = new PictureStream(body, contentType, options, ticker);
        streamed = 0;
    }

    private @Nullable Frame picture(HttpAnswer answer, InputStream body) throws IOException {
        byte[] bytes = bytes(answer, body);
        visit.hangUp();
        try {
            Frame frame = stills.frame(ByteBuffer.wrap(bytes));
            visit.keep(answer);
            last = frame;
            return frame;
        } catch (IOException | IllegalArgumentException e) {
            torn++;
            throw new IOException(visit.host() + " sends a picture that cannot be shown: " + e.getMessage(), e);
        }
    }

    private byte[] bytes(HttpAnswer answer, InputStream body) throws IOException {
        if (answer.length() > Jpeg.MAX_BYTES) {
            throw tooLarge();
        }
        byte[] bytes = body.readNBytes(Jpeg.MAX_BYTES + 1);
        if (bytes.length > Jpeg.MAX_BYTES) {
            throw tooLarge();
        }
        return bytes;
    }

    private IOException tooLarge() {
        return new IOException(
                "the picture of " + visit.host() + " is too large: at most " + Jpeg.MAX_BYTES + " bytes are taken");
    }

    /** Host that answers, for messages. */
    String host() {
        return visit.host();
    }

    /** Number of pictures of this run and of earlier ones that could not be shown. */
    long damaged() {
        PictureStream open = stream;
        return damagedBefore + torn + (open == null ? 0 : open.damaged());
    }

    /** What was encoded in this run and in earlier ones. */
    Encoding encoding() {
        PictureStream open = stream;
        return before.then(open == null ? stills.encoding() : open.encoding());
    }

    /** Notes that {@link #next} runs from now on, so that a close does not free what that call uses. */
    void enter() {
        lock.lock();
        try {
            inside = true;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that {@link #next} has returned, and frees what it used if the run was closed meanwhile. */
    void comeOut() {
        lock.lock();
        try {
            inside = false;
            if (closed) {
                free();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the connection and so the wait of {@link #next}. What that call still uses is freed by {@link #comeOut}.
     */
    void close() {
        visit.close();
        lock.lock();
        try {
            closed = true;
            if (!inside) {
                free();
            }
        } finally {
            lock.unlock();
        }
    }

    private void free() {
        stills.close();
        if (stream != null) {
            stream.close();
        }
    }

    /** Whether this type means JPEGs one after another; other videos need a decoder. */
    private static boolean isMotionJpeg(String type) {
        return type.startsWith("video/") && (type.endsWith("jpeg") || type.endsWith("jpg"));
    }

    /**
     * The content type without its parameters; empty when it is not a valid one, so that the result can be shown to
     * people.
     */
    private static String mediaType(String contentType) {
        String type = contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
        return type.matches("[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}") ? type : "";
    }
}
