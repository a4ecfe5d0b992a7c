package dev.flipbook.server.publish;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.feed.Publisher;
import dev.flipbook.picture.BodyKind;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureFrames;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.picture.StreamKind;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The pictures in the body of a request: recognizes whether the body is one picture, a stream of them or plain pixels,
 * reads it to its end and publishes each picture. One thread.
 */
final class PublishedPictures {

    /** Bytes of a body that are read to recognize a stream of another kind: enough for every kind that is known. */
    private static final int FIRST = 1024;

    /**
     * Maximum time in nanoseconds for which the rest of an unknown body is read before the client is refused. Without
     * the maximum, a client could send forever.
     */
    private static final long DRAINING = 3_000_000_000L;

    private static final String TAKEN =
            "what is taken is a picture (JPEG, PNG, WebP ...), a multipart of them, JPEGs or"
                    + " PNGs back to back, or Y4M";

    /**
     * Minimum interval between two pictures in nanoseconds: at most a thousand pictures a second are accepted. A faster
     * client is slowed down.
     */
    private static final long PACE_NANOS = 1_000_000;
    /**
     * How far in nanoseconds a client may be ahead of that pace, because some send pictures in bursts or separate them
     * by their own clock.
     */
    private static final long BURST_NANOS = 100_000_000;
    /** Minimum wait in nanoseconds. Shorter waits cost more than they slow down. */
    private static final long WAIT_NANOS = 5_000_000;

    private final RequestBody body;
    private final Publisher publisher;
    private final PublishQuery query;
    private final Ticker ticker;
    /**
     * The sender that is held responsible for pictures that crash a decoder process: an address; or the feed for
     * publishers on this machine, because a proxy on it may send for many clients.
     */
    private final String sender;

    private final String type; // of the body, as the client says
    private final long length; // of the body in bytes, or -1 if the client does not say
    private boolean multipart;
    private long frames; // pictures that were published
    private long refused; // pieces that were not pictures
    private long due; // when the next picture may be accepted

    /**
     * The pictures of this request's body, none of which are read yet.
     *
     * @param sender the client that is held responsible for pictures that crash a decoder process
     */
    PublishedPictures(Exchange exchange, Publisher publisher, PublishQuery query, Ticker ticker, String sender) {
        this.body = RequestBody.of(exchange.request());
        this.publisher = publisher;
        this.query = query;
        this.ticker = ticker;
        this.sender = sender;
        this.type = exchange.header(HttpHeader.CONTENT_TYPE);
        this.length = exchange.request().getLength();
        this.due = ticker.nanos();
    }

    /** Number of pictures that were published. */
    long frames() {
        return frames;
    }

    /** Number of pieces that were not pictures. */
    long refused() {
        return refused;
    }

    private SourceOptions options() {
        return query.range().isPresent() ? publisher.options().withRange(query.range()) : publisher.options();
    }

    /** The refusal for a body that cannot be read any further. */
    HttpError refusal(IOException e) {
        try {
            body.checkLength();
            if (e.getCause() instanceof OutOfMemoryError) {
                return new HttpError(503, String.valueOf(e.getMessage()), "Retry-After", "1");
            }
            return new HttpError(multipart ? 400 : 422, String.valueOf(e.getMessage()));
        } catch (HttpError tooLong) {
            return tooLong;
        }
    }

    /** The refusal for a publisher that was ended: taken over, or closed with its feed. */
    HttpError ended() {
        String why = publisher.ended().orElse("the publisher was interrupted");
        return new HttpError(publisher.takenOver() ? 409 : 503, why);
    }

    /**
     * Publishes all pictures.
     *
     * @throws HttpError if the body is of a kind that is not accepted, or the publisher was ended
     * @throws IOException if the body cannot be read further; {@link #refusal} returns the answer for that
     */
    void publishAll() throws IOException, InterruptedException {
        if (query.raw().isPresent()) {
            takeRaw(query.raw().get());
            return;
        }
        byte[] head = BodyKind.beginning(body);
        if (head.length == 0) {
            throw new HttpError(422, "the body is empty: 0 bytes");
        }
        BodyKind kind = BodyKind.of(head, type, length);
        multipart = kind == BodyKind.MULTIPART;
        if (kind == BodyKind.PICTURE) {
            takePicture(head);
        } else if (kind != BodyKind.UNKNOWN) {
            takeStream(new SequenceInputStream(new ByteArrayInputStream(head), body));
        } else {
            throw noPicture(head);
        }
    }

