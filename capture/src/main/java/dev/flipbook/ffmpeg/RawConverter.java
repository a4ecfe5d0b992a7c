package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_linesizes;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_pointers;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.Grey16;
import dev.flipbook.image.GreyRange;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Encodes pictures that are plain pixels in native memory, as cameras deliver them. Used by the source thread only. */
public final class RawConverter implements AutoCloseable {

    /** FFmpeg's name of the pixel format of depth and thermal cameras. */
    private static final String GREY16 = "gray16le";

    private final Layout pixels;
    private final Optional<Layout> deep; // the layout of pixels with 16 bits; empty for other formats
    private final Optional<GreyRange> range;
    private final int quality;
    private final PictureEncoder encoder;
    private final AVFrame picture;
    private int needed;
    private ByteBuffer eight = ByteBuffer.allocateDirect(0);
    private @Nullable Conversion conversion;
    private PixelLayout layout = PixelLayout.YUV420;
    private PixelLayout subsampling = PixelLayout.YUV420;

    /**
     * The layout of pixels in memory. Immutable.
     *
     * @param format FFmpeg's name of the pixel format, such as {@code yuyv422}
     * @param width in pixels
     * @param height in pixels
     * @param stride bytes from one row of the first plane to the next; any value below the length of a row means that
     *     there are no gaps
     * @param swapped whether the second and third plane are in the opposite order
     * @param fullRange whether the samples of YUV go from 0 to 255
     * @param bt709 whether the matrix of YUV is BT.709; otherwise it is BT.601
     */
    public record Layout(
            String format, int width, int height, int stride, boolean swapped, boolean fullRange, boolean bt709) {}

    private RawConverter(Layout pixels, SourceOptions options, PictureEncoder encoder) throws IOException {
        this.deep = pixels.format().equals(GREY16) ? Optional.of(pixels) : Optional.empty();
        this.pixels = deep.isEmpty()
                ? pixels
                // the layout that Grey16 produces
                : new Layout("gray", pixels.width(), pixels.height(), 0, false, true, false);
        this.range = options.range();
        this.quality = options.quality();
        this.encoder = encoder;
        this.picture = Ffmpeg.allocated(av_frame_alloc());
    }

    /**
     * Creates an encoder for pictures of this layout.
     *
     * @param options quality, rotate, mirror and range are used; the size is not changed
     * @param took gets the encoding time of each picture in nanoseconds
     * @throws IOException if FFmpeg is missing or does not know the format
     */
    public static RawConverter open(Layout pixels, SourceOptions options, Ticker ticker, LongConsumer took)
            throws IOException {
        Ffmpeg.load();
        PictureEncoder encoder = new TimedEncoder(PictureEncoder.Kind.best(), ticker, took);
        RawConverter pictures = null;
        try {
            pictures = new RawConverter(pixels, options, encoder);
            pictures.describe();
            pictures.adapt(options);
            return pictures;
        } catch (IOException | RuntimeException e) {
            if (pictures == null) {
                encoder.close();
            } else {
                pictures.close();
            }
            throw e;
        }
    }

    private void describe() throws IOException {
        int format = av_get_pix_fmt(pixels.format());
        Ffmpeg.check(format, "FFmpeg has no pixel format '" + pixels.format() + "'");
        boolean rgb = PixelLayout.isRgb(av_pix_fmt_desc_get(format));
        picture.format(format).width(pixels.width()).height(pixels.height());
        picture.color_range(rgb || pixels.fullRange() ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG);
        picture.colorspace(rgb ? AVCOL_SPC_RGB : pixels.bt709() ? AVCOL_SPC_BT709 : AVCOL_SPC_UNSPECIFIED);
        String size = pixels.width() + "x" + pixels.height();
        Ffmpeg.check(av_image_fill_linesizes(picture.linesize(), format, pixels.width()), "no picture can be " + size);
        int dense = picture.linesize(0);
        if (pixels.stride() > dense) {
            for (int plane = 0; plane < 4; plane++) { // the other planes have gaps in the same proportion
                picture.linesize(plane, (int) ((long) picture.linesize(plane) * pixels.stride() / dense));
            }
        }
        needed = Ffmpeg.check(
                av_image_fill_pointers(picture.data(), format, pixels.height(), (BytePointer) null, picture.linesize()),
                "no picture can be " + size);
    }

    private void adapt(SourceOptions options) throws IOException {
        PictureShape shape = PictureShape.of(picture, Orientation.of(options.rotate(), options.mirror()));
        layout = encoder.takes(shape.bestLayout());
        subsampling = shape.subsampling();
        String filters = shape.filters(layout, SourceOptions.DEFAULT); // the size stays as it is
        if (!filters.isEmpty()) {
            conversion = Conversion.open(shape, filters);
        }
    }

    /**
     * Encodes the pixels in this direct memory. The memory is only read, and may be reused when this returns.
     *
     * @return a frame whose bytes are valid until the next call or close
     * @throws IllegalArgumentException if there are fewer bytes than a picture has
     */
    public Frame frame(ByteBuffer bytes) throws IOException {
        int minimum = deep.map(RawConverter::bytes).orElse(needed);
        if (bytes.remaining() < minimum) {
            throw new IllegalArgumentException("a picture has " + minimum + " bytes; here are " + bytes.remaining());
        }
        try (BytePointer begin =
                new BytePointer(deep.map(layout -> shown(bytes, layout)).orElse(bytes))) {
            Ffmpeg.check(
                    av_image_fill_pointers(
                            picture.data(), picture.format(), pixels.height(), begin, picture.linesize()),
                    "a picture cannot be read");
            if (pixels.swapped()) {
                BytePointer second = picture.data(1);
                picture.data(1, picture.data(2));
                picture.data(2, second);
            }
            AVFrame source = conversion == null ? picture : conversion.apply(picture);
            return Frame.of(encoder.encode(source, layout, subsampling, quality));
        }
    }

    private static int bytes(Layout layout) {
        return stride(layout) * layout.height();
    }

    private static int stride(Layout layout) {
        return Math.max(layout.stride(), 2 * layout.width());
    }

    /** Converts the pixels to 8 bits, in direct memory. */
    private ByteBuffer shown(ByteBuffer bytes, Layout layout) {
        ByteBuffer samples = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        byte[] grey = Grey16.shown(Grey16.samples(samples, layout.width(), layout.height(), stride(layout)), range);
        if (eight.capacity() != grey.length) {
            eight = ByteBuffer.allocateDirect(grey.length);
        }
        return eight.clear().put(grey).flip();
    }

    /** The encoder's name, as in {@link dev.flipbook.FeedStatus.Encoding#encoder()}. */
    public String encoder() {
        return encoder.name();
    }

    @Override
    public void close() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        av_frame_free(picture);
        encoder.close();
    }
}
