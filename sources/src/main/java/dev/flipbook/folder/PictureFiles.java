package dev.flipbook.folder;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.picture.Animation;
import dev.flipbook.picture.ContentKind;
import dev.flipbook.picture.PictureFrames;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Makes sources of folders of pictures, of globs such as {@code frames/*.jpg}, and of single picture files.
 * Thread-safe.
 */
public final class PictureFiles implements FrameSourceProvider {

    /** An address such as {@code http://…}. A single letter before the colon is a drive of Windows. */
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);

    private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

    /** Words that have a meaning of their own on the command line, even if there is a folder with the same name. */
    private static final Set<String> WORDS =
            Set.of("demo", "test", "publish", "screen", "webcam", "picam", "exec", "cameras", "-");

    /** Called by the service loader; opens nothing yet. */
    public PictureFiles() {}

    /**
     * The source for a folder, a glob or a picture file; empty when the text is something else.
     *
     * @throws IOException when the text is one of these, and it does not exist or cannot be read
     */
    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (source.isBlank()
                || WORDS.contains(source)
                || ADDRESS.matcher(source).matches()) {
            return Optional.empty();
        }
        Path path;
        try {
            path = Path.of(source);
        } catch (InvalidPathException e) { // on Windows no name contains a star
            return glob(source, options);
        }
        if (Files.isDirectory(path)) {
            return Optional.of(folder(path, PictureFiles::isPicture, "", options));
        }
        if (Files.exists(path)) {
            return isPicture(path.getFileName().toString()) && !moves(path)
                    ? Optional.of(file(source, path, options))
                    : Optional.empty();
        }
        Optional<FrameSource> glob = glob(source, options);
        if (glob.isEmpty() && source.endsWith("/")) {
            throw new IOException("there is no folder '" + source + "': name one that exists");
        }
        if (glob.isEmpty() && isPicture(source)) {
            throw new IOException("there is no file '" + source + "': name a picture that exists");
        }
        return glob;
    }

    /** Whether the file is shown as a video is. In a folder only its first picture is shown. */
    private static boolean moves(Path path) {
        try {
            return Files.isRegularFile(path) && Animation.isIn(path);
        } catch (IOException e) {
            return false; // the reason is reported when the file is opened
        }
    }

    private static boolean isPicture(String name) {
        // files that begin with a dot are often unfinished
        return !name.startsWith(".") && ContentKind.isNamedByAny(name);
    }

    /** A source of one file. */
    private static FrameSource file(String source, Path path, SourceOptions options) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IOException("'" + source + "' is not a file but a pipe or a device: name a picture file");
        }
        if (!Files.isReadable(path)) {
            throw new IOException("'" + source + "' cannot be read: its permissions do not allow it");
        }
        Ticker ticker = Ticker.system();
        PictureFrames stills = new PictureFrames(options, ticker);
        PictureFolder folder = PictureFolder.ofFile(path, stills);
        return new FolderSource(folder, stills, () -> newest(folder, options, ticker), ticker);
    }

    /**
     * A source of a folder.
     *
     * @param glob for the title; empty for all pictures
     */
    private static FrameSource folder(Path path, Predicate<String> wanted, String glob, SourceOptions options)
            throws IOException {
        if (!Files.isReadable(path)) {
            throw new IOException("'" + path + "' cannot be read: its permissions do not allow it");
        }
        Ticker ticker = Ticker.system();
        PictureFrames stills = new PictureFrames(options, ticker);
        Path name = path.toAbsolutePath().normalize().getFileName();
        PictureFolder folder = PictureFolder.of(path, wanted, (name == null ? "" : name) + "/" + glob, stills);
        return new FolderSource(
                folder,
                stills,
                () -> options.follow() ? newest(folder, options, ticker) : new Slideshow(folder, options, ticker),
                ticker);
    }

    /**
     * The newest picture of a folder. A user who sets an interval wants the folder to be left alone in between, so
     * nothing is watched then.
     */
    private static PictureChoice newest(PictureFolder folder, SourceOptions options, Ticker ticker) {
        FolderWatch watch = options.interval().isZero() ? folder.watch(ticker) : FolderWatch.silent(ticker);
        return new NewestPicture(folder, watch, options, ticker);
    }

    /** A source of the files that a glob matches; empty when the text is not a glob. */
    private static Optional<FrameSource> glob(String source, SourceOptions options) throws IOException {
        if (!GLOB.matcher(source).find() || (source.indexOf('.') < 0 && source.indexOf('*') < 0)) {
            return Optional.empty();
        }
        int name = 1 + Math.max(source.lastIndexOf('/'), source.lastIndexOf(File.separatorChar));
        String parent = source.substring(0, name);
        String glob = source.substring(name);
        if (GLOB.matcher(parent).find()) {
            throw new IOException("'" + source
                    + "' has a wildcard in the name of a folder: only its last part may have them, as in frames/*.jpg");
        }
        Path folder = Path.of(parent);
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder '" + parent + "' for '" + source + "'");
        }
        return Optional.of(folder(folder, matcher(source, glob), glob, options));
    }

    /** A test of file names by a glob. */
    private static Predicate<String> matcher(String source, String glob) throws IOException {
        try {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
            return name ->
                    (glob.startsWith(".") || !name.startsWith(".")) && matcher.matches(Path.of(name)); // as in shells
        } catch (PatternSyntaxException e) {
            throw new IOException("'" + source + "' is not a glob: " + e.getDescription(), e);
        }
    }

    @Override
    public String form() {
        return "a picture, a folder or glob of pictures";
    }
}
