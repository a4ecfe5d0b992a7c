package dev.flipbook.video;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Opens video files as sources that decode in this process. What can be known of a file without FFmpeg is checked when
 * the source is opened; the rest is checked when somebody watches. Thread-safe.
 */
public final class VideoFiles implements FrameSourceProvider {

    /** An address such as {@code rtsp://…}. A single letter before the colon is a Windows drive. */
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private static final Pattern PATH = Pattern.compile(".*[/\\\\].*|.+\\.[A-Za-z0-9]{1,5}");
    private static final Pattern GLOB = Pattern.compile(".*[*?\\[{].*");

    /** First bytes of lists of other files: HLS, FFmpeg's concat, SDP. */
    private static final List<String> LISTS = List.of("#EXTM3U", "ffconcat ", "v=0\r\n", "v=0\n");

    /** Called by the service loader. */
    public VideoFiles() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        Optional<Path> path = find(source);
        if (path.isPresent()) {
            Ffmpeg.loadAhead();
        }
        return path.map(file -> inside(file, options));
    }

    /**
     * The file that a text names; empty if the text is something else.
     *
     * @throws IOException with a sentence for the user if there is no such file, or it cannot be a video
     */
    public static Optional<Path> find(String source) throws IOException {
        Optional<Path> path = path(source);
        if (path.isPresent()) {
            check(source, path.get());
        }
        return path;
    }

    /** Opens the file as a source that decodes in this process. */
    public static FrameSource inside(Path file, SourceOptions options) {
        return new VideoFile(file, options, Ticker.system(), PictureEncoder.Kind::best);
    }

    /** The file that a text names, even if it does not exist; empty if the text is something else. */
    private static Optional<Path> path(String source) {
        if (source.isBlank() || source.equals("-") || ADDRESS.matcher(source).matches()) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(source);
            if (Files.exists(path)) {
                return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
            }
            return PATH.matcher(source).matches() && !GLOB.matcher(source).matches()
                    ? Optional.of(path)
                    : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static void check(String source, Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException("there is no file '" + source + "': name a video file that exists");
        }
        if (!Files.isReadable(path)) {
            throw new IOException("'" + source + "' cannot be read: its permissions do not allow it");
        }
        if (Files.size(path) == 0) {
            throw new IOException("'" + source + "' is empty: name a video file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            String head = new String(in.readNBytes(16), StandardCharsets.ISO_8859_1);
            if (LISTS.stream().anyMatch(head::startsWith)) {
                throw new IOException("'" + source
                        + "' is not a video but a list that leads to other files: name the video file itself");
            }
        }
    }

    @Override
    public String form() {
        return "a video file";
    }
}
