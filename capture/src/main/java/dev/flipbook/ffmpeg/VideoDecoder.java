package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_LOW_DELAY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_RAWVIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP8;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_BT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_PROGRESSIVE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_TT;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR0;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGRA;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Decodes an input's pictures to pixels, and deinterlaces them if necessary. Used by the source thread only. */
final class VideoDecoder implements AutoCloseable {

    /**
     * Maximum number of pixels a second for one thread: 1080p at 60 fps. More threads cost CPU time, memory and one
     * picture of delay each, so they are used only if one thread would not keep up.
     */
    private static final long ONE_THREAD = 1920L * 1080 * 61;

    /**
     * Interval in nanoseconds that is assumed for live streams, because cameras seldom name their frame rate: 30 fps.
     */
    private static final long DEFAULT_LIVE_INTERVAL = 33_333_333;

    private final MediaInput input;
    private final AVFrame picture;
    private final Deinterlacer deinterlacer = new Deinterlacer();
    private AVCodecContext context = new AVCodecContext((Pointer) null);
    private boolean draining; // whether the input has ended
    private boolean ended; // whether the decoder has given its last picture

    private VideoDecoder(MediaInput input) throws IOException {
        this.input = input;
        this.picture = Ffmpeg.allocated(av_frame_alloc());
    }

    /** @param input stays the caller's property */
    static VideoDecoder open(MediaInput input) throws IOException {
        VideoDecoder decoder = new VideoDecoder(input);
        try {
            decoder.open();
            return decoder;
        } catch (IOException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private void open() throws IOException {
        AVCodec codec = codec();
        context = Ffmpeg.allocated(avcodec_alloc_context3(codec));
        Ffmpeg.check(avcodec_parameters_to_context(context, input.parameters()), input.name() + " cannot be decoded");
        context.pkt_timebase(input.video().time_base());
        context.max_pixels(Jpeg.MAX_PIXELS);
        context.thread_count(threads());
        if (input.isLive()) {
            // Each picture comes out as soon as it is in, which rules out threads that work on several pictures at
            // once.
            context.flags(context.flags() | AV_CODEC_FLAG_LOW_DELAY);
        }
        Ffmpeg.check(avcodec_open2(context, codec, (AVDictionary) null), input.name() + " cannot be decoded");
    }

    private AVCodec codec() throws IOException {
        int id = input.parameters().codec_id();
        @Nullable AVCodec codec = input.hasAlphaBeside() ? withAlpha(id) : null;
        if (codec == null || codec.isNull()) {
            codec = avcodec_find_decoder(id);
        }
        if (codec == null) {
            throw new IOException("FFmpeg has no decoder here for " + input.name() + ", which is "
                    + avcodec_get_name(id).getString());
        }
        return codec;
    }

    /** The decoder that uses the separate opacity of a WebM; FFmpeg's own decoders ignore it. */
    private static @Nullable AVCodec withAlpha(int id) {
        return id == AV_CODEC_ID_VP9
                ? avcodec_find_decoder_by_name("libvpx-vp9")
                : id == AV_CODEC_ID_VP8 ? avcodec_find_decoder_by_name("libvpx") : null;
    }

    private int threads() {
        long pixels = (long) input.parameters().width() * input.parameters().height();
        long interval =
                input.defaultInterval() == 0 && input.isLive() ? DEFAULT_LIVE_INTERVAL : input.defaultInterval();
        boolean one = interval == 0 || pixels * 1_000_000_000L / interval <= ONE_THREAD;
        return one ? 1 : Math.min(4, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Goes on to the next picture.
     *
     * @return false at the end of the input
     */
    boolean advance() throws IOException, InterruptedException {
        while (true) {
            if (deinterlacer.take(picture)) {
                return true;
            }
            if (ended) {
                return false;
            }
            int code = avcodec_receive_frame(context, picture);
            if (code == AVERROR_EOF || (draining && code == AVERROR_EAGAIN())) {
                ended = true;
                deinterlacer.end();
            } else if (code != 0) {
                feed();
            } else if (deinterlacer.takes(withFields())) {
                deinterlacer.put(picture);
            } else {
                return true;
            }
        }
    }

    /** The picture, marked as interlaced if only the file says so. A JPEG cannot say that itself. */
    private AVFrame withFields() {
        int order = input.parameters().field_order();
        if (input.parameters().codec_id() == AV_CODEC_ID_MJPEG && order > AV_FIELD_PROGRESSIVE) {
            boolean top = order == AV_FIELD_TT || order == AV_FIELD_BT;
            Deinterlacer.mark(picture, top);
        }
        return picture;
    }

    /** Gives the decoder the next packet. A packet that it refuses is damaged; a later one may be complete. */
    private void feed() throws IOException, InterruptedException {
        if (input.read()) {
            avcodec_send_packet(context, input.packet());
        } else {
            draining = true;
            avcodec_send_packet(context, (AVPacket) null);
        }
    }

    /** The current picture. Valid until the next one. */
    AVFrame picture() {
        if (picture.format() == AV_PIX_FMT_BGRA
                && input.parameters().codec_id() == AV_CODEC_ID_RAWVIDEO
                && input.parameters().codec_tag() == 0) {
            picture.format(AV_PIX_FMT_BGR0); // plain 32-bit pixels of Windows, whose fourth byte has no meaning
        }
        return picture;
    }

    /**
     * Goes back to the first picture.
     *
     * @return whether it succeeded
     */
    boolean rewind() {
        avcodec_flush_buffers(context);
        deinterlacer.close();
        draining = false;
        ended = false;
        return input.rewind();
    }

    @Override
    public void close() {
        deinterlacer.close();
        avcodec_free_context(context);
        av_frame_free(picture);
    }
}
