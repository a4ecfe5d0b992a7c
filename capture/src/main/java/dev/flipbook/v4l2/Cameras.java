package dev.flipbook.v4l2;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.v4l2.CameraFolder.Found;
import dev.flipbook.v4l2.CameraFolder.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Opens cameras of this machine as sources, by path, by name or by part of a name. Works on 64-bit Linux; other systems
 * have no cameras of this kind. Thread-safe.
 */
public final class Cameras implements FrameSourceProvider {

    /** The text that stands for the first camera. */
    static final String FIRST = "webcam";

    /** Texts that are sources of other kinds, even if a camera has such a name. */
    private static final Set<String> OTHERS = Set.of("demo", "test", "picam", "screen", "publish", "exec", "-");

    private final Optional<CameraFolder> folder;

    /** Called by the service loader. */
    public Cameras() {
        this(Libc.find().map(libc -> CameraFolder.system(path -> new FileDevice(libc, path))));
    }

    /** @param folder empty if the system has no cameras of this kind */
    Cameras(Optional<CameraFolder> folder) {
        this.folder = folder;
    }

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (folder.isEmpty() || !isOurs(source, folder.get())) {
            return Optional.empty();
        }
        CameraSource camera = new CameraSource(source, folder.get(), options, Ticker.system());
        camera.check();
        return Optional.of(camera);
    }

    private static boolean isOurs(String source, CameraFolder folder) throws IOException {
        if (isPath(source) || source.equals(FIRST)) {
            return true;
        }
        if (source.isBlank() || OTHERS.contains(source) || source.matches(".*[/\\\\*?:].*") || isFile(source)) {
            return false;
        }
        return pick(source, folder.cameras()).isPresent();
    }

    private static boolean isFile(String source) {
        try {
            return Files.exists(Path.of(source));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether the text is the path of a device, which need not exist. */
    static boolean isPath(String source) {
        return source.matches("/dev/(video\\d+|v4l/[^/]+/.+|video-.+|video)");
    }

    /** Whether the text is a path that stands for any camera on one plug, or for one camera on any plug. */
    static boolean isPlace(String source) {
        return isPath(source) && !source.matches("/dev/video\\d+");
    }

    /**
     * The camera that a name, or a part of a name, stands for. Case is ignored.
     *
     * @throws IOException if several cameras match; the message lists them
     */
    static Optional<Found> pick(String text, List<Found> cameras) throws IOException {
        if (text.equals(FIRST)) {
            return cameras.stream()
                    .filter(one -> one.problem().isEmpty())
                    .findFirst()
                    .or(() -> cameras.stream().findFirst());
        }
        List<Found> exact = cameras.stream()
                .filter(one -> one.identity().name().equalsIgnoreCase(text))
                .toList();
        List<Found> meant = exact.isEmpty()
                ? cameras.stream().filter(one -> one.isCalled(text)).toList()
                : exact;
        if (meant.size() > 1) {
            throw new IOException("'" + text + "' may be " + list(meant) + "; name one of them by its path");
        }
        return meant.stream().findFirst();
    }

    private static String list(List<Found> cameras) {
        return cameras.stream().map(Found::text).collect(Collectors.joining(", "));
    }

    @Override
    public String form() {
        if (folder.isEmpty()) {
            return "";
        }
        List<Found> cameras = folder.get().cameras();
        return "a camera by its path or a part of its name ("
                + (cameras.isEmpty() ? "none is plugged in" : "there is " + list(cameras)) + "), " + FIRST
                + " for the first one";
    }

    @Override
    public List<Camera> cameras() {
        return folder.map(one ->
                        one.cameras().stream().map(found -> camera(one, found)).toList())
                .orElse(List.of());
    }

    private static Camera camera(CameraFolder folder, Found found) {
        return new Camera(
                found.identity().name(),
                found.path().toString(),
                found.identity().link().map(Path::toString).orElse(""),
                found.problem().isEmpty() ? formats(folder, found) : List.of(found.problem()));
    }

    private static List<String> formats(CameraFolder folder, Found found) {
        try {
            Opened opened = folder.open(found.path(), found.identity().name());
            try (Device device = opened.device()) {
                return OfferedFormats.of(device).formats().stream()
                        .map(OfferedFormats.InFormat::text)
                        .toList();
            }
        } catch (IOException e) {
            return List.of(e.getMessage() == null ? "it cannot be queried" : e.getMessage());
        }
    }
}
