package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.av_probe_input_buffer2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;

/**
 * An open media file.
 *
 * <p>It reads this one file and no other, whatever the file says. FFmpeg finds the kind of a file by its content, so a text
 * that names files or addresses (a playlist) would make it open them; kinds that do so are refused, and the rest may open
 * nothing, as no protocol is on their list. Confined to the source thread.
 */
final class MediaFile extends MediaInput {

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
    private final AVIOContext io = new AVIOContext((Pointer) null);

    private MediaFile(Path path) throws IOException {
        this.path = path;
    }

    /** @throws IOException with a sentence for the user when there is nothing to show in it */
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
            // The prefix keeps a name with a colon from being read as an address.
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

    /** Where a file that is cut off or damaged ends, there it ends. */
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
