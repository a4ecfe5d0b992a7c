package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_TIFF;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** One of FFmpeg's decoders, for one picture. One thread at a time. */
final class StillDecoder implements AutoCloseable {

    private final AVCodec codec;
    private final AVCodecContext context;
    private final AVFrame picture;

    StillDecoder(int id) throws IOException {
        codec = avcodec_find_decoder(id);
        if (codec == null) {
            throw new IOException(
                    "FFmpeg has no decoder here for " + avcodec_get_name(id).getString());
        }
        picture = Ffmpeg.allocated(av_frame_alloc());
        context = avcodec_alloc_context3(codec);
    }

    /** @param parameters as the file that holds the picture says them */
    void open(AVCodecParameters parameters) throws IOException {
        Ffmpeg.allocated(context);
        Ffmpeg.check(avcodec_parameters_to_context(context, parameters), "the picture cannot be decoded");
        open();
    }

    void open() throws IOException {
        Ffmpeg.allocated(context).max_pixels(Jpeg.MAX_PIXELS);
        if (codec.id()
                != AV_CODEC_ID_TIFF) { // which is refused then for tags that are not known, and without when cut off
            context.err_recognition(AV_EF_EXPLODE); // half a picture is none: its file may still be written
        }
        context.thread_count(1);
        Ffmpeg.check(avcodec_open2(context, codec, (AVDictionary) null), "the picture cannot be decoded");
    }

    /** The packet's picture; valid until this is closed. */
    AVFrame decode(AVPacket packet) throws IOException {
        Ffmpeg.check(avcodec_send_packet(context, packet), "the picture cannot be decoded");
        avcodec_send_packet(context, (AVPacket) null); // nothing follows for which a decoder might wait
        Ffmpeg.check(avcodec_receive_frame(context, picture), "the picture cannot be decoded");
        return picture;
    }

    @Override
    public void close() {
        avcodec_free_context(context);
        av_frame_free(picture);
    }
}
