package dev.flipbook.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.SourceOptions;
import dev.flipbook.v4l2.OfferedFormats.InFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FormatChoiceTest {

    private static final OfferedFormats WEBCAM = new OfferedFormats(List.of(
            new InFormat(Pixels.YUYV.fourcc, List.of(size(640, 480, 30, 15), size(1280, 720, 10))),
            new InFormat(
                    Pixels.MJPG.fourcc,
                    List.of(size(640, 480, 60, 30, 15), size(1280, 720, 60, 30), size(1920, 1080, 30)))));

    @Test
    void defaultIsMjpegAt720pAnd30Fps() throws IOException {
        assertThat(choice(WEBCAM, SourceOptions.DEFAULT))
                .isEqualTo(new FormatChoice(Pixels.MJPG, 1280, 720, Optional.of(new Interval(1, 30))));
    }

    @Test
    void defaultWithout720pIsTheLargestSmallerSize() throws IOException {
        OfferedFormats offer = mjpeg(size(320, 240, 30), size(800, 600, 30), size(640, 480, 30), size(1920, 1080, 30));
        assertThat(choice(offer, SourceOptions.DEFAULT)).returns(800, FormatChoice::width);
        assertThat(choice(mjpeg(size(3840, 2160, 30), size(1920, 1080, 30)), SourceOptions.DEFAULT))
                .as("the smallest where all are larger")
                .returns(1920, FormatChoice::width);
    }

    @Test
    void requestIsFollowedExactly() throws IOException {
        assertThat(choice(WEBCAM, new SourceOptions(15, 640, 480, 80)))
                .isEqualTo(new FormatChoice(Pixels.MJPG, 640, 480, Optional.of(new Interval(1, 15))));
        assertThat(choice(WEBCAM, new SourceOptions(60, 0, 0, 80)))
                .returns(Optional.of(new Interval(1, 60)), FormatChoice::interval);
        assertThat(choice(WEBCAM, wish("yuyv")).pixels()).isEqualTo(Pixels.YUYV);
        assertThat(choice(WEBCAM, new SourceOptions(10, 0, 0, 80)))
                .as("the format that has the rate")
                .isEqualTo(new FormatChoice(Pixels.YUYV, 1280, 720, Optional.of(new Interval(1, 10))));
    }

    @Test
    void formatThatIsNotOfferedIsRefusedWithTheOfferedOnes() {
        String offered = " is not offered by the camera Cam, which offers YUYV 640x480 (30, 15 fps), 1280x720 (10 fps);"
                + " MJPEG 640x480 (60, 30, 15 fps), 1280x720 (60, 30 fps), 1920x1080 (30 fps)";
        assertThatThrownBy(() -> choice(WEBCAM, new SourceOptions(0, 123, 45, 80)))
                .isInstanceOf(IOException.class)
                .hasMessage("123x45" + offered);
        assertThatThrownBy(() -> choice(WEBCAM, new SourceOptions(25, 640, 480, 80)))
                .hasMessage("640x480 at 25 fps" + offered);
        assertThatThrownBy(() -> choice(WEBCAM, wish("H264"))).hasMessage("H264" + offered);
    }

    @Test
    void cameraWithoutASupportedFormatIsRefused() {
        OfferedFormats offer =
                new OfferedFormats(List.of(new InFormat(V4l2.fourcc("H264"), List.of(size(1920, 1080, 30)))));
        assertThatThrownBy(() -> choice(offer, SourceOptions.DEFAULT))
                .hasMessage("a picture that can be shown is not offered by the camera Cam,"
                        + " which offers H264 1920x1080 (30 fps)");
    }

    @Test
    void everyStepOfARangeCanBeRequested() throws IOException {
        Size range = new Size(
                new Size.Side(32, 1920, 16),
                new Size.Side(32, 1080, 2),
                List.of(new Interval(1, 60), new Interval(1, 5)),
                true);
        assertThat(choice(mjpeg(range), SourceOptions.DEFAULT))
                .isEqualTo(new FormatChoice(Pixels.MJPG, 1280, 720, Optional.of(new Interval(1, 30))));
        assertThat(choice(mjpeg(range), new SourceOptions(25, 800, 600, 80)))
                .isEqualTo(new FormatChoice(Pixels.MJPG, 800, 600, Optional.of(new Interval(1, 25))));
        assertThatThrownBy(() -> choice(mjpeg(range), new SourceOptions(0, 801, 600, 80)))
                .hasMessageContaining("MJPEG 32x32 to 1920x1080 (5 to 60 fps)");
    }

    @Test
    void driversOwnSizeIsUsedIfItListsNone() throws IOException {
        assertThat(choice(
                        new OfferedFormats(List.of(new InFormat(Pixels.GREY.fourcc, List.of()))),
                        SourceOptions.DEFAULT))
                .isEqualTo(new FormatChoice(Pixels.GREY, 320, 200, Optional.empty()));
    }

    @Test
    void roundedRateSelectsAFractionalRate() {
        Size size = new Size(640, 480, List.of(new Interval(1001, 30000), new Interval(2, 15)), false);
        assertThat(size.interval(30)).contains(new Interval(1001, 30000));
        assertThat(size.rates()).isEqualTo("29.97, 7.5 fps");
    }

    private static FormatChoice choice(OfferedFormats offer, SourceOptions wish) throws IOException {
        return FormatChoice.of("Cam", offer, wish, new int[] {320, 200});
    }

    private static SourceOptions wish(String format) {
        return new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ZERO, format, Map.of());
    }

    private static OfferedFormats mjpeg(Size... sizes) {
        return new OfferedFormats(List.of(new InFormat(Pixels.MJPG.fourcc, List.of(sizes))));
    }

    private static Size size(int width, int height, int... rates) {
        return new Size(
                width,
                height,
                java.util.Arrays.stream(rates)
                        .mapToObj(rate -> new Interval(1, rate))
                        .toList(),
                false);
    }
}
