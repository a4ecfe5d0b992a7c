package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test's own programs have the name of the Raspberry Pi's program. */
@Timeout(180)
class PiCameraTest {

    @TempDir
    Path folder;

    private final Processes processes = new Processes();

    @AfterEach
    void end() {
        processes.kill();
    }

    @Test
    void picturesOfTheProgramComeUntouched() throws Exception {
        program("rpicam-vid", shows());
        try (PiCamera camera = camera(0, SourceOptions.DEFAULT)) {
            Frame frame = camera.next();

            assertThat(Pictures.number(frame.bytes())).isEqualTo(1);
            assertThat(words())
                    .isEqualTo("--codec mjpeg --timeout 0 --nopreview --flush --output - --camera 0 --quality 80");
            assertThat(camera.description()).isEqualTo("picam");
        }
        processes.awaitRunning(0);
    }

    @Test
    void wishesGoToTheProgram() throws Exception {
        program("rpicam-vid", shows());
        SourceOptions wishes = new SourceOptions(25, 640, 480, 70, 180, true, false, Duration.ZERO, "", Map.of());
        try (PiCamera camera = camera(1, wishes)) {
            Frame frame = camera.next();

            assertThat(words())
                    .endsWith("--camera 1 --quality 70 --width 640 --height 480 --framerate 25 --rotation 180 --hflip");
            assertThat(Pictures.number(frame.bytes())).as("not turned twice").isEqualTo(1);
        }
    }

    @Test
    void quarterTurnIsPutIntoThePicture() throws Exception {
        program("rpicam-vid", shows());
        SourceOptions wishes = new SourceOptions(0, 0, 0, 80, 90, true, false, Duration.ZERO, "", Map.of());
        try (PiCamera camera = camera(0, wishes)) {
            byte[] turned =
                    Frame.ofJpeg(Pictures.numbered(1, 10)).turned(90, false).bytes();

            assertThat(camera.next().bytes()).isEqualTo(turned);
            assertThat(words()).endsWith("--hflip").doesNotContain("--rotation");
        }
    }

    @Test
    void olderNameOfTheProgramWillDo() throws Exception {
        program("libcamera-vid", shows());
        try (PiCamera camera = camera(0, SourceOptions.DEFAULT)) {
            assertThat(Pictures.number(camera.next().bytes())).isEqualTo(1);
        }
    }

    @Test
    void absentProgramIsToBeInstalledAndThenItIsFound() throws Exception {
        try (PiCamera camera = camera(0, SourceOptions.DEFAULT)) {
            assertThatThrownBy(camera::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("there is no program rpicam-vid: sudo apt install rpicam-apps");
            restart(camera);

            program("rpicam-vid", shows());

            assertThat(Pictures.number(camera.next().bytes())).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "no cameras available, there is no Raspberry Pi camera: look at its cable",
        "selected camera is not available, this Raspberry Pi camera does not exist",
        "failed to acquire camera /base/soc/i2c0mux/i2c@1/imx219@10, the Raspberry Pi camera is in use by another program",
        "something else, the camera's program exited with 255: ERROR: *** something else ***"
    })
    void failureOfTheProgramIsSaidInOtherWords(String said, String expected) throws Exception {
        program("rpicam-vid", "echo 'ERROR: *** " + said + " ***' >&2; exit 255");
        try (PiCamera camera = camera(0, SourceOptions.DEFAULT)) {
            assertThatThrownBy(camera::next).isInstanceOf(IOException.class).hasMessageStartingWith(expected);
        }
    }

    @Test
    void unpluggedAndPluggedInAgainItComesBack() throws Exception {
        program("rpicam-vid", "cat " + picture() + "; echo 'ERROR: *** no cameras available ***' >&2; exit 255");
        try (PiCamera camera = camera(0, SourceOptions.DEFAULT)) {
            camera.next();
            assertThatThrownBy(camera::next).hasMessageStartingWith("there is no Raspberry Pi camera");
            restart(camera);
            assertThat(Pictures.number(camera.next().bytes())).isEqualTo(1);
        }
    }

    @Test
    void textsOfOtherSourcesAreLeftToThem() {
        PipeSources sources = new PipeSources();

        assertThat(List.of("picam", "picam:1", "-"))
                .allSatisfy(text ->
                        assertThat(sources.open(text, SourceOptions.DEFAULT)).isPresent());
        assertThat(List.of("picam.mp4", "picam:", "picam:x", "Picam", "--", "", "exec"))
                .allSatisfy(text ->
                        assertThat(sources.open(text, SourceOptions.DEFAULT)).isEmpty());
        assertThat(sources.open("picam:1", SourceOptions.DEFAULT).map(FrameSource::description))
                .contains("picam:1");
    }

    private PiCamera camera(int number, SourceOptions options) {
        return new PiCamera(number, options, new Programs(List.of(folder, Path.of("/usr/bin"))), Ticker.system());
    }

    private String shows() throws IOException {
        return "echo \"$*\" > " + folder.resolve("words") + "; cat " + picture() + "; exec sleep " + processes.mark();
    }

    private Path picture() throws IOException {
        return Files.write(folder.resolve("picture"), Pictures.numbered(1, 10));
    }

    private String words() throws IOException {
        return Files.readString(folder.resolve("words")).strip();
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Closes the source, as the supervisor does between two tries. */
    private static void restart(PiCamera camera) {
        camera.close();
    }
}
