package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_JPEG2000;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PGM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PPM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_QOI;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_TIFF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_ICC_PROFILE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.Canvas;
import dev.flipbook.SourceOptions;
import dev.flipbook.image.ColourProfile;
import dev.flipbook.image.Grey16;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.MatrixProfile;
import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.JpegColours;
import dev.flipbook.mjpeg.Orientation;
import dev.flipbook.picture.PictureDecoder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/**
 * Picture files by FFmpeg: WebP, TIFF, AVIF, JPEG 2000, QOI, PGM, PPM, and those of the JDK where that has no ImageIO. The kind is told
 * by the first bytes and no other is tried, so that no file is taken for a list of others. One thread at a time.
 */
public final class FfmpegDecoder implements PictureDecoder {

    private static final String JPEG = "\u00ff\u00d8";

    /** How the kinds begin, byte for byte as Latin-1, and FFmpeg's decoders for them. */
    private static final Map<String, Integer> DECODERS = Map.of(
            JPEG,
            AV_CODEC_ID_MJPEG,
            "\u0089PNG\r\n\u001a\n",
            AV_CODEC_ID_PNG,
            "BM",
            AV_CODEC_ID_BMP,
            "II*\0",
            AV_CODEC_ID_TIFF,
            "MM\0*",
            AV_CODEC_ID_TIFF,
            "\0\0\0\fjP  ",
            AV_CODEC_ID_JPEG2000,
            "qoif",
            AV_CODEC_ID_QOI,
            "P5\n",
            AV_CODEC_ID_PGM,
            "P6\n",
            AV_CODEC_ID_PPM);

    /** For the service loader. */
    public FfmpegDecoder() {}

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes) throws IOException {
        return decode(bytes, Optional.empty());
    }

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        int codec = codec(bytes);
        if (codec == AV_CODEC_ID_NONE) {
            return Optional.empty();
        }
        Ffmpeg.load();
        AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
        try (StillDecoder decoder = new StillDecoder(codec)) {
            if (codec == AV_CODEC_ID_AV1) {
                try (AvifFile file = AvifFile.open(bytes)) {
                    file.read(packet);
                    decoder.open(file.parameters());
                    return Optional.of(canvas(decoder.decode(packet), range));
                }
            }
            Ffmpeg.check(av_new_packet(packet, bytes.remaining()), "there is not enough memory for the picture");
            copy(bytes, packet);
            decoder.open();
            return Optional.of(canvas(decoder.decode(packet), range));
        } finally {
            av_packet_free(packet);
        }
    }

    private static int codec(ByteBuffer bytes) throws IOException {
        byte[] head = new byte[Math.min(16, bytes.remaining())];
        bytes.get(bytes.position(), head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            long size =
                    8 + (ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xFFFFFFFFL);
            if (size > bytes.remaining()) {
                throw new IOException(
                        "the WebP is cut off: " + bytes.remaining() + " of its " + size + " bytes are there");
            }
            return AV_CODEC_ID_WEBP;
        }
        if (text.startsWith("ftypavif", 4)) {
            return AV_CODEC_ID_AV1;
        }
        if (text.startsWith("qoif")
                && (bytes.remaining() < 22 || bytes.duplicate().getLong(bytes.limit() - 8) != 1)) {
            throw new IOException("the QOI is cut off: its end is not there"); // the decoder would not notice
        }
        if (text.startsWith(JPEG) && hasFourColours(bytes)) {
            return AV_CODEC_ID_NONE; // its decoder knows no YCCK, and takes black for an opacity
        }
        return DECODERS.entrySet().stream()
                .filter(kind -> text.startsWith(kind.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(AV_CODEC_ID_NONE);
    }

    private static boolean hasFourColours(ByteBuffer jpeg) throws IOException {
        try {
            return JpegColours.of(Jpeg.check(jpeg)).components() == 4;
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @SuppressWarnings("restricted") // FFmpeg's memory, which it describes with an address and a size
    private static void copy(ByteBuffer bytes, AVPacket packet) {
        MemorySegment.ofAddress(packet.data().address())
                .reinterpret(packet.size())
                .copyFrom(MemorySegment.ofBuffer(bytes));
    }

    private static Canvas canvas(AVFrame picture, Optional<GreyRange> range) throws IOException {
        PictureShape shape = PictureShape.of(picture, Orientation.UPRIGHT);
        AVPixFmtDescriptor about = av_pix_fmt_desc_get(picture.format());
        boolean grey = about.nb_components() < 3 && !PixelLayout.isRgb(about);
        boolean deep = about.nb_components() == 1
                && grey
                && about.comp(0).depth() > 8
                && picture.color_range() != AVCOL_RANGE_MPEG; // which is a video's, and says what is black and white
        String filters = deep ? "format=gray16le" : shape.filters(PixelLayout.BGRX, SourceOptions.DEFAULT);
        try (Conversion conversion = filters.isEmpty() ? null : Conversion.open(shape, filters)) {
            AVFrame shown = conversion == null ? picture : conversion.apply(picture);
            int[] pixels = deep ? deepGrey(shown, range) : pixels(shown);
            return Canvas.of(inSrgb(pixels, picture, grey), shown.width(), shown.height());
        }
    }

    private static int[] inSrgb(int[] pixels, AVFrame picture, boolean grey) {
        try {
            profile(picture).filter(found -> found.suits(grey)).ifPresent(found -> found.convert(pixels));
        } catch (LinkageError e) {
            // A Java without java.desktop: the colours are shown as they are.
        }
        return pixels;
    }

    /** What the file says of its colours: by an ICC profile, or by the numbers that a video has. */
    private static Optional<ColourProfile> profile(AVFrame picture) {
        AVFrameSideData data = av_frame_get_side_data(picture, AV_FRAME_DATA_ICC_PROFILE);
        if (data == null || data.isNull()) {
            int primaries = picture.color_primaries(); // where these are not said, FFmpeg has made the curve up
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

    @SuppressWarnings("restricted") // as above
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
}
