package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Screens, on X servers that draw into memory. */
@Timeout(180)
class ScreensTest {

    private final Screens screens = new Screens(Map.of());

    /** An X server whose screen is white, 640 x 480. */
    private record Screen(Process server, String display) implements AutoCloseable {

        static Screen on() throws IOException {
            ProcessBuilder command = new ProcessBuilder(
                    "Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-wr", "-nolisten", "tcp", "-noreset");
            try {
                Process server =
                        command.redirectError(ProcessBuilder.Redirect.DISCARD).start();
                BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
                String number = out.readLine();
                if (number == null) {
                    Clips.skip("Xvfb does not start, so no screen is shown");
                }
                return new Screen(server, ":" + number);
            } catch (IOException e) {
                Clips.skip("Xvfb is not installed, so no screen is shown: " + e.getMessage());
                throw e;
            }
        }

        @Override
        public void close() {
            server.destroyForcibly().onExit().join();
        }
    }

    @Test
    void screenOfTheDisplayVariableIsShown() throws Exception {
        try (Screen screen = Screen.on();
                FrameSource source = new Screens(Map.of("DISPLAY", screen.display()))
                        .open("screen", SourceOptions.DEFAULT)
                        .orElseThrow()) {
            assertThat(source.description()).isEqualTo("the screen " + screen.display());
            assertThat(source.encoding()).isEqualTo(Encoding.NONE);
            Frame frame = source.next();
            BufferedImage image = Clips.image(frame);
            assertThat(image.getWidth()).isEqualTo(640);
            assertThat(image.getHeight()).isEqualTo(480);
            assertThat(image.getRGB(320, 240) & 0xFFFFFF).isEqualTo(0xFFFFFF);
            assertPace(source, 10);
        }
    }

    @Test
    void namedScreenIsShownWithTheRequestedOptions() throws Exception {
        try (Screen screen = Screen.on();
                FrameSource source = screens.open("screen:" + screen.display(), new SourceOptions(25, 320, 240, 0))
                        .orElseThrow()) {
            assertThat(source.next().width()).isEqualTo(320);
            assertPace(source, 25);
        }
    }

    /**
     * Checks that this many pictures come a second. A busy machine grabs some pictures late and the next ones at once.
     * So pictures are read until five in a row came at this rate, which never happens with another rate.
     */
    private static void assertPace(FrameSource source, int fps) throws Exception {
        double pace = 0;
        while (pace < 0.8 || pace > 1.25) {
            long begun = source.next().capturedNanos();
            long last = begun;
            for (int i = 0; i < 4; i++) {
                last = source.next().capturedNanos();
            }
            pace = 4e9 / fps / (last - begun);
        }
    }

    @Test
    void screenThatGoesAwayIsReported() throws Exception {
        try (Screen screen = Screen.on();
                FrameSource source = screens.open("screen:" + screen.display(), SourceOptions.DEFAULT)
                        .orElseThrow()) {
            source.next();
            screen.server().destroyForcibly().onExit().join();
            assertThatThrownBy(() -> {
                        while (true) {
                            source.next();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessage("the screen " + screen.display() + " has gone");
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the screen " + screen.display() + " cannot be opened");
        }
    }

    @Test
    void screenIsRefusedWithoutADisplay() {
        assertThatThrownBy(() -> screens.open("screen", SourceOptions.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no screen here: DISPLAY is not set; name an X11 screen, as in screen::0"
                        + " for the first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webcam", "demo", "-", "/dev/video0", "screens", "car.mp4", "HD Webcam"})
    void nothingButScreensIsOpened(String source) throws Exception {
        assertThat(screens.open(source, SourceOptions.DEFAULT)).isEmpty();
    }
}
