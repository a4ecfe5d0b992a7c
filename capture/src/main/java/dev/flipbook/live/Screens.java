package dev.flipbook.live;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens X11 screens. Thread-safe. */
public final class Screens implements FrameSourceProvider {

    private static final String SCREEN = "screen";

    /** Default frame rate of a screen: typed text appears quickly enough, and it costs little CPU time. */
    private static final int SCREEN_FPS = 10;

    private final Map<String, String> environment;

    /** Called by the service loader. */
    public Screens() {
        this(System.getenv());
    }

    /** @param environment where the variable {@code DISPLAY} is */
    Screens(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        return source.equals(SCREEN) || source.startsWith(SCREEN + ":")
                ? Optional.of(screen(source.substring(Math.min(source.length(), SCREEN.length() + 1)), options))
                : Optional.empty();
    }

    private FrameSource screen(String named, SourceOptions options) throws IOException {
        String display = named.isEmpty() ? environment.getOrDefault("DISPLAY", "") : named;
        if (display.matches("\\d+(\\.\\d+)?")) {
            display = ":" + display; // people know a screen by its number
        }
        if (display.isEmpty()) {
            throw new IOException(
                    "there is no screen here: DISPLAY is not set; name an X11 screen, as in screen::0 for the first");
        }
        int fps = options.fps() == 0 ? SCREEN_FPS : options.fps();
        // With draw_mouse, FFmpeg asks the X server for more than pixels, and so notices that the screen has gone.
        // Otherwise the last picture would be shown forever.
        Map<String, String> x11 = Map.of("framerate", Integer.toString(fps), "draw_mouse", "1");
        String name = "the screen " + display;
        return new LiveVideo(new Screen(name, display, x11), name, options, Ticker.system(), PictureEncoder.Kind::best);
    }

    @Override
    public String form() {
        return "screen";
    }

    /** A screen with FFmpeg's options for it. */
    private record Screen(String name, String address, Map<String, String> options) implements LiveOrigin {

        @Override
        public String demuxer() {
            return "x11grab";
        }

        @Override
        public List<String> addresses() throws IOException {
            Ffmpeg.loadDevices();
            return List.of(address);
        }

        @Override
        public IOException failure(int code, boolean opened) {
            return new IOException(
                    opened ? name + " has gone" : name + " cannot be opened: it is not there, or not for this user");
        }
    }
}