    /** The refusal for a body that is not a picture: what it is, and what would be accepted. */
    private HttpError noPicture(byte[] head) throws IOException {
        byte[] first = Arrays.copyOf(head, Math.max(head.length, FIRST));
        int count = head.length + body.readNBytes(first, head.length, first.length - head.length);
        StreamKind kind = StreamKind.within(first, count);
        if (kind == StreamKind.UNKNOWN || kind == StreamKind.PICTURES) {
            long begun = ticker.nanos();
            // a body that is too long for a picture is refused for its length
            body.drain(() -> ticker.nanos() - begun < DRAINING);
            body.checkLength();
            return new HttpError(
                    415,
                    "this is not a picture of a known kind; " + TAKEN + "; plain pixels need their format and size: "
                            + "?format=bgr24&size=640x480");
        }
        return new HttpError(
                415,
                "this is not a picture but " + kind.title + "; " + TAKEN
                        + "; a converter makes pictures of video: PROGRAM | " + NoPicturesException.CONVERTER
                        + " | flipbook publish URL");
    }

    private void takeRaw(RawShape shape) throws IOException, InterruptedException {
        // allocates memory for bytes that have arrived, not for the length that the client announced
        byte[] pixels = body.readNBytes(shape.bytes());
        int count = pixels.length;
        while (count == shape.bytes()) {
            body.taken();
            if (!publisher.publish(shape.image(pixels).withRange(options().range()))) {
                throw ended();
            }
            frames++;
            pace();
            count = body.readNBytes(pixels, 0, pixels.length);
        }
        if (count > 0) {
            refused = 1;
            publisher.tell(Encoding.NONE, refused);
        }
        if (frames == 0) {
            throw new HttpError(
                    422, "a picture of " + shape + " has " + shape.bytes() + " bytes; the body has " + count);
        }
    }

    /** Publishes one picture, which ends with the body. */
    private void takePicture(byte[] head) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(head);
        body.transferTo(whole);
        try (PictureFrames stills = new PictureFrames(options(), ticker, sender)) {
            publish(stills.frame(ByteBuffer.wrap(whole.toByteArray())), stills.encoding(), 0);
        }
    }

    private void takeStream(InputStream in) throws IOException, InterruptedException {
        try (PictureStream pictures = new PictureStream(in, type, length, options(), ticker, sender)) {
            body.countBy(pictures, () -> publisher.tell(pictures.encoding(), pictures.damaged()));
            try {
                while (true) {
                    Frame frame = pictures.next();
                    body.taken();
                    publish(frame, pictures.encoding(), pictures.damaged());
                    pace();
                }
            } catch (EOFException e) {
                refused = pictures.damaged();
                if (frames == 0) {
                    throw nothing(pictures);
                }
            } finally {
                publisher.tell(pictures.encoding(), pictures.damaged());
            }
        }
    }

    private void publish(Frame frame, Encoding encoding, long damaged) {
        if (!publisher.publish(frame)) {
            throw ended();
        }
        frames++;
        publisher.tell(encoding, damaged);
    }

    /** Slows down a client that sends too many pictures. */
    private void pace() throws InterruptedException {
        long now = ticker.nanos();
        due = Math.max(due + PACE_NANOS, now - BURST_NANOS);
        if (due - now > WAIT_NANOS) {
            ticker.sleepUntil(due);
        }
    }

    /** The refusal for a body that has ended without a picture. */
    private HttpError nothing(PictureStream pictures) {
        if (multipart) {
            String why = pictures.refusal();
            return new HttpError(
                    400,
                    why.isEmpty()
                            ? "the multipart body has no part that is a whole picture"
                            : "no part can be shown: " + why);
        }
        return new HttpError(
                422, whole().orElse(pictures.refusal().isEmpty() ? "it is not a whole picture" : pictures.refusal()));
    }

    /** What is wrong with the body if it is one picture; empty if the body is too large to check. */
    private Optional<String> whole() {
        Optional<ByteBuffer> whole = body.whole();
        if (whole.isPresent()) {
            try (PictureFrames stills = new PictureFrames(options(), ticker, sender)) {
                stills.frame(whole.get());
            } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }
}
