package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.imagefile.FfmpegDecoder;
import dev.flipbook.picture.ContentKind;
import dev.flipbook.picture.PictureDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Decodes picture files with FFmpeg in a decoder process, one picture at a time in each. A picture that has ended a
 * process is not decoded again, even if another client sends it. If the pictures of one source, or of one sender over
 * all its requests, have ended three processes within a minute, none of them is decoded for a while. Used by one thread
 * at a time.
 */
public final class DecodedImages implements PictureDecoder {

    /** Maximum time for a picture. The largest possible AVIF takes less on a small machine. */
    private static final Duration PICTURE_TIMEOUT = Duration.ofSeconds(15);

    private final Decoders decoders;
    private Suspicion suspicion = new Suspicion();
    private final Ticker ticker;

    /** Called by the service loader. */
    public DecodedImages() {
        this(Decoders.shared(), Ticker.system());
    }

    DecodedImages(Decoders decoders, Ticker ticker) {
        this.decoders = decoders;
        this.ticker = ticker;
    }

    /** Counts processes that have ended for this sender from now on, over all its requests. */
    @Override
    public void sentBy(String sender) {
        suspicion = decoders.suspicionOf(sender);
    }

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        if (Decoders.isInside()) {
            try (FfmpegDecoder inside = new FfmpegDecoder()) {
                return inside.decode(bytes, range);
            }
        }
        ContentKind kind = ContentKind.of(bytes);
        if (kind == ContentKind.OTHER || kind == ContentKind.GIF) {
            return Optional.empty();
        }
        String hash = Decoders.hash(bytes);
        if (decoders.isDeadly(hash)) {
            throw new IOException(
                    "this picture has ended a decoder process, so it is not decoded again: it is damaged, or was made to do that");
        }
        Optional<String> refusal = suspicion.refusal(ticker.nanos());
        if (refusal.isPresent()) {
            throw new IOException("what sends this picture" + refusal.get());
        }
        return outside(bytes, range, hash);
    }

    private Optional<Canvas> outside(ByteBuffer bytes, Optional<GreyRange> range, String hash) throws IOException {
        try {
            Decoders.Place place = decoders.place(DecoderKind.STILLS, true, null, PICTURE_TIMEOUT);
            try {
                Optional<Canvas> picture = decoded(place, bytes, range);
                suspicion.plays(ticker.nanos());
                return picture;
            } catch (DecoderEndedException e) {
                if (e.isBlamed()) {
                    suspicion.died(ticker.nanos(), true);
                    decoders.remember(hash);
                    throw new IOException(
                            "the picture has ended the decoder process: it is damaged, or was made to do that", e);
                }
                throw e;
            } finally {
                place.process().remove(place.answers());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("it was interrupted while a picture was decoded", e);
        }
    }

    private static Optional<Canvas> decoded(Decoders.Place place, ByteBuffer bytes, Optional<GreyRange> range)
            throws IOException, InterruptedException {
        Answers answers = place.answers();
        byte[] body = new byte[bytes.remaining()];
        bytes.duplicate().get(body);
        var _ = answers.ask();
        Message still = new Message(Message.Type.STILL, 0, answers.id(), body.length, 0, Opening.packed(range));
        place.process().send(still, body);
        Message answer;
        try {
            answer = answers.await(PICTURE_TIMEOUT.toNanos());
        } catch (InterruptedException e) {
            place.process().end("its picture is no longer needed", 0);
            throw e;
        }
        if (answer == null) {
            place.process().end("a picture took more than " + PICTURE_TIMEOUT.toSeconds() + " s", answers.id());
            throw new DecoderEndedException("it took more than " + PICTURE_TIMEOUT.toSeconds() + " s", true);
        }
        return switch (answer.type()) {
            case PIXELS ->
                Optional.of(Canvas.of(answers.pixels(), (int) (answer.value() >>> 32), (int) answer.value()));
            case UNKNOWN -> Optional.empty();
            case FAILED -> throw new IOException(answers.text());
            default -> {
                place.process()
                        .end(
                                "the decoder process was ended because it answered a picture by " + answer.type(),
                                answers.id());
                throw new DecoderEndedException("it gave something other than a picture", true);
            }
        };
    }
}
