package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.MeteredEncoder;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Makes frames of picture files of any kind. A JPEG passes unchanged except for its orientation, if a turn is asked
 * for; it is decoded only if another size is asked for. PNG, GIF and BMP are decoded by the JDK, other kinds by the
 * {@link PictureDecoder}s on the class path, and encoded with the quality that is asked for. Transparent parts become
 * black.
 *
 * <p>Not thread-safe. May be used again after a close.
 */
public final class PictureFrames implements FrameMaker, AutoCloseable {

    private final SourceOptions options;
    private final Orientation turn;
    private final String sender;
    private final List<PictureDecoder> decoders = new ArrayList<>();
    private final MeteredEncoder<JpegEncoder> encoder;

    /** A reader that changes nothing of JPEGs, and encodes others with quality 80. */
    public PictureFrames() {
        this(SourceOptions.DEFAULT, Ticker.system());
    }

    /** A reader that follows these options. */
    public PictureFrames(SourceOptions options, Ticker ticker) {
        this(options, ticker, "");
    }

    /**
     * A reader of the pictures of one sender, which follows these options.
     *
     * @param sender as {@link PictureDecoder#sentBy} takes it; empty for a source of its own
     */
    public PictureFrames(SourceOptions options, Ticker ticker, String sender) {
        this.options = options;
        this.encoder = MeteredEncoder.best(ticker);
        this.sender = sender;
        this.turn = Orientation.of(options.rotate(), options.mirror());
    }

    /**
     * The picture of a file as a frame. The frame's bytes may be overwritten by the next call. For a JPEG without
     * changes, they are the given bytes.
     *
     * @param file the bytes of one file, between position and limit; the position does not move. Other bytes may stand
     *     before the picture; what comes after a JPEG, such as another picture, is ignored
     * @throws IOException when the picture cannot be shown; the message says why
     */
    @Override
    public Frame frame(ByteBuffer file) throws IOException {
        int size = file.remaining();
        if (size == 0) {
            throw new IOException("the picture is empty: 0 bytes");
        }
        if (size > Jpeg.MAX_BYTES) {
            throw new IOException("the picture has " + size + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        try {
            ByteBuffer bytes = ContentKind.from(file);
            if (ContentKind.of(bytes) == ContentKind.JPEG) {
                Frame frame = Frame.ofJpeg(bytes);
                if (options.width() == 0 || hasTheSize(Jpeg.check(bytes))) {
                    return frame.turned(options.rotate(), options.mirror());
                }
            }
            return encoded(decoded(bytes));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (OutOfMemoryError e) {
            throw new IOException("there is not enough memory for the picture", e);
        }
    }

    /** Whether the picture has the size that is asked for, as it is shown. */
    private boolean hasTheSize(Jpeg jpeg) {
        boolean swaps = jpeg.orientation().then(turn).swapsSides();
        int width = swaps ? jpeg.height() : jpeg.width();
        int height = swaps ? jpeg.width() : jpeg.height();
        return width == options.width() && height == options.height();
    }

    /** The pixels of a file, by the first decoder that knows its kind. */
    private Canvas decoded(ByteBuffer bytes) throws IOException {
        for (PictureDecoder decoder : decoders()) {
            Optional<Canvas> canvas = decode(decoder, bytes, options.range());
            if (canvas.isPresent()) {
                return canvas.get();
            }
        }
        ContentKind kind = ContentKind.of(bytes);
        throw new IOException(
                kind == ContentKind.OTHER
                        ? "it is not a picture of a kind that is known"
                        : "there is no decoder here for its kind, " + kind.title);
    }

    private static Optional<Canvas> decode(PictureDecoder decoder, ByteBuffer bytes, Optional<GreyRange> range)
            throws IOException {
        try {
            return decoder.decode(bytes, range);
        } catch (LinkageError e) {
            return Optional.empty(); // a Java without java.desktop, or a machine without the decoder's library
        }
    }

    /** A JPEG of the pixels, turned and in the size that is asked for. */
    private Frame encoded(Canvas canvas) {
        Canvas upright = canvas.turned(turn);
        Canvas sized = options.width() == 0 ? upright : upright.scaled(options.width(), options.height());
        return Frame.of(encoder.make(with -> sized.encode(with, options.quality())));
    }

    /** The decoders: that of the JDK, then those on the class path that work on this machine. */
    private List<PictureDecoder> decoders() {
        if (decoders.isEmpty()) {
            decoders.add(new ImageIoDecoder());
            var found = ServiceLoader.load(PictureDecoder.class).iterator();
            boolean more = true;
            while (more) {
                try {
                    more = found.hasNext();
                    if (more) {
                        decoders.add(found.next());
                        if (!sender.isEmpty()) {
                            decoders.get(decoders.size() - 1).sentBy(sender);
                        }
                    }
                } catch (ServiceConfigurationError e) {
                    // The decoder does not work on this machine; the iterator goes on with the next one.
                }
            }
        }
        return decoders;
    }

    /**
     * What was encoded since this object was made, whether or not it was closed in between; as
     * {@link dev.flipbook.FrameSource#encoding()}.
     */
    @Override
    public Encoding encoding() {
        return encoder.encoding();
    }

    /** Frees the decoders and the encoder. Both are made again when they are needed. */
    @Override
    public void close() {
        decoders.forEach(PictureDecoder::close);
        decoders.clear();
        encoder.close();
    }
}
