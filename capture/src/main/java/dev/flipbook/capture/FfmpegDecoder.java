package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_JPEG2000;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_QOI;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_TIFF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_PAL8;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.flipbook.Canvas;
import dev.flipbook.SourceOptions;
import dev.flipbook.mjpeg.Orientation;
import dev.flipbook.picture.PictureDecoder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Picture files by FFmpeg: WebP, TIFF, AVIF, JPEG 2000, QOI, and those of the JDK where that has no ImageIO. The kind is told
 * by the first bytes and no other is tried, so that no file is taken for a list of others. One thread at a time.
 */
public final class FfmpegDecoder implements PictureDecoder {

    /** How the kinds begin, byte for byte as Latin-1, and FFmpeg's decoders for them. */
    private static final Map<String, Integer> DECODERS = Map.of(
            "\u00ff\u00d8", AV_CODEC_ID_MJPEG,
            "\u0089PNG\r\n\u001a\n", AV_CODEC_ID_PNG,
            "BM", AV_CODEC_ID_BMP,
            "II*\0", AV_CODEC_ID_TIFF,
            "MM\0*", AV_CODEC_ID_TIFF,
            "\0\0\0\fjP  ", AV_CODEC_ID_JPEG2000,
            "qoif", AV_CODEC_ID_QOI);

    /** For the service loader. */
    public FfmpegDecoder() {}

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes) throws IOException {
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
                    return Optional.of(canvas(decoder.decode(packet)));
                }
            }
            Ffmpeg.check(av_new_packet(packet, bytes.remaining()), "there is not enough memory for the picture");
            copy(bytes, packet);
            decoder.open();
            return Optional.of(canvas(decoder.decode(packet)));
        } finally {
            av_packet_free(packet);
        }
    }

    private static int codec(ByteBuffer bytes) throws IOException {
        byte[] head = new byte[Math.min(16, bytes.remaining())];
        bytes.get(bytes.position(), head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
            long size = 8
                    + (ByteBuffer.wrap(head)
                                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                                    .getInt(4)
                            & 0xFFFFFFFFL);
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
        return DECODERS.entrySet().stream()
                .filter(kind -> text.startsWith(kind.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(AV_CODEC_ID_NONE);
    }

    @SuppressWarnings("restricted") // FFmpeg's memory, which it describes with an address and a size
    private static void copy(ByteBuffer bytes, AVPacket packet) {
        MemorySegment.ofAddress(packet.data().address())
                .reinterpret(packet.size())
                .copyFrom(MemorySegment.ofBuffer(bytes));
    }

    private static Canvas canvas(AVFrame picture) throws IOException {
        PictureShape shape = PictureShape.of(picture, Orientation.UPRIGHT);
        String filters = shape.filters(PixelLayout.BGRX, SourceOptions.DEFAULT);
        boolean transparent = picture.format() == AV_PIX_FMT_PAL8
                || (av_pix_fmt_desc_get(picture.format()).flags() & AV_PIX_FMT_FLAG_ALPHA) != 0;
        if (transparent) { // each colour as far as it is opaque: that is the picture on black
            filters = "format=gbrap,premultiply=inplace=1," + filters;
        }
        if (filters.isEmpty()) {
            return pixels(picture);
        }
        try (Conversion conversion = Conversion.open(shape, filters)) {
            return pixels(conversion.apply(picture));
        }
    }

    @SuppressWarnings("restricted") // as above
    private static Canvas pixels(AVFrame picture) {
        int width = picture.width();
        int height = picture.height();
        int pitch = picture.linesize(0);
        int[] pixels = new int[width * height];
        MemorySegment rows = MemorySegment.ofAddress(picture.data(0).address()).reinterpret((long) pitch * height);
        for (int y = 0; y < height; y++) {
            MemorySegment.copy(rows, ValueLayout.JAVA_INT_UNALIGNED, (long) pitch * y, pixels, width * y, width);
        }
        return Canvas.of(pixels, width, height);
    }
}
