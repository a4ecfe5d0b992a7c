package dev.flipbook.video;

import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_buffer2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.MediaInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;

/**
 * An open video file.
 *
 * <p>Only this file is read, whatever it contains. FFmpeg recognizes files by their content, so a text that names files
 * or addresses, such as a playlist, would make it open them. Kinds that do so are refused, and the other kinds cannot
 * open anything because their list of allowed protocols is empty. Used by the source thread only.
 */
final class MediaFile extends MediaInput {

    /**
     * Demuxers that only name other inputs, run scripts, or draw any text file as a picture. The names are FFmpeg's; a
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
    private final AVIOContext io = new AVIOContext((Pointer) null);

    private MediaFile(Path path) throws IOException {
        this.path = path;
    }

    /** @throws IOException with a sentence for the user if the file cannot be shown */
    static MediaFile open(Path path) throws IOException, InterruptedException {
        Ffmpeg.load();
        MediaFile file = new MediaFile(path);
        try {
            file.open();
            file.selectVideo();
            return file;
        } catch (IOException | InterruptedException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private void open() throws IOException {
        AVDictionary options = new AVDictionary();
        try {
            av_dict_set(options, "protocol_whitelist", "file", 0);
            // The prefix keeps a file name with a colon from being read as an address.
            int opened = avio_open2(io, "file:" + path.toAbsolutePath(), AVIO_FLAG_READ, null, options);
            Ffmpeg.check(opened, name() + " cannot be read");
            AVInputFormat format = kind();
            context.pb(io);
            av_dict_set(options, "protocol_whitelist", "none", 0);
            int read = avformat_open_input(context, "", format, options);
            if (read < 0) {
                throw failure(read);
            }
        } finally {
            av_dict_free(options);
        }
    }

    private AVInputFormat kind() throws IOException {
        AVInputFormat format = new AVInputFormat((Pointer) null);
        // Recognizes the file without its name, so that the extension cannot turn a text into a video.
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

    /** The file's name without its folder. */
    @Override
    public String name() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public IOException failure(int code) {
        return new IOException(name() + " is damaged, or not a video: " + Ffmpeg.error(code));
    }

    /** A file that is cut off or damaged ends where the damage is. */
    @Override
    public boolean goesOnAfter(int code) {
        return false;
    }

    @Override
    public void close() {
        super.close();
        avio_closep(io);
    }
}
