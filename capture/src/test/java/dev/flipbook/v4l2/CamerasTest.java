package dev.flipbook.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider.Camera;
import dev.flipbook.SourceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CamerasTest {

    @TempDir
    private Path root;

    private FakeFolder devices;
    private Cameras cameras;

    @BeforeEach
    void plugInThreeCameras() throws IOException {
        devices = new FakeFolder(root);
        devices.plug(0).name = "Logitech BRIO";
        devices.plug(10).name = "USB2.0 HD UVC WebCam";
        devices.plug(2).name = "Logitech C920";
        FakeCamera metadata = devices.plug(1);
        metadata.capabilities = V4l2.CAP_STREAMING;
        cameras = new Cameras(Optional.of(devices.folder()));
    }

    @Test
    void cameraIsFoundByAPartOfItsNameInAnyLetterCase() throws IOException {
        for (String text : List.of("brio", "Logitech C920", "usb2.0", "USB2.0 HD UVC WebCam", "c920")) {
            assertThat(cameras.open(text, SourceOptions.DEFAULT)).as(text).isPresent();
        }
    }

    @Test
    void firstCameraHasTheLowestNumber() throws IOException {
        assertThat(Cameras.pick("webcam", devices.folder().cameras())
                        .orElseThrow()
                        .text())
                .isEqualTo("Logitech BRIO at " + root.resolve("dev/video0"));
    }

    @Test
    void ambiguousNameIsRefusedWithTheCandidates() {
        assertThatThrownBy(() -> cameras.open("logitech", SourceOptions.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessage("'logitech' may be Logitech BRIO at " + root.resolve("dev/video0") + ", Logitech C920 at "
                        + root.resolve("dev/video2") + "; name one of them by its path");
    }

    @Test
    void otherTextsAreLeftToOtherProviders() throws IOException {
        devices.plug(4).name = "demo test screen";
        for (String text : List.of(
                "demo", "test", "screen", "picam", "-", "", " ", "nothing", "rtsp://brio/1", "./brio", "*brio*")) {
            assertThat(cameras.open(text, SourceOptions.DEFAULT)).as(text).isEmpty();
        }
        assertThat(cameras.form()).contains("there is Logitech BRIO at ", "WebCam at ", "webcam for the first one");
    }

    @Test
    void missingDeviceIsAwaited() throws Exception {
        try (FrameSource source =
                cameras.open("/dev/video987", SourceOptions.DEFAULT).orElseThrow()) {
            assertThat(source.description()).isEqualTo("/dev/video987");
            assertThatThrownBy(source::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage("no camera is plugged in at /dev/video987");
        }
        assertThat(cameras.open("/dev/v4l/by-id/usb-x", SourceOptions.DEFAULT)).isPresent();
        assertThat(cameras.open("/dev/null", SourceOptions.DEFAULT)).isEmpty();
    }

    @Test
    void firstCameraIsAwaitedIfThereIsNone() throws Exception {
        devices.unplug(0);
        devices.unplug(2);
        devices.unplug(10);
        try (FrameSource source = cameras.open("webcam", SourceOptions.DEFAULT).orElseThrow()) {
            assertThatThrownBy(source::next).hasMessage("no camera is plugged in");
        }
        assertThat(cameras.form()).contains("none is plugged in");
    }

    @Test
    void formatThatTheCameraDoesNotOfferIsRefusedAtOnce() {
        assertThatThrownBy(() -> cameras.open("brio", new SourceOptions(0, 123, 45, 80)))
                .hasMessage("123x45 is not offered by the camera Logitech BRIO, which offers MJPEG 64x48 (30 fps)");
    }

    @Test
    void allCamerasAreListedWithTheirFormatsOrAnError() throws IOException {
        devices.link("usb-Logitech_BRIO-video-index0", 0);
        FakeCamera forbidden = devices.plug(3);
        forbidden.openError = Errno.EACCES;
        List<Camera> all = cameras.cameras();
        assertThat(all)
                .extracting(Camera::name)
                .containsExactly(
                        "Logitech BRIO",
                        "Logitech C920",
                        root.resolve("dev/video3").toString(),
                        "USB2.0 HD UVC WebCam");
        assertThat(all.get(0).id()).endsWith("/v4l/by-id/usb-Logitech_BRIO-video-index0");
        assertThat(all.get(0).source()).isEqualTo(root.resolve("dev/video0").toString());
        assertThat(all.get(0).formats()).containsExactly("MJPEG 64x48 (30 fps)");
        assertThat(all.get(2).formats().get(0)).startsWith("permission denied for ");
    }

    @Test
    void nothingIsListedWithoutV4l2() throws IOException {
        Cameras none = new Cameras(Optional.empty());
        assertThat(none.open("/dev/video0", SourceOptions.DEFAULT)).isEmpty();
        assertThat(none.cameras()).isEmpty();
        assertThat(none.form()).isEmpty();
    }
}
