package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_STREAM;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_sample_aspect_ratio;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * An open input of FFmpeg: the packets of its best video track, one at a time. Subclasses say how the input is opened
 * and what it means if no packet comes. Used by the source thread only.
 */
public abstract class MediaInput implements AutoCloseable {

    /** Stands for a timestamp that the input does not contain. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    public final AVFormatContext context;
    private final AVPacket packet;
    private AVStream video = new AVStream((Pointer) null);
    private int index;
    private double nanosPerTick;

    public MediaInput() throws IOException {
        packet = Ffmpeg.allocated(av_packet_alloc());
        context = Ffmpeg.allocated(avformat_alloc_context());
    }

    /** Name for messages: a file's name or a host, without secrets. */
    public abstract String name();

    /** Whether pictures arrive in real time, so that a picture that is not read at once is late. */
    public abstract boolean isLive();

    /**
     * The exception to report for an FFmpeg error.
     *
     * @throws InterruptedException if it means that reading is to end
     */
    public abstract IOException failure(int code) throws InterruptedException;

    /**
     * Decides what to do after an error instead of a packet.
     *
     * @return true to try again, false if this is the end of the input
     */
    public abstract boolean goesOnAfter(int code) throws IOException, InterruptedException;

    /** Reads as much as is needed to know the tracks, and chooses one. */
    public final void selectVideo() throws IOException, InterruptedException {
        describeTracks();
        index = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        if (index < 0 || (context.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            throw new IOException(name() + " has no video track");
        }
        video = context.streams(index);
        long pixels = (long) parameters().width() * parameters().height();
        if (pixels > Jpeg.MAX_PIXELS) {
            throw new IOException(name() + " has pictures of " + parameters().width() + "x"
                    + parameters().height() + " pixels; at most " + Jpeg.MAX_PIXELS + " in all are shown");
        }
        nanosPerTick =
                1e9 * video.time_base().num() / Math.max(1, video.time_base().den());
        for (int i = 0; i < context.nb_streams(); i++) {
            if (i != index) {
                context.streams(i).discard(avcodec.AVDISCARD_ALL);
            }
        }
    }

    /** Reads the tracks. FFmpeg decodes pictures for that, so the maximum size applies already here. */
    private void describeTracks() throws IOException, InterruptedException {
        int tracks = context.nb_streams();
        try (PointerPointer<AVDictionary> each = new PointerPointer<>(Math.max(1, tracks))) {
            AVDictionary[] options = new AVDictionary[tracks];
            for (int i = 0; i < tracks; i++) {
                options[i] = new AVDictionary();
                av_dict_set(options[i], "max_pixels", Integer.toString(Jpeg.MAX_PIXELS), 0);
                each.put(i, options[i]);
            }
            int found = avformat_find_stream_info(context, each);
            for (int i = 0; i < tracks; i++) {
                av_dict_free(new AVDictionary(each.get(i)));
            }
            if (found < 0) {
                throw failure(found);
            }
        }
    }

    public final AVCodecParameters parameters() {
        return video.codecpar();
    }

    public final AVStream video() {
        return video;
    }

    /** The packet that was read last. Valid until the next read. */
    public final AVPacket packet() {
        return packet;
    }

    /**
     * Ticks of the track in nanoseconds, or {@link #UNKNOWN} if the input names no time. Only differences have a
     * meaning.
     */
    public final long nanos(long ticks) {
        return ticks == AV_NOPTS_VALUE ? UNKNOWN : Math.round(ticks * nanosPerTick);
    }

    /** Nanoseconds between two pictures by the track's average rate, or 0 if it is not known. */
    public final long defaultInterval() {
        int num = video.avg_frame_rate().num();
        return num <= 0 ? 0 : Math.round(1e9 * video.avg_frame_rate().den() / num);
    }

    /** Whether the file says that its pictures are upright and have square pixels. */
    public final boolean isShownAsItIs() {
        AVCodecParameters track = parameters();
        AVPacketSideData matrix =
                av_packet_side_data_get(track.coded_side_data(), track.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        boolean upright = matrix == null
                || matrix.isNull()
                || PictureShape.turn(matrix.data(), matrix.size()).equals(Orientation.UPRIGHT);
        return upright && PictureShape.aspect(pixelAspect(new AVFrame((Pointer) null))) == 1;
    }

    /** Width of a pixel divided by its height. The file's value has priority over the picture's. */
    final AVRational pixelAspect(AVFrame picture) {
        return av_guess_sample_aspect_ratio(context, video, picture);
    }

    /** Whether the file stores the opacity of each picture in a separate picture. */
    final boolean hasAlphaBeside() {
        AVDictionaryEntry entry = av_dict_get(video.metadata(), "alpha_mode", (AVDictionaryEntry) null, 0);
        return entry != null && !entry.isNull() && entry.value().getString().equals("1");
    }

    /** The file's duration in nanoseconds, or 0 if the file does not contain it and FFmpeg only estimates it. */
    public final long statedDuration() {
        boolean guess = context.duration_estimation_method() != AVFMT_DURATION_FROM_STREAM;
        return guess || context.duration() <= 0 ? 0 : Math.multiplyExact(context.duration(), 1000);
    }

    /**
     * Reads the next packet of the video.
     *
     * @return false at the end of the input
     */
    public boolean read() throws IOException, InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            av_packet_unref(packet);
            int code = av_read_frame(context, packet);
            if (code < 0) {
                if (!goesOnAfter(code)) {
                    return false;
                }
            } else if (packet.stream_index() == index) {
                return true;
            }
        }
    }

    /**
     * Goes back to the first packet. Not every kind of file supports that.
     *
     * @return whether it succeeded
     */
    public final boolean rewind() {
        long start = video.start_time() == AV_NOPTS_VALUE ? 0 : video.start_time();
        return avformat_seek_file(context, index, Long.MIN_VALUE, start, start, AVSEEK_FLAG_BACKWARD) >= 0;
    }

    @Override
    public void close() {
        av_packet_free(packet);
        avformat_close_input(context);
    }
}
