package dev.flipbook.imagefile;

import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_ICC_PROFILE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Conversion;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureShape;
import dev.flipbook.ffmpeg.PixelLayout;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.ColourProfile;
import dev.flipbook.image.Grey16;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.MatrixProfile;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/** Decodes one picture with one of FFmpeg's decoders. Used by one thread at a time. */
final class SingleImageDecoder implements AutoCloseable {

    /** A picture, row by row, without gaps. */
    @SuppressWarnings("ArrayRecordComponent") // records of this type are never compared
    record Pixels(int[] rgb, int width, int height) {
        Canvas canvas() {
            return Canvas.of(rgb, width, height);
        }
    }

    private final AVCodec codec;
    private final AVCodecContext context;
    private final AVFrame picture;

    SingleImageDecoder(int id) throws IOException {
        codec = avcodec_find_decoder(id);
        if (codec == null) {
            throw new IOException(
                    "FFmpeg has no decoder here for " + avcodec_get_name(id).getString());
        }
        picture = Ffmpeg.allocated(av_frame_alloc());
        context = avcodec_alloc_context3(codec);
    }

    /** @param parameters the picture's parameters from the file that contains it */
    void open(AVCodecParameters parameters) throws IOException {
        Ffmpeg.allocated(context);
        Ffmpeg.check(avcodec_parameters_to_context(context, parameters), "the picture cannot be decoded");
        open();
    }

    void open() throws IOException {
        Ffmpeg.allocated(context).max_pixels(Jpeg.MAX_PIXELS);
        context.err_recognition(AV_EF_EXPLODE); // refuses incomplete pictures, because their file may still be written
        context.thread_count(1);
        Ffmpeg.check(avcodec_open2(context, codec, (AVDictionary) null), "the picture cannot be decoded");
    }

    /**
     * Decodes the packet's picture to sRGB, upright, with its transparent parts on black.
     *
     * @param range the values of grey with more than 8 bits that become black and white; empty to use those in the
     *     picture
     */
    Pixels decode(AVPacket packet, Optional<GreyRange> range) throws IOException {
        Ffmpeg.check(avcodec_send_packet(context, packet), "the picture cannot be decoded");
        avcodec_send_packet(context, (AVPacket) null); // no packet follows, so the decoder need not wait for one
        Ffmpeg.check(avcodec_receive_frame(context, picture), "the picture cannot be decoded");
        PictureShape shape = PictureShape.of(picture, Orientation.UPRIGHT);
        AVPixFmtDescriptor about = av_pix_fmt_desc_get(picture.format());
        boolean grey = about.nb_components() < 3 && !PixelLayout.isRgb(about);
        boolean deep = about.nb_components() == 1
                && grey
                && about.comp(0).depth() > 8
                // limited range is that of a video, which defines black and white
                && picture.color_range() != AVCOL_RANGE_MPEG;
        String filters = deep ? "format=gray16le" : shape.filters(PixelLayout.BGRX, SourceOptions.DEFAULT);
        try (Conversion conversion = filters.isEmpty() ? null : Conversion.open(shape, filters)) {
            AVFrame shown = conversion == null ? picture : conversion.apply(picture);
            int[] rgb = deep ? deepGrey(shown, range) : pixels(shown);
            if (!shape.colours().isBeyondJpeg()) { // otherwise the filters have converted to sRGB already
                convertToSrgb(rgb, grey);
            }
            return new Pixels(rgb, shown.width(), shown.height());
        }
    }

    private void convertToSrgb(int[] pixels, boolean grey) {
        try {
            profile().filter(found -> found.suits(grey)).ifPresent(found -> found.convert(pixels));
        } catch (LinkageError e) {
            // Without java.desktop the colours are shown as they are.
        }
    }

    /** The picture's colour profile: an ICC profile, or one made from the numbers that videos use. */
    private Optional<ColourProfile> profile() {
        AVFrameSideData data = av_frame_get_side_data(picture, AV_FRAME_DATA_ICC_PROFILE);
        if (data == null || data.isNull()) {
            int primaries = picture.color_primaries(); // if the primaries are unspecified, FFmpeg has made up the curve
            return primaries == AVCOL_PRI_UNSPECIFIED
                    ? Optional.empty()
                    : MatrixProfile.ofCodes(primaries, picture.color_trc()).flatMap(MatrixProfile::profile);
        }
        if (data.size() > Jpeg.MAX_BYTES) {
            return Optional.empty();
        }
        byte[] icc = new byte[(int) data.size()];
        data.data().get(icc);
        return ColourProfile.of(icc);
    }

    private static int[] deepGrey(AVFrame picture, Optional<GreyRange> range) {
        int width = picture.width();
        int height = picture.height();
        int pitch = picture.linesize(0);
        ByteBuffer rows = picture.data(0).capacity((long) pitch * height).asByteBuffer();
        char[] samples = Grey16.samples(rows.order(ByteOrder.LITTLE_ENDIAN), width, height, pitch);
        byte[] grey = Grey16.shown(samples, range);
        int[] pixels = new int[grey.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (grey[i] & 0xFF) * 0x010101;
        }
        return pixels;
    }

    @SuppressWarnings("restricted") // FFmpeg describes its memory by an address and a size
    private static int[] pixels(AVFrame picture) {
        int width = picture.width();
        int height = picture.height();
        int pitch = picture.linesize(0);
        int[] pixels = new int[width * height];
        MemorySegment rows = MemorySegment.ofAddress(picture.data(0).address()).reinterpret((long) pitch * height);
        for (int y = 0; y < height; y++) {
            MemorySegment.copy(rows, ValueLayout.JAVA_INT_UNALIGNED, (long) pitch * y, pixels, width * y, width);
        }
        return pixels;
    }

    @Override
    public void close() {
        avcodec_free_context(context);
        av_frame_free(picture);
    }
}
