package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_buffer2;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_seek_file;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * An open media file: the packets of its best video track, one at a time.
 *
 * <p>It reads this one file and no other, whatever the file says. FFmpeg finds the kind of a file by its content, so a text
 * that names files or addresses (a playlist) would make it open them; kinds that do so are refused, and the rest may open
 * nothing, as no protocol is on their list. Confined to the source thread.
 */
final class MediaFile implements AutoCloseable {

    /**
     * Demuxers that only name other inputs, run scripts, or draw any text file as a picture. The names are FFmpeg's, and a
     * demuxer may have several.
     */
    private static final Set<String> REFUSED = Set.of(
            "hls",
            "applehttp",
            "concat",
            "dash",
            "imf",
            "sdp",
            "rtsp",
            "rtp",
            "sap",
            "mmst",
            "webm_dash_manifest",
            "image2",
            "avisynth",
            "vapoursynth",
            "lavfi",
            "tty",
            "bin",
            "xbin",
            "adf",
            "idf",
            "ffmetadata");

    private final Path path;
    private final AVFormatContext context;
    private final AVIOContext io = new AVIOContext((Pointer) null);
    private final AVPacket packet;
    private AVStream video = new AVStream((Pointer) null);
    private int index;
    private double nanosPerTick;

    private MediaFile(Path path) throws IOException {
        this.path = path;
        this.packet = Ffmpeg.allocated(av_packet_alloc());
        this.context = avformat_alloc_context();
    }

    /** @throws IOException with a sentence for the user when there is nothing to show in it */
    static MediaFile open(Path path) throws IOException {
        Ffmpeg.load();
        MediaFile file = new MediaFile(path);
        try {
            file.open();
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void open() throws IOException {
        AVDictionary options = new AVDictionary();
        try {
            Ffmpeg.allocated(context);
            av_dict_set(options, "protocol_whitelist", "file", 0);
            // The prefix keeps a name with a colon from being read as an address.
            int opened = avio_open2(io, "file:" + path.toAbsolutePath(), AVIO_FLAG_READ, null, options);
            Ffmpeg.check(opened, name() + " cannot be read");
            AVInputFormat format = kind();
            context.pb(io);
            av_dict_set(options, "protocol_whitelist", "none", 0);
            int read = avformat_open_input(context, "", format, options);
            Ffmpeg.check(read, name() + " is damaged, or not a video");
        } finally {
            av_dict_free(options);
        }
        describeTracks();
        selectVideo();
    }

    private AVInputFormat kind() throws IOException {
        AVInputFormat format = new AVInputFormat((Pointer) null);
        // Without a name, so that the ending of a file's name does not make a video of a text.
        if (av_probe_input_buffer2(io, format, "", null, 0, 0) < 0 || format.isNull()) {
            throw new IOException(name() + " is not a video of a kind that FFmpeg knows");
        }
        String kind = format.name().getString();
        if (Arrays.stream(kind.split(",")).anyMatch(REFUSED::contains) || (format.flags() & AVFMT_NOFILE) != 0) {
            throw new IOException(name() + " is not a video but text or a list (" + kind
                    + ") that leads to other files; name the video file itself");
        }
        return format;
    }

    /** Reads as much as it takes to know the tracks. Pictures are decoded for it, so the limit holds here already. */
    private void describeTracks() throws IOException {
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
            Ffmpeg.check(found, name() + " is damaged, or not a video");
        }
    }

    private void selectVideo() throws IOException {
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

    /** The file's name without its folder, for messages. */
    String name() {
        return String.valueOf(path.getFileName());
    }

    AVCodecParameters parameters() {
        return video.codecpar();
    }

    AVStream video() {
        return video;
    }

    /** The packet that was read last; valid until the next read. */
    AVPacket packet() {
        return packet;
    }

    /** In nanoseconds; only differences mean anything. {@link Pace#UNKNOWN} when the file does not say. */
    long nanos(long ticks) {
        return ticks == AV_NOPTS_VALUE ? Pace.UNKNOWN : Math.round(ticks * nanosPerTick);
    }

    /** The time of one picture by the track's average rate, or 0. */
    long usualInterval() {
        int num = video.avg_frame_rate().num();
        return num <= 0 ? 0 : Math.round(1e9 * video.avg_frame_rate().den() / num);
    }

    /** Reads the video's next packet; false at the end, and where a file that is cut off or damaged ends. */
    boolean read() throws InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            av_packet_unref(packet);
            if (av_read_frame(context, packet) < 0) {
                return false;
            }
            if (packet.stream_index() == index) {
                return true;
            }
        }
    }

    /** Whether the next packet is now the first one again. Not every kind of file can do this. */
    boolean rewind() {
        long start = video.start_time() == AV_NOPTS_VALUE ? 0 : video.start_time();
        return avformat_seek_file(context, index, Long.MIN_VALUE, start, start, AVSEEK_FLAG_BACKWARD) >= 0;
    }

    @Override
    public void close() {
        av_packet_free(packet);
        avformat_close_input(context);
        avio_closep(io);
    }
}
