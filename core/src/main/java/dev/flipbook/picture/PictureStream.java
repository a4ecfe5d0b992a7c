package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Pictures out of a stream of bytes: multipart of any dialect, JPEGs or PNGs back to back, or raw pictures as Y4M. Its {@link
 * BodyKind} shows by its first bytes. Every way in reads by this class: HTTP, commands, standard input and publishers.
 *
 * <p>What is no whole picture is passed over and counted, and the next one is taken. Confined to the source thread, but for
 * {@link #close}, which any thread may call where the stream allows it.
 */
public final class PictureStream implements AutoCloseable {

    /** As much as a pipe holds. */
    private static final int CHUNK = 64 << 10;

    /** Enough to know every kind by. */
    private static final int HEAD = 12;

    /** So much may stand before the first picture or delimiter until the kind has to be known. */
    private static final int MOST_BEFORE = 4096;

    /** After so many in a row that cannot be shown there is no hope, and the reason is worth more than waiting on. */
    private static final int HOPELESS = 50;

    /** Takes a stream apart, in pieces as they come, and passes whole pictures on. */
    interface Splitter extends AutoCloseable {

        /** Reads all that is between position and limit. */
        void feed(ByteBuffer bytes) throws IOException;

        /** Passes on what is whole in that which it has held back, as nothing more will come. */
        default void finish() {}

        /** One of the pictures it has passed on, as a frame; its bytes may be those that were passed. */
        Frame frame(ByteBuffer picture) throws IOException;

        /** Whether what came last may be of a picture that is not whole yet. */
        default boolean isAmidPicture() {
            return true;
        }

        /** Whether a piece, which may be a picture or the line before one, has begun and is not whole. */
        boolean isUnderWay();

        /** Pieces that have come whole and are no pictures, such as empty parts that are a sign of life. */
        default long others() {
            return 0;
        }

        /** Whether text stands before its pictures, so that text alone may be a stream that was cut off early. */
        default boolean beginsWithText() {
            return false;
        }

        /** Pieces that were no pictures. */
        default long damaged() {
            return 0;
        }

        Encoding encoding();

        @Override
        void close();
    }

    private final InputStream in;
    private final String contentType;
    private final long length;
    private final SourceOptions options;
    private final Ticker ticker;
    private final byte[] chunk = new byte[CHUNK];
    private final Deque<ByteBuffer> ready = new ArrayDeque<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private final long interval;
    private final StreamBeginning beginning = new StreamBeginning();
    private int arrived; // and not yet taken apart; -1 behind the end
    private int head; // kept until there is enough to know the kind by
    private @Nullable Splitter splitter;
    private @Nullable ByteBuffer returned;
    private boolean thinned;
    private long due;
    private long refused;
    private int refusedInRow;
    private String refusal = "";
    private long pictures;

    /** One of which nobody said how long it is. */
    public PictureStream(InputStream in, String contentType, SourceOptions options, Ticker ticker) {
        this(in, contentType, -1, options, ticker);
    }

    /**
     * One that comes over HTTP.
     *
     * @param contentType as HTTP said it; empty when nobody did
     * @param length in bytes, as HTTP said it; -1 when nobody did
     */
    public PictureStream(InputStream in, String contentType, long length, SourceOptions options, Ticker ticker) {
        this.in = in;
        this.contentType = contentType;
        this.length = length;
        this.options = options;
        this.ticker = ticker;
        this.interval = options.fps() == 0 ? 0 : 1_000_000_000L / options.fps();
    }

    /**
     * The next picture that can be shown; its bytes are good until the next call.
     *
     * @throws EOFException when the stream has ended
     * @throws NoPicturesException when it turns out to be something else
     * @throws IOException when it cannot be read, or its pictures cannot be shown
     */
    public Frame next() throws IOException {
        recycle(returned);
        returned = null;
        while (true) {
            ByteBuffer picture = ready.poll();
            if (picture == null) {
                read();
            } else if (isDue()) {
                Frame frame = frame(picture);
                if (frame != null) {
                    returned = picture;
                    return frame;
                }
            } else {
                recycle(picture);
            }
        }
    }

    /** Whether a picture that has come now is wanted, so many a second being enough. A little early is near enough. */
    private boolean isDue() {
        if (interval == 0) {
            return true;
        }
        long now = ticker.nanos();
        if (thinned && now - due < -interval / 4) {
            return false;
        }
        due = thinned && now - due < interval ? due + interval : now + interval;
        thinned = true;
        return true;
    }

    private @Nullable Frame frame(ByteBuffer picture) throws IOException {
        try {
            Frame frame = splitter().frame(picture);
            refusedInRow = 0;
            return frame;
        } catch (IOException | IllegalArgumentException e) {
            refused++;
            refusal = String.valueOf(e.getMessage());
            recycle(picture);
            if (++refusedInRow >= HOPELESS) {
                throw new IOException(HOPELESS + " pictures in a row cannot be shown; the last: " + e.getMessage(), e);
            }
            return null;
        }
    }

    private void recycle(@Nullable ByteBuffer picture) {
        if (picture != null && spare.size() < 2) {
            spare.add(picture);
        }
    }

    /**
     * Waits until something has come, or nothing will; {@link #next} and {@link #skip} take it then.
     *
     * @throws IOException when it cannot be read
     */
    public void await() throws IOException {
        if (ready.isEmpty() && arrived == 0) {
            arrived = in.read(chunk, head, chunk.length - head);
        }
    }

    /**
     * Passes over what has come without decoding it.
     *
     * @throws EOFException when the stream has ended
     * @throws IOException when it cannot be read, or is none of pictures
     */
    public void skip() throws IOException {
        if (ready.isEmpty()) {
            read();
        }
        while (!ready.isEmpty()) {
            recycle(ready.poll());
        }
    }

    private void read() throws IOException {
        await();
        int count = arrived;
        arrived = Math.min(count, 0); // an end stays
        if (pictures == 0 && count > 0) {
            beginning.add(chunk, head, count, ticker.nanos());
        }
        if (count < 0) {
            end();
        } else if (splitter != null) {
            feed(splitter, count);
        } else {
            head += count;
            if (head >= HEAD && isKnown()) {
                splitter = choose();
                feed(splitter, head);
                head = 0;
            }
        }
        if (pictures == 0 && splitter != null && !splitter.isAmidPicture()) {
            beginning.check(ticker.nanos());
        }
    }

    private void end() throws IOException {
        if (splitter == null && head > 0) {
            splitter = choose();
            feed(splitter, head);
            head = 0;
        }
        if (splitter != null) {
            splitter.finish();
        }
        if (pictures == 0 && (splitter == null || !splitter.isAmidPicture())) {
            beginning.end(splitter != null && splitter.beginsWithText());
        }
        if (ready.isEmpty()) {
            throw new EOFException("the stream has ended");
        }
    }

    private void feed(Splitter chosen, int count) throws IOException {
        try {
            chosen.feed(ByteBuffer.wrap(chunk, 0, count));
        } catch (IOException e) {
            if (pictures == 0 && !chosen.isAmidPicture()) {
                beginning.check(ticker.nanos()); // what it is says more than what was missed in it
            }
            throw e;
        }
    }

    private boolean isKnown() {
        return head >= MOST_BEFORE || !BodyKind.mayBeBeforeIt(Arrays.copyOf(chunk, head));
    }

    /** By what came first. A server may say multipart and send bare JPEGs, a command may say nothing and send multipart. */
    private Splitter choose() throws IOException {
        return switch (BodyKind.of(Arrays.copyOf(chunk, head), contentType, length)) {
            case MULTIPART -> new MultipartPictures(contentType, this::whole, options, ticker);
            case Y4M -> new Y4mPictures(this::whole, options, ticker);
            case BACK_TO_BACK, PICTURE, UNKNOWN ->
                new BarePictures(this::whole, length >= 0 && !BodyKind.isVideo(contentType), options, ticker);
        };
    }

    private Splitter splitter() {
        Splitter chosen = splitter;
        if (chosen == null) {
            throw new IllegalStateException("no picture has come yet");
        }
        return chosen;
    }

    /** A whole picture, between position and limit: it is copied. */
    private void whole(ByteBuffer picture) {
        ByteBuffer free = spare.poll();
        if (free == null || free.capacity() < picture.remaining()) {
            free = ByteBuffer.allocate(picture.remaining() + picture.remaining() / 4);
        }
        ready.add(free.clear().put(picture).flip());
        pictures++;
    }

    /** As {@link dev.flipbook.FrameSource#damaged()}, of this stream. */
    public long damaged() {
        return refused + (splitter == null ? 0 : splitter.damaged());
    }

    /** How many whole pictures have come, those included that were not wanted, or could not be shown. */
    public long pictures() {
        return pictures;
    }

    /** How many pieces have come whole: {@link #pictures}, and in a multipart the parts that are none. */
    public long whole() {
        return pictures + (splitter == null ? 0 : splitter.others());
    }

    /** Whether a piece has begun to come and is not whole. */
    public boolean isUnderWay() {
        return splitter == null ? head > 0 : splitter.isUnderWay();
    }

    /** Why the last of the whole pictures that could not be shown could not; empty while all could. */
    public String refusal() {
        return refusal;
    }

    /** As {@link dev.flipbook.FrameSource#encoding()}, of this stream. */
    public Encoding encoding() {
        return splitter == null ? Encoding.NONE : splitter.encoding();
    }

    @Override
    public void close() {
        Splitter chosen = splitter;
        try {
            in.close();
        } catch (IOException e) {
            System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "a stream of pictures did not close", e);
        }
        if (chosen != null) {
            chosen.close();
        }
    }
}
