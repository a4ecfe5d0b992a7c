package dev.flipbook.http;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.BodyKind;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureFrames;
import dev.flipbook.picture.PictureStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code http://…} and {@code https://…}: an MJPEG stream, or one picture that is requested again and again.
 * The answer shows which of them it is.
 *
 * <p>Confined to the source thread, except {@link #close}.
 */
final class HttpSource implements FrameSource {

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

    /** Number of bytes that tell the kind of a body; shorter ones tell nothing. */
    private static final int SNIFFED = 12;

    private final HttpAddress address;
    private final SourceOptions options;
    private final Ticker ticker;
    private final HttpConnection.Patience patience;

    private volatile @Nullable Run run;
    private long damaged;
    private Encoding encoding = Encoding.NONE;

    HttpSource(HttpAddress address, SourceOptions options, Ticker ticker, HttpConnection.Patience patience) {
        this.address = address;
        this.options = options;
        this.ticker = ticker;
        this.patience = patience;
    }

    /**
     * A source for a URL.
     *
     * @throws IOException when the text is not a URL that can be requested
     */
    static HttpSource of(String text, SourceOptions options) throws IOException {
        return new HttpSource(HttpAddress.of(text), options, Ticker.system(), HttpConnection.Patience.DEFAULT);
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        Run current = run;
        if (current == null) {
            current = new Run(damaged, encoding);
            run = current;
        }
        current.enter();
        try {
            return current.next();
        } catch (EOFException | SocketException | SSLException e) {
            throw interrupted(new IOException(current.visit.host() + " closed the connection", e));
        } catch (SocketTimeoutException e) {
            throw interrupted(new IOException(current.visit.host() + " stopped in the middle of a picture", e));
        } catch (IOException e) {
            throw interrupted(e);
        } finally {
            damaged = current.damaged();
            encoding = current.encoding();
            current.comeOut();
        }
    }

    /** Tells an interrupt from a failure: an interrupt closes the connection, which looks like any other failure. */
    private static IOException interrupted(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interrupt = new InterruptedException("interrupted while waiting for a picture");
            interrupt.addSuppressed(e);
            throw interrupt;
        }
        return e;
    }

    @Override
    public void close() {
        Run current = run;
        run = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public String description() {
        return address.toString();
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    /** The time from the first frame to the close. */
    private final class Run {
        private final HttpVisit visit = new HttpVisit(address, patience, ticker);
        private final PictureFrames stills = new PictureFrames(options, ticker);
        private final long interval = options.intervalOr(DEFAULT_INTERVAL).toNanos();
        private final long damagedBefore;
        private final Encoding before;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean inside; // whether next() runs; guarded by lock
        private volatile boolean closed;
        private @Nullable PictureStream stream;
        private long streamed; // number of pictures of the stream
        private @Nullable Frame last;
        private boolean asked;
        private long due;
        private long torn;
        private long slowest; // slowest recent answer, in nanoseconds

        Run(long damagedBefore, Encoding before) {
            this.damagedBefore = damagedBefore;
            this.before = before;
        }

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

        /** Sends one request. Returns null when the answer is a stream. */
        private @Nullable Frame ask() throws IOException, InterruptedException {
            Frame again = sleep();
            if (again != null) {
                return again;
            }
            long begun = ticker.nanos();
            HttpAnswer answer = visit.ask();
            slowest = Math.max(ticker.nanos() - begun, slowest - slowest / 8);
            visit.hasten(Duration.ofNanos(Math.max(QUICK, 4 * slowest)));
            visit.allowSilence(last == null); // what was one picture before is expected to be one again
            if (answer.status() == 304) {
                visit.hangUp();
                return last;
            }
            String said = answer.value("content-type");
            String type = mediaType(said);
            byte[] first = answer.length() > Jpeg.MAX_BYTES && type.startsWith("image/")
                    ? new byte[0]
                    : BodyKind.beginning(answer.body());
            InputStream body = new SequenceInputStream(new ByteArrayInputStream(first), answer.body());
            boolean counted = answer.length() >= 0;
            switch (BodyKind.of(first, said, answer.length())) {
                case PICTURE -> {
                    return picture(answer, body);
                }
                case BACK_TO_BACK -> {
                    if (counted && !isMotionJpeg(type)) {
                        return picture(answer, body);
                    }
                    open(body, said);
                }
                case MULTIPART, Y4M -> open(body, said);
                case UNKNOWN -> {
                    if (type.startsWith("image/") && (counted || first.length == 0 || first.length >= SNIFFED)) {
                        return picture(
                                answer,
                                first.length == 0 ? body : OtherContent.checked(address, visit.host(), type, body));
                    }
                    if (isMotionJpeg(type)) {
                        open(body, said);
                    } else {
                        throw noPicture(answer, first, type);
                    }
                }
            }
            return null;
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
            if (!asked) {
                asked = true;
                due = now;
            }
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
            due = (now - due > interval ? now : due) + interval;
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

        long damaged() {
            PictureStream open = stream;
            return damagedBefore + torn + (open == null ? 0 : open.damaged());
        }

        Encoding encoding() {
            PictureStream open = stream;
            Encoding now = open == null ? stills.encoding() : open.encoding();
            return now.frames() == 0
                    ? before
                    : new Encoding(now.encoder(), before.frames() + now.frames(), now.nanos());
        }

        void enter() {
            lock.lock();
            try {
                inside = true;
            } finally {
                lock.unlock();
            }
        }

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
