package dev.flipbook.imagefile;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_BMP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_JPEG2000;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PGM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PPM;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_QOI;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;

import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.JpegColours;
import dev.flipbook.picture.ContentKind;
import dev.flipbook.picture.PictureDecoder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Decodes picture files with FFmpeg: WebP, AVIF, HEIC, JPEG 2000, QOI, PGM, PPM, and the JDK's kinds if ImageIO is
 * missing. The first bytes determine the kind, and no other kind is tried, so that no file can be read as a list of
 * other files. Used by one thread at a time.
 */
public final class FfmpegDecoder implements PictureDecoder {

    /** Flag of an animated WebP, in its 21st byte. */
    private static final int ANIMATED = 0x02;

    /** Called by the service loader. */
    public FfmpegDecoder() {}

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        ContentKind kind = ContentKind.of(bytes);
        return switch (kind) {
            // FFmpeg's decoder does not support YCCK, and takes the black of CMYK for opacity
            case JPEG ->
                hasFourColours(bytes) ? Optional.empty() : Optional.of(decode(bytes, AV_CODEC_ID_MJPEG, range));
            case PNG -> Optional.of(decode(bytes, AV_CODEC_ID_PNG, range));
            case BMP -> Optional.of(decode(bytes, AV_CODEC_ID_BMP, range));
            case JPEG_2000 -> Optional.of(decode(bytes, AV_CODEC_ID_JPEG2000, range));
            case PGM -> Optional.of(decode(bytes, AV_CODEC_ID_PGM, range));
            case PPM -> Optional.of(decode(bytes, AV_CODEC_ID_PPM, range));
            case WEBP -> {
                checkWebp(bytes);
                yield Optional.of(decode(bytes, AV_CODEC_ID_WEBP, range));
            }
            case QOI -> {
                checkQoi(bytes);
                yield Optional.of(decode(bytes, AV_CODEC_ID_QOI, range));
            }
            case AVIF, HEIC -> Optional.of(heif(bytes, kind.name(), range));
            case GIF, TIFF, OTHER -> Optional.empty();
        };
    }

    private static boolean hasFourColours(ByteBuffer jpeg) throws IOException {
        try {
            return JpegColours.of(Jpeg.check(jpeg)).components() == 4;
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Canvas heif(ByteBuffer bytes, String kind, Optional<GreyRange> range) throws IOException {
        Ffmpeg.load();
        try (HeifFile file = HeifFile.open(bytes, kind)) {
            return file.canvas(range);
        }
    }

    private static Canvas decode(ByteBuffer bytes, int codec, Optional<GreyRange> range) throws IOException {
        Ffmpeg.load();
        AVPacket packet = Ffmpeg.allocated(av_packet_alloc());
        try (SingleImageDecoder decoder = new SingleImageDecoder(codec)) {
            Ffmpeg.check(av_new_packet(packet, bytes.remaining()), "there is not enough memory for the picture");
            copy(bytes, packet);
            decoder.open();
            return decoder.decode(packet, range).canvas();
        } finally {
            av_packet_free(packet);
        }
    }

    private static void checkWebp(ByteBuffer bytes) throws IOException {
        ByteBuffer webp = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        long size = 8 + (webp.getInt(4) & 0xFFFFFFFFL);
        if (size > webp.limit()) {
            throw new IOException("the WebP is cut off: " + webp.limit() + " of its " + size + " bytes are there");
        }
        boolean extended = webp.limit() > 20 && webp.get(15) == 'X'; // VP8X, the extended format
        if (extended && (webp.get(20) & ANIMATED) != 0) {
            throw new IOException(
                    "the WebP is animated, and FFmpeg cannot decode that: make a GIF of it, which is shown,"
                            + " for example by ImageMagick with \"convert picture.webp picture.gif\"");
        }
    }

    /** Checks that the end is there, because the decoder does not. */
    private static void checkQoi(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() < 22 || bytes.duplicate().getLong(bytes.limit() - 8) != 1) {
            throw new IOException("the QOI is cut off: its end is not there");
        }
    }

    @SuppressWarnings("restricted") // FFmpeg describes its memory by an address and a size
    private static void copy(ByteBuffer bytes, AVPacket packet) {
        MemorySegment.ofAddress(packet.data().address())
                .reinterpret(packet.size())
                .copyFrom(MemorySegment.ofBuffer(bytes));
    }
}
