package dev.flipbook.server.publish;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.server.http.HttpError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as a blocking stream for one thread, which an interrupt wakes. Nothing is read ahead, so a
 * client that sends too fast is slowed down by TCP.
 *
 * <p>A body with more than {@link #MAX_WITHOUT_PICTURE} bytes between two pictures is refused with 413. Other reasons to stop reading
 * are thrown as {@link HttpError} as well.
 */
public final class RequestBody extends InputStream {

    /** Maximum bytes without a complete picture: the maximum size of one picture. */
    static final int MAX_WITHOUT_PICTURE = Jpeg.MAX_BYTES;

    /**
     * Maximum number of damaged pieces in a row. {@link PictureStream} has the same limit for pictures that cannot be
     * shown.
     */
    private static final int MAX_DAMAGED = 50;

    /**
     * Maximum bytes of a body without a picture that are kept, so that the answer can say what is wrong with the body.
     */
    private static final int MAX_KEPT = 1 << 20;

    private final Request request;
    private final Semaphore content = new Semaphore(0); // released when Jetty has content
    private final ByteArrayOutputStream beginning =
            new ByteArrayOutputStream(); // first bytes of the body, up to MAX_KEPT
    private Content.@Nullable Chunk chunk;
    private boolean begun; // whether the body was asked for
    private boolean ended; // whether it was read to its end
    private boolean asked; // whether Jetty was asked to report content
    private boolean taken; // whether any picture could be shown
    private long total; // bytes read
    private long since; // bytes read since the last complete picture
    private @Nullable PictureStream pictures;
    private Runnable news = () -> {};
    private @Nullable PublisherPatience patience;
    private long takenWhole; // number of pictures that could be shown
    private long damagedTold; // number of damaged pieces when whenDamaged was last run
    private long pictureSeen; // number of pictures at the last check
    private long damagedSeen; // number of damaged pieces when the last picture came

    private RequestBody(Request request) {
        this.request = request;
    }

    /** The body of this request, made at the first call. */
    public static RequestBody of(Request request) {
        String key = RequestBody.class.getName();
        if (request.getAttribute(key) instanceof RequestBody made) {
            return made;
        }
        RequestBody body = new RequestBody(request);
        request.setAttribute(key, body);
        return body;
    }

    /**
     * Sets the stream that knows how many pictures have been found.
     *
     * @param whenDamaged run when the number of damaged pieces has grown
     */
    void countBy(PictureStream stream, Runnable whenDamaged) {
        pictures = stream;
        news = whenDamaged;
    }

    /** Sets the limit for the time that a picture may take. */
    void limitBy(PublisherPatience limits) {
        patience = limits;
    }

    /** Notes that a picture was complete and could be shown. The bytes after it belong to the next one. */
    void taken() {
        taken = true;
        takenWhole++;
        since = 0;
        beginning.reset();
    }

    /**
     * The whole body, if it has been read to its end, is at most {@link #MAX_KEPT} bytes long and had no picture in it.
     * Used to say what is wrong with it.
     */
    Optional<ByteBuffer> whole() {
        return ended && !taken && beginning.size() == total
                ? Optional.of(ByteBuffer.wrap(beginning.toByteArray()))
                : Optional.empty();
    }

    /** Whether the body has been asked for. */
    boolean begun() {
        return begun;
    }

    /** Whether the body has been read to its end. */
    public boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        checkProgress();
        Content.Chunk from = next();
        if (from == null) {
            return -1;
        }
        int count = Math.min(length, from.remaining());
        from.getByteBuffer().get(bytes, offset, count);
        if (!from.hasRemaining()) {
            release(from);
        }
        if (!taken && beginning.size() + count <= MAX_KEPT && beginning.size() == total) {
            beginning.write(bytes, offset, count);
        }
        total += count;
        since += count;
        return count;
    }

    private void checkProgress() {
        PictureStream stream = pictures;
        if (stream != null && stream.pictures() > pictureSeen) {
            pictureSeen = stream.pictures();
            damagedSeen = stream.damaged();
            since = 0;
        }
        if (stream != null && stream.damaged() > damagedTold) {
            damagedTold = stream.damaged();
            news.run();
        }
        checkLength();
        if (stream != null && stream.damaged() - damagedSeen > MAX_DAMAGED) {
            throw new HttpError(422, "more than " + MAX_DAMAGED + " pieces in a row are not whole pictures");
        }
    }

    /** @throws HttpError with the status 413 if no picture can follow because the body is too long */
    void checkLength() {
        if (since > MAX_WITHOUT_PICTURE) {
            throw new HttpError(
                    413, "no whole picture came within " + MAX_WITHOUT_PICTURE + " bytes, the maximum size of one");
        }
    }

    /** The chunk to read from, or null at the end. */
    private Content.@Nullable Chunk next() throws IOException {
        begun = true;
        while (!ended) {
            Content.Chunk now = chunk == null ? request.read() : chunk;
            chunk = now;
            if (now == null) {
                await();
            } else if (Content.Chunk.isFailure(now)) {
                throw failed(now.getFailure());
            } else if (now.hasRemaining()) {
                return now;
            } else {
                release(now);
            }
        }
        return null;
    }

    private void release(Content.Chunk done) {
        ended = done.isLast();
        chunk = null;
        done.release();
    }

    private void await() throws IOException {
        if (!asked) {
            asked = true;
            request.demand(content::release);
        }
        try {
            boolean arrived = false;
            while (!arrived) {
                long waitBegan = patience == null ? 0 : patience.now();
                arrived = content.tryAcquire(1, TimeUnit.SECONDS);
                asked = !arrived;
                checkPatience(waitBegan);
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the publisher has ended");
        }
    }

    private void checkPatience(long waitBegan) {
        PictureStream stream = pictures;
        if (patience != null && stream != null) {
            patience.waited(waitBegan, total, takenWhole + stream.whole(), stream.isUnderWay());
        } else if (patience != null) {
            patience.waited(waitBegan, total, takenWhole, since > 0);
        }
    }

    /** Reads and discards the rest of the body: up to the limit, to its end, or until an interrupt. */
    void drain() {
        drain(() -> true);
    }

    /** Reads and discards the rest as {@link #drain()} does, while the condition holds. */
    void drain(BooleanSupplier goesOn) {
        pictures = null;
        byte[] waste = new byte[16 << 10];
        try {
            while (since <= MAX_WITHOUT_PICTURE && goesOn.getAsBoolean() && read(waste, 0, waste.length) >= 0) {
                // read to the end
            }
        } catch (IOException | HttpError e) {
            System.getLogger("dev.flipbook.server").log(System.Logger.Level.DEBUG, "a body was not read to its end", e);
        }
    }

    private static HttpError failed(Throwable why) {
        return why instanceof TimeoutException || why.getCause() instanceof TimeoutException
                ? new HttpError(408, "nothing has come for too long")
                : new HttpError(400, "the connection has broken off");
    }
}
