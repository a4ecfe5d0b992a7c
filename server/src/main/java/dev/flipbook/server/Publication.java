package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.Publisher;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.GreyRange;
import dev.flipbook.picture.BodyKind;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.picture.Stills;
import dev.flipbook.picture.StreamKind;
import dev.flipbook.web.Quote;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * One request that publishes: its body is one picture or a stream of them, which is taken apart as it comes in, on a virtual
 * thread of its own. It is a feed's {@link Publisher} until the body has ended, and is answered then.
 */
final class Publication implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");
    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

    /** Enough to know every other kind of stream by. */
    private static final int FIRST = 1024;

    /** Whoever sends something else without end is told after so long, in nanoseconds. */
    private static final long DRAINING = 3_000_000_000L;

    private static final String TAKEN =
            "what is taken is a picture (JPEG, PNG, WebP ...), a multipart of them, JPEGs or"
                    + " PNGs back to back, or Y4M";

    /** At most a thousand pictures a second are taken; whoever sends more is held up. */
    private static final long PACE_NANOS = 1_000_000;
    /** So far ahead of this pace may one be that sends pictures in bursts, or tells each from the next by its own clock. */
    private static final long BURST_NANOS = 100_000_000;
    /** Shorter waits are not worth their while. */
    private static final long WAIT_NANOS = 5_000_000;

    private final Exchange exchange;
    private final RequestBody body;
    private final Ticker ticker;
    private final PublisherPlaces.Place place;
    private final PeerAddress peer;
    private final Thread thread;
    private final Publisher publisher;
    private final String type;
    private final Optional<RawShape> raw;
    private final Optional<GreyRange> range;
    private boolean multipart;
    private long frames;
    private long refused;
    private long due;

    /**
     * @param raw how the pictures lie when they are plain pixels
     * @param place that this peer has entered; is left when it has been answered
     * @throws HttpError when another one publishes to the feed and is not to be ended
     */
    Publication(
            Exchange exchange,
            Feed feed,
            boolean takeover,
            Optional<RawShape> raw,
            Ticker ticker,
            PublisherPlaces.Place place,
            PeerAddress peer) {
        this.exchange = exchange;
        this.body = RequestBody.of(exchange.request());
        this.raw = raw;
        this.ticker = ticker;
        this.place = place;
        this.peer = peer;
        this.due = ticker.nanos();
        this.type = exchange.header(HttpHeader.CONTENT_TYPE);
        this.range = range(exchange);
        this.thread = Thread.ofVirtual().name("flipbook-publish-" + feed.name()).unstarted(this);
        try {
            this.publisher = feed.publisher("publisher at " + address(exchange.request()), takeover, thread::interrupt);
        } catch (IllegalStateException e) {
            throw new HttpError(409, e.getMessage() + "; ?takeover=1 ends the other one");
        }
    }

    private static Optional<GreyRange> range(Exchange exchange) {
        Optional<String> text = exchange.query("range");
        try {
            return text.map(GreyRange::parse);
        } catch (IllegalArgumentException e) {
            throw new HttpError(400, "range is '" + Quote.of(text.orElse("")) + "'; " + e.getMessage());
        }
    }

    private SourceOptions options() {
        return range.isPresent() ? publisher.options().withRange(range) : publisher.options();
    }

    private static String address(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : "an unknown address";
    }

    void start(PublisherPatience patience) {
        body.limitBy(patience);
        try {
            thread.start();
        } catch (RuntimeException | Error e) { // no memory for it
            publisher.close("there was no thread for it");
            throw e;
        }
    }

    @Override
    public void run() {
        @Nullable HttpError refusal = null;
        try {
            takeInTurn();
        } catch (HttpError e) {
            refusal = e;
        } catch (InterruptedException | InterruptedIOException e) {
            refusal = ended();
        } catch (IOException e) {
            refusal = refusal(e);
        } catch (OutOfMemoryError e) {
            refusal = new HttpError(503, "there is not enough memory for the picture", "Retry-After", "1");
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "publishing failed", e);
            refusal = new HttpError(500, "this failed inside the server; its log says more");
        }
        Thread.interrupted(); // who has taken over has said so; the answer is to be written undisturbed
        try {
            end(refusal);
        } finally {
            place.leave(peer);
        }
    }

    private void end(@Nullable HttpError refusal) {
        if (refusal == null && frames == 1) {
            publisher.finish();
        } else {
            publisher.close(refusal == null ? "" : String.valueOf(refusal.getMessage()));
        }
        if (refusal != null) {
            refusal.answer(exchange);
        } else {
            Map<String, Object> counts = new LinkedHashMap<>();
            counts.put("frames", frames);
            counts.put("refused", refused);
            exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
            exchange.answer(200, JSON, Json.write(counts) + "\n");
        }
    }

    /** What cannot be read any further. */
    private HttpError refusal(IOException e) {
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

    private HttpError ended() {
        String why = publisher.ended().orElse("the publisher was interrupted");
        return new HttpError(publisher.takenOver() ? 409 : 503, why);
    }

    private void takeInTurn() throws IOException, InterruptedException {
        place.awaitTurn();
        try {
            if (publisher.ended().isPresent()) {
                throw ended();
            }
            take();
        } finally {
            place.endTurn();
        }
    }

    private void take() throws IOException, InterruptedException {
        if (raw.isPresent()) {
            takeRaw(raw.get());
            return;
        }
        byte[] head = BodyKind.beginning(body);
        if (head.length == 0) {
            throw new HttpError(422, "the body is empty: 0 bytes");
        }
        BodyKind kind = BodyKind.of(head, type, exchange.request().getLength());
        multipart = kind == BodyKind.MULTIPART;
        if (kind == BodyKind.PICTURE) {
            takePicture(head);
        } else if (kind != BodyKind.UNKNOWN) {
            takeStream(new SequenceInputStream(new ByteArrayInputStream(head), body));
        } else {
            throw noPicture(head);
        }
    }

    /** What has come instead, and what would be right. */
    private HttpError noPicture(byte[] head) throws IOException {
        byte[] first = Arrays.copyOf(head, Math.max(head.length, FIRST));
        int count = head.length + body.readNBytes(first, head.length, first.length - head.length);
        StreamKind kind = StreamKind.within(first, count);
        if (kind == StreamKind.UNKNOWN || kind == StreamKind.PICTURES) {
            long begun = ticker.nanos();
            body.drain(() -> ticker.nanos() - begun < DRAINING); // what is longer than a picture is said to be that
            body.checkLength();
            return new HttpError(
                    415,
                    "this begins like no picture; " + TAKEN + "; plain pixels say how they lie: "
                            + "?format=bgr24&size=640x480");
        }
        return new HttpError(
                415,
                "this is no picture but " + kind.title + "; " + TAKEN
                        + "; a converter makes pictures of video: PROGRAM | " + NoPicturesException.CONVERTER
                        + " | flipbook publish URL");
    }

    private void takeRaw(RawShape shape) throws IOException, InterruptedException {
        byte[] pixels = body.readNBytes(shape.bytes()); // which makes room for what comes, not for what was announced
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

    /** One picture, which ends with the body. */
    private void takePicture(byte[] head) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(head);
        body.transferTo(whole);
        try (Stills stills = new Stills(options(), ticker)) {
            publish(stills.frame(ByteBuffer.wrap(whole.toByteArray())), stills.encoding(), 0);
        }
    }

    private void takeStream(InputStream in) throws IOException, InterruptedException {
        long length = exchange.request().getLength();
        try (PictureStream pictures = new PictureStream(in, type, length, options(), ticker)) {
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

    /** Holds up who sends too many. */
    private void pace() throws InterruptedException {
        long now = ticker.nanos();
        due = Math.max(due + PACE_NANOS, now - BURST_NANOS);
        if (due - now > WAIT_NANOS) {
            ticker.sleepUntil(due);
        }
    }

    /** Says why there is no picture in a body that has ended. */
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
                422, whole().orElse(pictures.refusal().isEmpty() ? "it is no whole picture" : pictures.refusal()));
    }

    /** What is wrong with the body, seen as one picture. */
    private Optional<String> whole() {
        Optional<ByteBuffer> whole = body.whole();
        if (whole.isPresent()) {
            try (Stills stills = new Stills(options(), ticker)) {
                stills.frame(whole.get());
            } catch (IOException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }
}
