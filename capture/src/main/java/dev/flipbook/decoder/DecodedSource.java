package dev.flipbook.decoder;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A video file or live stream that a decoder process decodes.
 *
 * <p>{@link #next} asks the process for one picture and waits for it, so there is no queue. If the process ends,
 * {@code next} throws, and the next call opens the source again: alone in a process until it is trusted again
 * ({@link Suspicion}).
 *
 * <p>Threads. The source thread calls {@link #next}; any thread may call {@link #close}. A source that does not close
 * within a second is ended together with its process.
 */
final class DecodedSource implements FrameSource {

    private static final Logger LOG = System.getLogger("dev.flipbook.capture");

    /**
     * Maximum time for a picture: twice the time that FFmpeg waits for a live stream. The supervisor of a feed notices
     * silence earlier; this timeout is for programs without one.
     */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** Maximum time to wait for room in a process, when many sources start at once. */
    private static final Duration ROOM = Duration.ofSeconds(20);

    /** Maximum time for a source to close, and for a process to end. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    /** Looks up the current addresses of a stream. */
    @FunctionalInterface
    interface Addresses {
        List<String> find() throws IOException, InterruptedException;
    }

    private final Decoders decoders;
    private final DecoderKind kind;
    private final String source;
    private final String description;
    private final Addresses addresses;
    private final SourceOptions options;
    private final Ticker ticker;
    private final @Nullable Path file;
    private final Suspicion suspicion = new Suspicion();
    private final ReentrantLock opening = new ReentrantLock();

    // Guarded by opening.
    private Decoders.@Nullable Place place; // where the source is open; null if it is closed

    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;
    private volatile boolean awaited; // whether a sender is awaited
    private volatile boolean closing; // whether close() was called since the last opening
    private volatile @Nullable Thread opener; // the thread that opens the source; null if none does

    // Used by the source thread only.
    private Encoding before = Encoding.NONE; // encoding figures at the last opening
    private long damagedBefore; // damaged pictures at the last opening
    private Object version = ""; // version of the file at the last opening

    private DecodedSource(
            Decoders decoders,
            DecoderKind kind,
            String source,
            String description,
            @Nullable Path file,
            Addresses addresses,
            SourceOptions options,
            Ticker ticker) {
        this.decoders = decoders;
        this.kind = kind;
        this.source = source;
        this.description = description;
        this.file = file;
        this.addresses = addresses;
        this.options = options;
        this.ticker = ticker;
    }

    static DecodedSource file(Decoders decoders, Path file, SourceOptions options, Ticker ticker) {
        Path whole = file.toAbsolutePath();
        String name = PlainText.line(String.valueOf(file.getFileName()), " ");
        return new DecodedSource(decoders, DecoderKind.FILES, whole.toString(), name, whole, List::of, options, ticker);
    }

    /** @param shown the address without its secrets */
    static DecodedSource stream(
            Decoders decoders,
            String address,
            String shown,
            Addresses addresses,
            SourceOptions options,
            Ticker ticker) {
        return new DecodedSource(decoders, DecoderKind.NETWORK, address, shown, null, addresses, options, ticker);
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        Decoders.Place open = open();
        if (closing) { // closed while it was being opened
            close();
            throw new InterruptedException(description + " was closed");
        }
        try {
            Message answer = ask(open);
            if (answer.type() == Message.Type.FAILED) {
                awaited = answer.flags() != 0;
                throw new IOException(open.answers().text());
            }
            return frame(open, answer);
        } catch (DecoderEndedException e) {
            suspicion.died(ticker.nanos(), e.isBlamed());
            forget(open);
            throw new IOException(e.getMessage() + " while it decoded " + description, e);
        }
    }

    private Message ask(Decoders.Place open) throws IOException, InterruptedException {
        if (open.answers().ask()) {
            send(open, Message.Type.NEXT, new byte[0]);
        }
        Message answer = open.answers().await(DEADLINE.toNanos());
        if (answer == null) {
            open.process()
                    .end(
                            "the decoder process gave nothing for " + DEADLINE.toSeconds() + " s",
                            open.answers().id());
            answer = open.answers().await(CLOSING.toNanos());
        }
        if (answer == null || answer.type() == Message.Type.CLOSED) {
            throw new InterruptedException(description + " was closed");
        }
        return answer;
    }

    private static void send(Decoders.Place open, Message.Type type, byte[] body) {
        open.process().send(Message.of(type, open.answers().id(), body.length), body);
    }

    private Frame frame(Decoders.Place open, Message answer) throws IOException, DecoderEndedException {
        long now = ticker.nanos();
        ByteBuffer body = open.answers().bytes(answer);
        try {
            if (answer.type() != Message.Type.FRAME || body.remaining() < Message.COUNTS || answer.nanos() - now > 0) {
                throw new IllegalArgumentException("it is not a frame, or its time is in the future");
            }
            count(open, body.getLong(), body.getLong(), body.getLong());
            Frame frame = Frame.ofJpeg(body).capturedAt(answer.nanos());
            suspicion.plays(now);
            awaited = false;
            return frame;
        } catch (IllegalArgumentException e) {
            String why = "the decoder process was ended because it sent something that is not a frame";
            open.process().end(why, open.answers().id());
            throw new DecoderEndedException(why, true);
        }
    }

    private void count(Decoders.Place open, long frames, long nanos, long bad) {
        String encoder = open.answers().encoder();
        if (!encoder.equals(encoding.encoder())) {
            LOG.log(Level.INFO, "source={0} encoder={1}", description, encoder);
        }
        encoding = new Encoding(encoder, before.frames() + Math.max(0, frames), Math.max(0, nanos));
        damaged = damagedBefore + Math.max(0, bad);
    }

    private Decoders.Place open() throws IOException, InterruptedException {
        closing = false;
        opening.lockInterruptibly();
        try {
            Decoders.Place open = place;
            if (open != null && !open.answers().isDead()) {
                return open;
            }
            opener = Thread.currentThread();
            refuseIfQuarantined();
            List<String> where = addresses.find();
            before = encoding;
            damagedBefore = damaged;
            open = decoders.place(kind, suspicion.isSuspect(), file, ROOM);
            place = open;
            send(open, Message.Type.OPEN, new Opening(source, where, options).bytes());
            return open;
        } finally {
            opener = null;
            opening.unlock();
        }
    }

    private void refuseIfQuarantined() throws IOException {
        if (file != null) {
            Object now = DecoderProcess.version(file);
            if (!now.equals(version)) {
                version = now;
                suspicion.forgive(); // another file of the same name
            }
        }
        var refusal = suspicion.refusal(ticker.nanos());
        if (refusal.isPresent()) {
            throw new IOException(description + refusal.get());
        }
    }

    private void forget(Decoders.Place ended) {
        ended.process().remove(ended.answers());
        opening.lock();
        try {
            place = Objects.equals(place, ended) ? null : place;
        } finally {
            opening.unlock();
        }
    }

    @Override
    public void close() {
        closing = true;
        if (!opening.tryLock()) {
            Thread waiting = opener; // the opener waits for room; it checks whether the source is to be closed
            if (waiting != null) {
                waiting.interrupt();
            }
            return;
        }
        Decoders.Place open;
        try {
            open = place;
            place = null;
        } finally {
            opening.unlock();
        }
        if (open == null) {
            return;
        }
        suspicion.stopped();
        open.answers().closing();
        send(open, Message.Type.CLOSE, new byte[0]);
        if (!open.answers().awaitClose(CLOSING.toNanos())) {
            String why = "the decoder process did not close " + description;
            open.process().end(why, open.answers().id());
            open.answers().died(why, true); // wakes next(), because the process does not know the feed any more
        }
        open.process().remove(open.answers());
    }

    @Override
    public boolean isBack() {
        return awaited;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    @Override
    public long damaged() {
        return damaged;
    }
}
