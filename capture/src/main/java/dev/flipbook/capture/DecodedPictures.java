package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_LOW_DELAY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.io.IOException;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** An input's pictures, decoded and encoded again. Confined to the source thread. */
final class DecodedPictures implements PictureReader {

    /**
     * Up to this many pixels a second one thread decodes: 1080p at 60 a second. More threads cost processor time, memory
     * and a picture of delay each, and are of use only where one would not keep up.
     */
    private static final long ONE_THREAD = 1920L * 1080 * 61;

    /** Cameras seldom say how often their pictures come: 30 a second. */
    private static final long USUAL_LIVE = 33_333_333;

    private final MediaInput input;
    private final PictureEncoder encoder;
    private final SourceOptions options;
    private final Orientation turn;
    private final AVFrame picture;
    private AVCodecContext decoder = new AVCodecContext((Pointer) null);
    private boolean draining;
    private @Nullable PictureShape shape;
    private @Nullable Conversion conversion;
    private PixelLayout layout = PixelLayout.YUV420;
    private PixelLayout subsampling = PixelLayout.YUV420;

    private DecodedPictures(MediaInput input, PictureEncoder encoder, SourceOptions options) throws IOException {
        this.input = input;
        this.encoder = encoder;
        this.options = options;
        this.turn = Orientation.of(options.rotate(), options.mirror());
        this.picture = Ffmpeg.allocated(av_frame_alloc());
    }

    /** Takes over the input and the encoder, and closes them with itself; not when this throws. */
    static DecodedPictures open(MediaInput input, PictureEncoder encoder, SourceOptions options) throws IOException {
        DecodedPictures pictures = new DecodedPictures(input, encoder, options);
        try {
            pictures.openDecoder();
            return pictures;
        } catch (IOException | RuntimeException e) {
            pictures.free();
            throw e;
        }
    }

    private void openDecoder() throws IOException {
        int id = input.parameters().codec_id();
        AVCodec codec = avcodec_find_decoder(id);
        if (codec == null) {
            throw new IOException("FFmpeg has no decoder here for " + input.name() + ", which is "
                    + avcodec_get_name(id).getString());
        }
        decoder = Ffmpeg.allocated(avcodec_alloc_context3(codec));
        Ffmpeg.check(avcodec_parameters_to_context(decoder, input.parameters()), input.name() + " cannot be decoded");
        decoder.pkt_timebase(input.video().time_base());
        decoder.max_pixels(Jpeg.MAX_PIXELS);
        decoder.thread_count(threads());
        if (input.isLive()) { // a picture comes out as soon as it is in, which forbids threads that work on several at
            // once
            decoder.flags(decoder.flags() | AV_CODEC_FLAG_LOW_DELAY);
        }
        Ffmpeg.check(avcodec_open2(decoder, codec, (AVDictionary) null), input.name() + " cannot be decoded");
    }

    private int threads() {
        long pixels = (long) input.parameters().width() * input.parameters().height();
        long interval = input.usualInterval() == 0 && input.isLive() ? USUAL_LIVE : input.usualInterval();
        boolean one = interval == 0 || pixels * 1_000_000_000L / interval <= ONE_THREAD;
        return one ? 1 : Math.min(4, Runtime.getRuntime().availableProcessors());
    }

    @Override
    public boolean advance() throws IOException, InterruptedException {
        while (true) {
            int code = avcodec_receive_frame(decoder, picture);
            if (code == 0) {
                return true;
            }
            if (code == AVERROR_EOF || (draining && code == AVERROR_EAGAIN())) {
                return false;
            }
            feed();
        }
    }

    /** Gives the decoder the next packet. What it refuses is damaged; a later packet may be whole. */
    private void feed() throws IOException, InterruptedException {
        if (input.read()) {
            avcodec_send_packet(decoder, input.packet());
        } else {
            draining = true;
            avcodec_send_packet(decoder, (AVPacket) null);
        }
    }

    @Override
    public long timestamp() {
        return input.nanos(picture.best_effort_timestamp());
    }

    @Override
    public long duration() {
        return picture.duration() <= 0 ? 0 : input.nanos(picture.duration());
    }

    @Override
    public Optional<Frame> frame() throws IOException {
        PictureShape now = PictureShape.of(picture, turn);
        if (!now.equals(shape)) {
            adapt(now);
        }
        AVFrame source = conversion == null ? picture : conversion.apply(picture);
        return Optional.of(encoder.encode(source, layout, subsampling, options.quality()));
    }

    private void adapt(PictureShape now) throws IOException {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        layout = encoder.takes(now.bestLayout());
        subsampling = now.subsampling();
        String filters = now.filters(layout, options);
        if (!filters.isEmpty()) {
            conversion = Conversion.open(now, filters);
        }
        shape = now;
    }

    @Override
    public boolean rewind() {
        avcodec_flush_buffers(decoder);
        draining = false;
        return input.rewind();
    }

    @Override
    public String encoder() {
        return encoder.name();
    }

    private void free() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        avcodec_free_context(decoder);
        av_frame_free(picture);
    }

    @Override
    public void close() {
        free();
        encoder.close();
        input.close();
    }
}
