package dev.flipbook.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Controls of a camera that are set after it was opened. */
@Timeout(180)
class CameraControlsTest {

    private static final int BRIGHTNESS = 1;
    private static final int EXPOSURE = 2;
    private static final int AUTO = 3;
    private static final int RESET = 4;

    @TempDir
    private Path root;

    private FakeFolder devices;
    private FakeCamera camera;

    @BeforeEach
    void plugInACamera() throws IOException {
        devices = new FakeFolder(root);
        camera = devices.plug(0);
        control(BRIGHTNESS, V4l2.CTRL_TYPE_INTEGER, "integer", "brightness", -64, 64);
        control(EXPOSURE, V4l2.CTRL_TYPE_INTEGER, "integer", "exposure", 0, 1000);
        control(AUTO, V4l2.CTRL_TYPE_BOOLEAN, "boolean", "auto", 0, 1);
        control(RESET, V4l2.CTRL_TYPE_BUTTON, "button", "reset", 0, 0);
    }

    private void control(int id, int type, String kind, String name, int least, int most) {
        camera.controls.add(
                new Controls.Known(id, type, false, new Control(name, kind, least, most, 1, 0, 0, List.of())));
    }

    @Test
    void controlIsSetAndListedWhileAPictureIsWaitedFor() throws Exception {
        try (CameraSource source = source(Map.of())) {
            open(source);
            CompletableFuture<Frame> next = CompletableFuture.supplyAsync(() -> next(source));

            source.control("brightness", 20);

            assertThat(camera.values).containsEntry(BRIGHTNESS, 20);
            assertThat(value(source, "brightness")).isEqualTo(20);
            assertThat(next).isNotDone();
            camera.gives(jpeg());
            next.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void valueIsSetAgainAtLaterOpeningsInPlaceOfTheOneOfTheOptions() throws Exception {
        CameraSource source = source(Map.of("Brightness", 5, "exposure", 100));
        open(source);
        source.control("brightness", 20);
        source.close();
        camera.asked.clear();

        open(source);

        assertThat(camera.asked).containsExactlyInAnyOrder("brightness=20", "exposure=100", "MJPEG 64x48");
        source.close();
    }

    @Test
    void closedCameraIsSetWhenItIsOpenedAndListsTheValueBefore() throws Exception {
        CameraSource source = source(Map.of());
        open(source);
        source.close();
        camera.asked.clear();

        source.control("auto", 1);

        assertThat(value(source, "auto")).isEqualTo(1);
        assertThat(camera.asked).as("nobody opened it for that").isEmpty();
        open(source);
        assertThat(camera.asked).containsExactly("auto=1", "MJPEG 64x48");
        assertThat(value(source, "auto")).isEqualTo(1);
        source.close();
    }

    @Test
    void controlThatIsSetWhileTheCameraStartsReachesIt() throws Exception {
        CameraSource source = source(Map.of());
        camera.onStart = () -> {
            try {
                source.control("brightness", 7);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
        open(source);
        assertThat(camera.values).containsEntry(BRIGHTNESS, 7);
        source.close();
    }

    @Test
    void refusalIsASentenceAndTheValueIsNotKept() throws Exception {
        CameraSource source = source(Map.of());
        open(source);
        camera.refusals.put(EXPOSURE, Errno.EBUSY);
        assertThatThrownBy(() -> source.control("exposure", 100))
                .isInstanceOf(IOException.class)
                .hasMessage("the camera Fake Camera does not take exposure=100 now: another control, such as an"
                        + " automatic one, holds it");
        assertThat(value(source, "exposure")).isZero();
        camera.refusals.clear();
        source.close();
        camera.asked.clear();
        open(source);
        assertThat(camera.asked).containsExactly("MJPEG 64x48");

        assertThatThrownBy(() -> source.control("colour", 1))
                .hasMessage("the camera Fake Camera has no control 'colour'; it has brightness (-64 to 64),"
                        + " exposure (0 to 1000), auto (0 to 1), reset (1 presses it)");
        camera.plugged = false;
        assertThatThrownBy(() -> source.control("brightness", 1)).hasMessage("the camera Fake Camera is unplugged");
        source.close();
    }

    @Test
    void valueThatWasTakenOnceAndIsHeldNowDoesNotKeepTheCameraFromOpening() throws Exception {
        CameraSource source = source(Map.of());
        open(source);
        source.control("exposure", 100);
        source.control("auto", 1);
        source.close();
        camera.refusals.put(EXPOSURE, Errno.EBUSY);

        open(source);

        assertThat(value(source, "auto")).isEqualTo(1);
        source.close();
    }

    @Test
    void buttonIsPressedByOneOnlyWhileTheCameraRunsAndNotAgain() throws Exception {
        CameraSource source = source(Map.of());
        open(source);
        camera.asked.clear();
        source.control("reset", 0);
        assertThat(camera.asked).isEmpty();
        source.control("reset", 1);
        assertThat(camera.asked).containsExactly("reset=1");
        assertThat(source.controls()).contains(new Control("reset", "button", 0, 1, 1, 0, 0, List.of()));
        source.close();
        camera.asked.clear();

        assertThatThrownBy(() -> source.control("reset", 1))
                .hasMessage("the camera Fake Camera is closed, so reset cannot be pressed");
        open(source);
        assertThat(camera.asked).containsExactly("MJPEG 64x48");
        source.close();
    }

    @Test
    void noControlIsSetOnADeviceThatWasClosed() throws Exception {
        CameraSource source = source(Map.of());
        open(source);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> setting = CompletableFuture.runAsync(() -> {
            for (int value = 0; !enough.get(); value = (value + 1) % 64) {
                try {
                    source.control("brightness", value);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        for (int i = 0; i < 300; i++) {
            source.close();
            open(source);
        }
        enough.set(true);
        setting.get(60, TimeUnit.SECONDS);
        source.close();
        assertThat(camera.afterClose).hasValue(0);
        await().untilAtomic(camera.open, org.hamcrest.Matchers.is(0));
    }

    private void open(CameraSource source) {
        camera.gives(jpeg());
        next(source);
    }

    private static Frame next(CameraSource source) {
        try {
            return source.next();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long value(CameraSource source, String name) {
        return source.controls().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private CameraSource source(Map<String, Integer> controls) {
        SourceOptions options = new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ZERO, "", controls);
        return new CameraSource("Fake Camera", devices.folder(), options, Ticker.system());
    }

    private static byte[] jpeg() {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "jpeg", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
