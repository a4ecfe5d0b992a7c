package dev.flipbook.command;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code picam}: a camera on the ribbon cable of a Raspberry Pi. The source uses the program
 * {@code rpicam-vid}, or {@code libcamera-vid} as it was called before 2024, which prints JPEGs that the Pi encodes.
 *
 * <p>Size, rate, quality, mirroring and a half turn are passed to the program. The program is looked up at each start
 * until it is found, so that it may be installed while Flipbook runs. Threads as in {@link CommandSource}.
 */
final class PiCamera implements FrameSource {

    private static final Pattern TEXT = Pattern.compile("picam(?::(\\d{1,2}))?");

    private static final List<String> NAMES = List.of("rpicam-vid", "libcamera-vid");

    /** Messages with which the program fails, in lower case, and what they mean for the user. */
    private static final Map<String, String> MEANINGS = Map.of(
            "no cameras available",
            "there is no Raspberry Pi camera: look at its cable and at what rpicam-hello --list-cameras says",
            "selected camera is not available",
            "this Raspberry Pi camera does not exist: rpicam-hello --list-cameras lists them by number",
            "failed to acquire camera",
            "the Raspberry Pi camera is in use by another program",
            "in use by another process",
            "the Raspberry Pi camera is in use by another program");

    private final int camera;
    private final SourceOptions options;
    private final Programs programs;
    private final Ticker ticker;

    private volatile @Nullable CommandSource command;

    PiCamera(int camera, SourceOptions options, Programs programs, Ticker ticker) {
        this.camera = camera;
        this.options = options;
        this.programs = programs;
        this.ticker = ticker;
    }

    /** The number of the camera that a SOURCE text names: 0 for {@code picam}, 1 for {@code picam:1}. */
    static Optional<Integer> camera(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1)));
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        CommandSource current = command;
        if (current == null) {
            current = new CommandSource(words(program()), left(), programs, ticker);
            command = current;
        }
        try {
            return current.next();
        } catch (IOException e) {
            throw new IOException(meaning(String.valueOf(e.getMessage())), e);
        }
    }

    private String program() throws IOException {
        for (String name : NAMES) {
            Optional<String> found = programs.find(name);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new IOException("there is no program rpicam-vid: sudo apt install rpicam-apps");
    }

    private List<String> words(String program) {
        List<String> words = new ArrayList<>(List.of(
                // flushed, because otherwise the end of a picture waits for the beginning of the next
                program, "--codec", "mjpeg", "--timeout", "0", "--nopreview", "--flush", "--output", "-"));
        add(words, "--camera", camera);
        add(words, "--quality", options.quality());
        if (options.width() > 0) {
            add(words, "--width", options.width());
            add(words, "--height", options.height());
        }
        if (options.fps() > 0) {
            add(words, "--framerate", options.fps());
        }
        if (options.rotate() == 180) {
            add(words, "--rotation", 180);
        }
        if (options.mirror()) {
            words.add("--hflip");
        }
        return words;
    }

    private static void add(List<String> words, String option, int value) {
        words.add(option);
        words.add(Integer.toString(value));
    }

    /** The options that are not passed to the program: for example, it does not support quarter turns. */
    private SourceOptions left() {
        int turn = options.rotate() % 180 == 0 ? 0 : options.rotate();
        return new SourceOptions(0, 0, 0, options.quality(), turn, false, false, Duration.ZERO, "", Map.of());
    }

    private String meaning(String message) {
        String small = message.toLowerCase(Locale.ROOT);
        return MEANINGS.entrySet().stream()
                .filter(entry -> small.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(message.replace("the command", "the camera's program"));
    }

    @Override
    public void close() {
        CommandSource last = command;
        if (last != null) {
            last.close();
        }
    }

    @Override
    public Encoding encoding() {
        CommandSource current = command;
        return current == null ? Encoding.NONE : current.encoding();
    }

    @Override
    public long damaged() {
        CommandSource current = command;
        return current == null ? 0 : current.damaged();
    }

    @Override
    public String description() {
        return camera == 0 ? "picam" : "picam:" + camera;
    }
}
