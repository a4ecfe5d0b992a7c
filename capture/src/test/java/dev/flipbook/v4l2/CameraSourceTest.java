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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class CameraSourceTest {

    private static final byte[] FIRST = jpeg(1);
    private static final byte[] SECOND = jpeg(2);

    @TempDir
    private Path root;

    private FakeFolder devices;
    private FakeCamera camera;

    @BeforeEach
    void plugInACamera() throws IOException {
        devices = new FakeFolder(root);
        camera = devices.plug(0);
    }

    @Test
    void jpegsArePassedOnUnchanged() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            camera.gives(FIRST);
            assertThat(source.next().bytes()).isEqualTo(FIRST);
            camera.gives(SECOND);
            assertThat(source.next().bytes()).isEqualTo(SECOND);
            assertThat(source.encoding().encoder()).isEqualTo("none");
            assertThat(camera.asked).containsExactly("MJPEG 64x48");
        }
        assertThat(camera.open).hasValue(0);
    }

    @Test
    void newestOfSeveralPicturesIsShownAndTheOthersAreReleased() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            camera.gives(FIRST);
            camera.gives(FIRST);
            camera.gives(SECOND);
            assertThat(source.next().bytes()).isEqualTo(SECOND);
            assertThat(camera.queued).as("all but the one that is shown").hasSize(3);
            camera.gives(FIRST);
            assertThat(source.next().bytes()).isEqualTo(FIRST);
            assertThat(camera.queued).hasSize(3);
        }
    }

    @Test
    void damagedPicturesAreDroppedAndCounted() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            camera.gives(FIRST, 0, 0, 0);
            camera.gives(FIRST, FIRST.length, V4l2.BUF_FLAG_ERROR, 0);
            camera.gives(FIRST, 1 << 20, 0, 0);
            camera.gives(FIRST, -1, 0, 0);
            camera.gives(FIRST);
            assertThat(source.next().bytes()).isEqualTo(FIRST);
            assertThat(source.damaged()).isEqualTo(4);

            camera.gives(Arrays.copyOf(FIRST, 100));
            CompletableFuture<Frame> next = CompletableFuture.supplyAsync(() -> nextOf(source));
            await().until(() -> source.damaged() == 5);
            camera.gives(Arrays.copyOf(FIRST, FIRST.length - 20));
            await().until(() -> source.damaged() == 6);
            byte[] noise = FIRST.clone();
            Arrays.fill(noise, 2, FIRST.length, (byte) 0xFF);
            camera.gives(noise);
            await().until(() -> source.damaged() == 7);
            assertThat(next).isNotDone();
            camera.gives(SECOND);
            next.get(60, TimeUnit.SECONDS);
        }
        assertThat(camera.open).hasValue(0);
    }

    private static Frame nextOf(CameraSource source) {
        try {
            return source.next();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void driversTimestampIsTheCaptureTimeIfItUsesTheMonotonicClock() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            long taken = System.nanoTime() - 40_000_000;
            camera.gives(FIRST, FIRST.length, V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC, taken);
            assertThat(taken - source.next().capturedNanos()).isBetween(0L, 1000L);

            long before = System.nanoTime();
            camera.gives(FIRST, FIRST.length, 0, taken);
            assertThat(source.next().capturedNanos()).isBetween(before, System.nanoTime());

            camera.gives(FIRST, FIRST.length, V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC, 5_000_000);
            assertThat(source.next().capturedNanos()).as("a clock of its own").isGreaterThan(before);
        }
    }

    @Test
    void unpluggedCameraIsReportedAndFoundUnderAnotherNumber() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            camera.gives(FIRST);
            source.next();
            devices.unplug(0);
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the camera Fake Camera is unplugged");
            assertThatThrownBy(source::next).hasMessage("the camera Fake Camera is unplugged");
            assertThat(camera.open).hasValue(0);

            devices.plug(3, camera).gives(SECOND);
            assertThat(source.next().bytes()).isEqualTo(SECOND);
        }
    }

    @Test
    void pluggedInCameraIsReportedForAFewSeconds() throws Exception {
        AtomicLong now = new AtomicLong();
        try (CameraSource source = new CameraSource("Fake Camera", devices.folder(), SourceOptions.DEFAULT, at(now))) {
            camera.gives(FIRST);
            source.next();
            devices.unplug(0);
            assertThatThrownBy(source::next).isInstanceOf(IOException.class);
            assertThat(source.isBack()).isFalse();
            now.addAndGet(60_000_000_000L);
            assertThat(source.isBack()).isFalse();

            devices.plug(1, camera);
            assertThat(source.isBack()).isTrue();
            camera.openError = Errno.EACCES;
            assertThatThrownBy(source::next).as("not settled yet").isInstanceOf(IOException.class);
            now.addAndGet(2_900_000_000L);
            assertThat(source.isBack()).isTrue();
            now.addAndGet(200_000_000L);
            assertThat(source.isBack()).isFalse();
        }
    }

    private static Ticker at(AtomicLong nanos) {
        return new Ticker() {
            @Override
            public long nanos() {
                return nanos.get();
            }

            @Override
            public Instant now() {
                return Instant.EPOCH;
            }

            @Override
            public void sleepUntil(long until) {
                throw new IllegalStateException("cameras wait for their driver alone");
            }
        };
    }

    @Test
    void anotherCameraUnderTheSameNumberIsNotUsed() throws Exception {
        camera.name = "Left";
        try (CameraSource source = source("left")) {
            camera.gives(FIRST);
            source.next();
            devices.unplug(0);
            FakeCamera right = devices.plug(0);
            right.name = "Right";
            assertThatThrownBy(source::next).hasMessage("the camera Left is unplugged");

            camera.bus = "usb-2";
            devices.plug(1, camera).gives(SECOND);
            assertThat(source.next().bytes())
                    .as("on another plug, as the only one of its name")
                    .isEqualTo(SECOND);
        }
    }

    @Test
    void linkByIdDistinguishesIdenticalCameras() throws Exception {
        devices.link("usb-first", 0);
        try (CameraSource source = source("Fake Camera")) {
            camera.gives(FIRST);
            source.next();
            devices.unplug(0);
            devices.plug(0); // a camera of the same name on the same plug, without the link
            devices.link("usb-second", 0);
            Files.delete(root.resolve("dev/v4l/by-id/usb-first"));
            assertThatThrownBy(source::next).isInstanceOf(IOException.class);
            devices.plug(1, camera).gives(SECOND);
            devices.link("usb-first", 1);
            assertThat(source.next().bytes()).isEqualTo(SECOND);
        }
    }

    @Test
    void errorOfABusyCameraNamesItsUser() throws Exception {
        camera.formatError = Errno.EBUSY;
        try (CameraSource source = source("Fake Camera")) {
            assertThatThrownBy(source::next).hasMessage("the camera Fake Camera is in use by another program");
            Path process = Files.createDirectories(root.resolve("proc/4711/fd"));
            Files.writeString(root.resolve("proc/4711/comm"), "obs\n");
            Files.createSymbolicLink(process.resolve("7"), root.resolve("dev/video0"));
            assertThatThrownBy(source::next)
                    .hasMessage("the camera Fake Camera is in use by another program (obs, pid 4711)");
            assertThat(camera.open).hasValue(0);
        }
    }

    @Test
    void errorOfAForbiddenCameraNamesTheSolution() throws Exception {
        camera.openError = Errno.EACCES;
        Files.createDirectories(root.resolve("sys/video0"));
        Files.writeString(root.resolve("sys/video0/name"), "Secret Camera\n");
        try (CameraSource source = source("secret")) {
            assertThatThrownBy(source::next)
                    .hasMessage("permission denied for " + root.resolve("dev/video0")
                            + ": add yourself to the group video: sudo usermod -aG video "
                            + System.getProperty("user.name") + ", and log in again");
        }
    }

    @Test
    void driverErrorIsNotReportedAsUnplugged() throws Exception {
        try (CameraSource source = source("Fake Camera")) {
            camera.dequeueError = Errno.EIO;
            camera.gives(FIRST);
            assertThatThrownBy(source::next)
                    .hasMessage("the camera Fake Camera fails: it gives no picture: input or output error");
        }
    }

    @Test
    void controlsAreSetAndListed() throws Exception {
        camera.controls.add(control(1, V4l2.CTRL_TYPE_INTEGER, "exposure_absolute", 3, 2047, List.of()));
        camera.controls.add(
                control(2, V4l2.CTRL_TYPE_MENU, "exposure_auto", 0, 3, List.of("", "Manual", "", "Priority")));
        SourceOptions options = options(Map.of("exposure_absolute", 500, "exposure_auto", 1));
        try (CameraSource source = new CameraSource("Fake Camera", devices.folder(), options, Ticker.system())) {
            camera.gives(FIRST);
            source.next();
            assertThat(camera.asked)
                    .as("the switch first")
                    .containsExactly("exposure_auto=1", "exposure_absolute=500", "MJPEG 64x48");
            assertThat(source.controls())
                    .containsExactly(
                            new Control("exposure_absolute", "integer", 3, 2047, 1, 3, 500, List.of()),
                            new Control("exposure_auto", "menu", 0, 3, 1, 0, 1, List.of("", "Manual", "", "Priority")));
        }
    }

    @Test
    void unknownControlsAreRefusedWithTheOfferedOnes() throws Exception {
        camera.controls.add(control(1, V4l2.CTRL_TYPE_INTEGER, "brightness", -64, 64, List.of()));
        camera.controls.add(control(2, V4l2.CTRL_TYPE_MENU, "power_line", 0, 2, List.of("off", "", "60 Hz")));
        String has = "; it has brightness (-64 to 64), power_line (0 off, 2 60 Hz)";
        assertThatThrownBy(() -> check(options(Map.of("brightness", 65))))
                .hasMessage("the camera Fake Camera does not take brightness=65" + has);
        assertThatThrownBy(() -> check(options(Map.of("power_line", 1))))
                .hasMessage("the camera Fake Camera does not take power_line=1" + has);
        assertThatThrownBy(() -> check(options(Map.of("colour", 1))))
                .hasMessage("the camera Fake Camera has no control 'colour'" + has);
        check(options(Map.of("Power-Line", 2)));
        assertThat(camera.open).hasValue(0);
    }

    private void check(SourceOptions options) throws IOException {
        new CameraSource("Fake Camera", devices.folder(), options, Ticker.system()).check();
    }

    @Test
    void framesAreLimitedToTheRequestedRateIfTheDriverListsNoRates() throws Exception {
        camera.formats =
                List.of(new OfferedFormats.InFormat(Pixels.MJPG.fourcc, List.of(new Size(64, 48, List.of(), false))));
        SourceOptions options = new SourceOptions(10, 0, 0, 80);
        try (CameraSource source = new CameraSource("Fake Camera", devices.folder(), options, Ticker.system())) {
            long begin = System.nanoTime() - 1_000_000_000;
            camera.gives(FIRST, FIRST.length, V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC, begin);
            source.next();
            CompletableFuture<Frame> next = CompletableFuture.supplyAsync(() -> nextOf(source));
            camera.gives(FIRST, FIRST.length, V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC, begin + 33_000_000);
            await().until(camera.ready::isEmpty);
            camera.gives(SECOND, SECOND.length, V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC, begin + 100_000_000);
            assertThat(next.get(60, TimeUnit.SECONDS).bytes()).isEqualTo(SECOND);
        }
    }

    @Test
    void closeOrInterruptEndsTheWaitAndReleasesTheCamera() throws Exception {
        for (boolean interrupt : new boolean[] {true, false}) {
            CameraSource source = source("Fake Camera");
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    source.next();
                } catch (IOException | InterruptedException | RuntimeException e) {
                    ended.complete(e);
                }
            });
            await().untilAtomic(camera.open, org.hamcrest.Matchers.is(1));
            if (interrupt) {
                thread.interrupt();
            } else {
                source.close();
            }
            assertThat(ended.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            thread.join();
            assertThat(camera.open).hasValue(0);
        }
    }

    @Test
    void frameIsNotReadAfterCloseHasUnmappedItsMemory() throws Exception {
        CameraSource source = source("Fake Camera");
        camera.gives(FIRST);
        Frame frame = source.next();
        source.close();
        assertThatThrownBy(frame::bytes).isInstanceOf(IllegalStateException.class);
        camera.gives(SECOND);
        assertThat(source.next().bytes()).as("opened anew").isEqualTo(SECOND);
        source.close();
    }

    private CameraSource source(String text) {
        return new CameraSource(text, devices.folder(), SourceOptions.DEFAULT, Ticker.system());
    }

    private static SourceOptions options(Map<String, Integer> controls) {
        return new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ZERO, "", controls);
    }

    private static Controls.Known control(int id, int type, String name, int least, int most, List<String> choices) {
        String kind = type == V4l2.CTRL_TYPE_MENU ? "menu" : "integer";
        return new Controls.Known(id, type, false, new Control(name, kind, least, most, 1, least, least, choices));
    }

    private static byte[] jpeg(int seed) {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 64, 48, new java.util.Random(seed).ints(64 * 48).toArray(), 0, 64);
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(image, "jpeg", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
