package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.time.Cadence;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures out of a stream of bytes: multipart of any dialect, JPEGs or PNGs back to back, or raw pictures as
 * Y4M. The first bytes show which {@link BodyKind} it is. HTTP sources, commands, standard input and publishers all
 * read by this class.
 *
 * <p>Anything that is not a whole picture is skipped and counted, and the next picture is read. A stream that turns out
 * to be something else, such as H.264 or a web page, fails with a {@link NoPicturesException}.
 *
 * <p>Confined to the source thread, except {@link #close}, which any thread may call if the stream allows that.
 */
public final class PictureStream implements AutoCloseable {

    /** Number of bytes that are read at once: as many as a pipe holds. */
    private static final int CHUNK = 64 << 10;

    /** Number of bytes that are enough to recognise every kind. */
    private static final int HEAD = 12;

    /** Maximum bytes before the first picture or delimiter; after that the kind is decided. */
    private static final int MAX_BEFORE = 4096;

    /**
     * Number of pictures in a row that cannot be shown before the stream fails. From then on, the reason helps the user
     * more than a longer wait.
     */
    private static final int HOPELESS = 50;

    private final InputStream in;
    private final String contentType;
    private final long length;
    private final SourceOptions options;
    private final Ticker ticker;
    private final byte[] chunk = new byte[CHUNK];
    private final Deque<ByteBuffer> ready = new ArrayDeque<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private final Cadence cadence; // of the pictures that are wanted
    private final StreamBeginning beginning = new StreamBeginning();
    private int arrived; // bytes in the chunk that have not been split; -1 after the end
    private int head; // bytes that are kept until there are enough to recognise the kind
    private @Nullable Splitter splitter;
    private FrameMaker frames; // makes frames of the pictures that the splitter passes on
    private @Nullable ByteBuffer returned;
    private long refused;
    private int refusedInRow;
    private String refusal = "";
    private long pictures;

    /**
     * A stream whose length is unknown.
     *
     * @param contentType as HTTP or the user says; empty when unknown
     * @param options wishes about the pictures
     */
    public PictureStream(InputStream in, String contentType, SourceOptions options, Ticker ticker) {
        this(in, contentType, -1, options, ticker);
    }

    /**
     * A stream that comes over HTTP.
     *
     * @param contentType as HTTP says; empty when unknown
     * @param length in bytes, as HTTP says; -1 when unknown
     * @param options wishes about the pictures
     */
    public PictureStream(InputStream in, String contentType, long length, SourceOptions options, Ticker ticker) {
        this(in, contentType, length, options, ticker, "");
    }

    /**
     * A stream that a sender brings over HTTP.
     *
     * @param contentType as HTTP says; empty when unknown
     * @param length in bytes, as HTTP says; -1 when unknown
     * @param options wishes about the pictures
     * @param sender as {@link PictureDecoder#sentBy} takes it; empty for a source of its own
     */
    public PictureStream(
            InputStream in, String contentType, long length, SourceOptions options, Ticker ticker, String sender) {
        this.in = in;
        this.contentType = contentType;
        this.length = length;
        this.options = options;
        this.ticker = ticker;
        this.frames = new PictureFrames(options, ticker, sender);
        this.cadence = Cadence.ofRate(options.fps());
    }

    /**
     * Waits for the next picture that can be shown. Its bytes are valid until the next call.
     *
     * @throws EOFException when the stream has ended
     * @throws NoPicturesException when the stream is something else
     * @throws IOException when the stream cannot be read, or its pictures cannot be shown
     */
    public Frame next() throws IOException {
        recycle(returned);
        returned = null;
        while (true) {
            ByteBuffer picture = ready.poll();
            if (picture == null) {
                read();
            } else if (cadence.take(ticker.nanos())) {
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

    /** A frame of this picture; null when it cannot be shown. */
    private @Nullable Frame frame(ByteBuffer picture) throws IOException {
        try {
            Frame frame = frames.frame(picture);
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
     * Waits until bytes have come, or none will. {@link #next} or {@link #skip} takes them then.
     *
     * @throws IOException when the stream cannot be read
     */
    public void await() throws IOException {
        if (ready.isEmpty() && arrived == 0) {
            arrived = in.read(chunk, head, chunk.length - head);
        }
    }

    /**
     * Skips what has come, without decoding it.
     *
     * @throws EOFException when the stream has ended
     * @throws IOException when the stream cannot be read, or is something else
     */
    public void skip() throws IOException {
        if (ready.isEmpty()) {
            read();
        }
        while (!ready.isEmpty()) {
            recycle(ready.poll());
        }
    }

    /** Reads one chunk, and throws if the stream turns out to be something else. */
    private void read() throws IOException {
        await();
        int count = arrived;
        arrived = Math.min(count, 0); // an end remains
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
                beginning.check(ticker.nanos()); // the kind of the stream is a better reason than what is missing in it
            }
            throw e;
        }
    }

    private boolean isKnown() {
        return head >= MAX_BEFORE || !BodyKind.mayBeBeforeIt(Arrays.copyOf(chunk, head));
    }

    /**
     * The splitter for what came first. The bytes count more than the content type: a server may say multipart and send
     * bare JPEGs, and a command may say nothing and send multipart.
     */
    private Splitter choose() throws IOException {
        return switch (BodyKind.of(Arrays.copyOf(chunk, head), contentType, length)) {
            case MULTIPART -> new MultipartSplitter(contentType, this::whole);
            case Y4M -> {
                Y4mSplitter raw = new Y4mSplitter(this::whole, options, ticker);
                frames = raw;
                yield raw;
            }
            case BACK_TO_BACK, PICTURE, UNKNOWN ->
                new BackToBackSplitter(this::whole, length >= 0 && !BodyKind.isVideo(contentType));
        };
    }

    /** Keeps a copy of a whole picture, which is between position and limit. */
    private void whole(ByteBuffer picture) {
        ByteBuffer free = spare.poll();
        if (free == null || free.capacity() < picture.remaining()) {
            free = ByteBuffer.allocate(picture.remaining() + picture.remaining() / 4);
        }
        ready.add(free.clear().put(picture).flip());
        pictures++;
    }

    /** Number of pictures of this stream that could not be shown, as {@link dev.flipbook.FrameSource#damaged()}. */
    public long damaged() {
        return refused + (splitter == null ? 0 : splitter.damaged());
    }

    /** Number of whole pictures that have come, including those that were not wanted or could not be shown. */
    public long pictures() {
        return pictures;
    }

    /** Number of whole pieces that have come: {@link #pictures}, and the parts of a multipart that are not pictures. */
    public long whole() {
        return pictures + (splitter == null ? 0 : splitter.others());
    }

    /** Whether a piece has begun and is not whole. */
    public boolean isUnderWay() {
        return splitter == null ? head > 0 : splitter.isUnderWay();
    }

    /** The reason why the latest refused picture could not be shown; empty if all pictures could be shown. */
    public String refusal() {
        return refusal;
    }

    /** What was encoded of this stream, as {@link dev.flipbook.FrameSource#encoding()}. */
    public Encoding encoding() {
        return frames.encoding();
    }

    /** Closes the stream, and frees what makes its frames. */
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "a stream of pictures did not close", e);
        }
        frames.close();
    }
}
