package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.JpegBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.Pointer;

/** Encodes with FFmpeg's own MJPEG encoder, for machines without libjpeg-turbo. Used by the source thread only. */
final class FfmpegEncoder implements PictureEncoder {

    private final AVCodec codec;
    private final AVPacket packet;
    private final JpegBuffer buffer = new JpegBuffer();
    private AVCodecContext context = new AVCodecContext((Pointer) null);
    private long number;

    FfmpegEncoder() throws IOException {
        Ffmpeg.load();
        codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
        if (codec == null) {
            throw new IOException("this FFmpeg has no MJPEG encoder");
        }
        packet = Ffmpeg.allocated(av_packet_alloc());
    }

    @Override
    public String name() {
        return "FFmpeg";
    }

    @Override
    public PixelLayout takes(PixelLayout best) {
        return best.isYuv() ? best : PixelLayout.YUV420;
    }

    @Override
    @SuppressWarnings("restricted") // FFmpeg describes its memory by an address and a size
    public Jpeg encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException {
        int lambda = scale(quality) * FF_QP2LAMBDA;
        if (context.isNull()
                || context.width() != picture.width()
                || context.height() != picture.height()
                || context.pix_fmt() != layout.format) {
            open(picture.width(), picture.height(), layout, lambda);
        }
        picture.format(layout.format);
        picture.color_range(AVCOL_RANGE_JPEG);
        picture.pict_type(AV_PICTURE_TYPE_NONE);
        picture.quality(lambda);
        picture.pts(number++);
        Ffmpeg.check(avcodec_send_frame(context, picture), "FFmpeg cannot encode a picture");
        Ffmpeg.check(avcodec_receive_packet(context, packet), "FFmpeg cannot encode a picture");
        try {
            return buffer.copyOf(
                    MemorySegment.ofAddress(packet.data().address()).reinterpret(packet.size()));
        } finally {
            av_packet_unref(packet);
        }
    }

    /** The quantizer scale that gives about the same size as libjpeg with this quality: quality 80 is scale 4. */
    private static int scale(int quality) {
        // the formula by which libjpeg scales its tables
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        return Math.clamp(Math.round(percent / 10f), 1, 31);
    }

    private void open(int width, int height, PixelLayout layout, int lambda) throws IOException {
        avcodec_free_context(context);
        context = Ffmpeg.allocated(avcodec_alloc_context3(codec));
        context.width(width);
        context.height(height);
        context.pix_fmt(layout.format);
        context.color_range(AVCOL_RANGE_JPEG);
        context.time_base().num(1).den(25);
        context.flags(context.flags() | AV_CODEC_FLAG_QSCALE);
        context.global_quality(lambda);
        context.qmin(1);
        context.thread_count(1);
        AVDictionary options = new AVDictionary();
        try {
            av_dict_set(options, "huffman", "default", 0); // tables made for each picture would need a second pass
            Ffmpeg.check(avcodec_open2(context, codec, options), "FFmpeg's MJPEG encoder does not start");
        } finally {
            av_dict_free(options);
        }
    }

    @Override
    public void close() {
        avcodec_free_context(context);
        av_packet_free(packet);
        buffer.close();
    }
}
