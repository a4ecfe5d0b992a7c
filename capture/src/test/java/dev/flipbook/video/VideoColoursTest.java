package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.MediaSource;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.turbojpeg.TurboJpegLibrary;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Videos whose colours must be converted to those of a JPEG. */
@Timeout(60)
class VideoColoursTest {

    @TempDir
    static Path folder;

    /** The fastest encoder of this machine, the encoder that takes no RGB, and the encoder that takes only RGB. */
    private static final List<MediaSource.Encoders> ENCODERS =
            List.of(PictureEncoder.Kind::best, PictureEncoder.Kind.FFMPEG::open, PictureEncoder.Kind.IMAGE_IO::open);

    private final Clips clips = new Clips(folder);

    private static Color middle(Path clip, SourceOptions options, MediaSource.Encoders encoder) throws Exception {
        try (VideoFile file = new VideoFile(clip, options, new FakeTicker(), encoder)) {
            BufferedImage image = Clips.image(file.next());
            return new Color(image.getRGB(image.getWidth() / 2, image.getHeight() / 2));
        }
    }

    private static Color middle(Path clip) throws Exception {
        return middle(clip, SourceOptions.DEFAULT, PictureEncoder.Kind::best);
    }

    private static void assertThatItIs(Color colour, int red, int green, int blue, int within) {
        assertThat(Math.abs(colour.getRed() - red)).as("red of %s", colour).isLessThanOrEqualTo(within);
        assertThat(Math.abs(colour.getGreen() - green))
                .as("green of %s", colour)
                .isLessThanOrEqualTo(within);
        assertThat(Math.abs(colour.getBlue() - blue)).as("blue of %s", colour).isLessThanOrEqualTo(within);
    }

    /** One colour of BT.2020, given by its signal from 0 to 1 in each channel, in 10 bits of limited range. */
    private Path wide(String name, String transfer, double red, double green, double blue, String size) {
        double y = 0.2627 * red + 0.6780 * green + 0.0593 * blue;
        String planes = String.format(
                Locale.ROOT,
                "nullsrc=s=%s:r=5,format=yuv420p10le,geq=lum=%d:cb=%d:cr=%d",
                size,
                Math.round(64 + 876 * y),
                Math.round(512 + 896 * (blue - y) / 1.8814),
                Math.round(512 + 896 * (red - y) / 1.4746));
        return clips.made(
                name,
                List.of("-f", "lavfi", "-i", planes),
                0.4,
                "-c:v",
                "ffv1",
                "-color_range",
                "tv",
                "-color_primaries",
                "bt2020",
                "-color_trc",
                transfer,
                "-colorspace",
                "bt2020nc");
    }

    /** The signal of PQ for this many nits, by SMPTE ST 2084. */
    private static double pq(double nits) {
        double power = Math.pow(nits / 10_000, 0.1593017578125);
        return Math.pow((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power), 78.84375);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "50, 136, 139", "203, 235, 250", "1000, 252, 255", "4000, 252, 255"})
    void brightnessOfPqIsBroughtDown(double nits, int atLeast, int atMost) throws Exception {
        Color grey = middle(wide("pq.mkv", "smpte2084", pq(nits), pq(nits), pq(nits), "64x48"));

        assertThat(grey.getRed()).isBetween(atLeast, atMost);
        assertThatItIs(grey, grey.getRed(), grey.getRed(), grey.getRed(), 2);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 135, 139", "0.75, 235, 250", "1, 252, 255"})
    void brightnessOfHlgIsBroughtDown(double signal, int atLeast, int atMost) throws Exception {
        Color grey = middle(wide("hlg.mkv", "arib-std-b67", signal, signal, signal, "64x48"));

        assertThat(grey.getRed()).isBetween(atLeast, atMost);
    }

    static Stream<Arguments> sizesAndEncoders() {
        return Stream.of(PictureEncoder.Kind.values())
                .flatMap(kind -> Stream.of("64x48", "65x49").map(size -> Arguments.of(kind, size)));
    }

    @ParameterizedTest
    @MethodSource("sizesAndEncoders")
    void hdrKeepsItsHueInAnySizeAndByAnyEncoder(PictureEncoder.Kind kind, String size) throws Exception {
        if (kind == PictureEncoder.Kind.TURBO_JPEG && TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
        // (48, 160, 64) of sRGB in linear light, in BT.2020, on a white page of 203 nits
        Path clip = wide("green.mkv", "smpte2084", pq(203 * 0.138), pq(203 * 0.322), pq(203 * 0.077), size);

        assertThatItIs(middle(clip, SourceOptions.DEFAULT, kind::open), 48, 160, 64, 12);
        assertThatItIs(middle(clip, new SourceOptions(0, 32, 24, 80), kind::open), 48, 160, 64, 12);
    }

    @Test
    void coloursOfBt2020AreThoseOfAScreen() throws Exception {
        // the same green by the curve of BT.709
        Path clip = wide("sdr.mkv", "bt2020-10", bt709(0.138), bt709(0.322), bt709(0.077), "64x48");

        Color green = middle(clip);

        assertThat(green.getGreen() - green.getRed()).isGreaterThan(100);
        assertThat(green.getGreen() - green.getBlue()).isGreaterThan(80);
    }

    private static double bt709(double light) {
        return 1.099 * Math.pow(light, 0.45) - 0.099;
    }

    @ParameterizedTest
    @CsvSource({
        "1280, 720, bt709, unknown",
        "1280, 544, bt709, unknown",
        "406, 720, bt709, unknown",
        "1024, 576, bt601, unknown",
        "320, 240, bt601, unknown",
        "1280, 720, bt601, smpte170m",
        "1280, 720, bt601, bt470bg",
        "320, 240, bt709, bt709",
        "1280, 720, fcc, fcc",
        "320, 240, smpte240m, smpte240m"
    })
    void matrixIsTakenFromTheTagOrElseFromTheSize(int width, int height, String made, String tag) throws Exception {
        String green = "color=0x30c040:s=" + width + "x" + height + ":r=5,format=gbrp,scale=out_color_matrix=" + made
                + ":out_range=tv,format=yuv420p";
        Path clip = clips.made(
                "matrix.mp4", List.of("-f", "lavfi", "-i", green), 0.4, "-c:v", "libx264", "-colorspace", tag);

        for (MediaSource.Encoders encoder : ENCODERS) {
            assertThatItIs(middle(clip, SourceOptions.DEFAULT, encoder), 0x30, 0xc0, 0x40, 9);
            assertThatItIs(middle(clip, new SourceOptions(0, 64, 48, 80), encoder), 0x30, 0xc0, 0x40, 9);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "clear.mov, qtrle, argb",
        "clear.mov, png, rgba",
        "clear.mov, prores_ks, yuva444p10le",
        "clear.webm, libvpx-vp9, yuva420p",
        "clear.webm, libvpx, yuva420p",
        "clear.mkv, ffv1, bgra",
        "clear.mkv, ffv1, yuva420p",
        "clear.gif, gif, ",
        "clear.apng, apng, rgba"
    })
    void transparentPartsOfAVideoAreBlack(String name, String codec, String format) throws Exception {
        String picture = "color=red:s=64x48:r=5,format=rgba,geq=r=255:g=40:b=30:a=255*gt(X\\,31)";
        // without a palette of its own a GIF would lose what is transparent
        String palette = "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none";
        Path clip = format == null
                ? clips.made(name, List.of("-f", "lavfi", "-i", picture), 0.6, "-vf", palette)
                : clips.made(
                        name,
                        List.of("-f", "lavfi", "-i", picture),
                        0.6,
                        "-c:v",
                        codec,
                        "-pix_fmt",
                        format,
                        "-auto-alt-ref",
                        "0");
        for (MediaSource.Encoders encoder : ENCODERS) {
            try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, new FakeTicker(), encoder)) {
                BufferedImage image = Clips.image(file.next());
                assertThatItIs(new Color(image.getRGB(8, 24)), 0, 0, 0, 8);
                assertThatItIs(new Color(image.getRGB(56, 24)), 255, 40, 30, 24);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void halfTransparentPartsAreHalfAsBright(PictureEncoder.Kind kind) throws Exception {
        if (kind == PictureEncoder.Kind.TURBO_JPEG && TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
        String half = "color=white:s=64x48:r=5,format=rgba,colorchannelmixer=aa=0.5";
        Path clip =
                clips.made("half.mov", List.of("-f", "lavfi", "-i", half), 0.4, "-c:v", "qtrle", "-pix_fmt", "argb");

        assertThatItIs(middle(clip, SourceOptions.DEFAULT, kind::open), 128, 128, 128, 4);
    }

    @ParameterizedTest
    @CsvSource({"yuv420p, 65x49", "yuv420p, 64x49", "yuv422p, 65x48", "yuv444p, 65x49"})
    void oddSizesAreShown(String format, String size) throws Exception {
        String green = "color=0x30c040:s=64x48:r=5,scale=" + size.replace('x', ':') + ",format=" + format;
        Path clip = clips.made("odd.mkv", List.of("-f", "lavfi", "-i", green), 0.4, "-c:v", "ffv1");

        for (MediaSource.Encoders encoder : ENCODERS) {
            assertThatItIs(middle(clip, SourceOptions.DEFAULT, encoder), 48, 192, 64, 6);
        }
    }

    @Test
    void fourthByteOfBgr0IsIgnored() throws Exception {
        String picture = "color=0x30c040:s=64x48:r=5,format=bgra,geq=r=48:g=192:b=64:a=0";
        Path clip = clips.made(
                "plain.avi", List.of("-f", "lavfi", "-i", picture), 0.4, "-c:v", "rawvideo", "-pix_fmt", "bgra");

        assertThatItIs(middle(clip), 48, 192, 64, 6);
    }
}
