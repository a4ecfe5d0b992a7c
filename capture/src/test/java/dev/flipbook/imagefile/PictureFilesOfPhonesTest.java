package dev.flipbook.imagefile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.picture.Animation;
import dev.flipbook.video.VideoFile;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEIC, and picture files that move. */
@Timeout(60)
class PictureFilesOfPhonesTest {

    @TempDir
    Path folder;

    private Path heic(String name) throws Exception {
        return Files.write(folder.resolve(name), resource("quarters.heic"));
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = PictureFilesOfPhonesTest.class.getResourceAsStream("/" + name)) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"a.heic, a.heic", "a.HEIC, ''", "a.heif, ''", "a.hif, *.hif"})
    void heicIsShownAsAFileInAFolderAndByAGlob(String name, String asked) throws Exception {
        heic(name);
        try (FrameSource source = FrameSource.open(folder + "/" + asked)) {
            var image = Clips.image(source.next());
            assertThat(image.getWidth()).isEqualTo(320);
            assertThat(image.getRGB(40, 40) & 0xFF).isGreaterThan(200); // white
            assertThat(image.getRGB(280, 160) >> 16 & 0xFF).isGreaterThan(200); // red
            assertThat(image.getRGB(280, 40) & 0xFF).isLessThan(50); // black
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"heix", "mif1"})
    void otherNamesOfHeicAreKnown(String brand) throws Exception {
        byte[] bytes = Files.readAllBytes(heic("a.heic"));
        System.arraycopy(brand.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, bytes, 8, 4);

        assertThat(new FfmpegDecoder().decode(ByteBuffer.wrap(bytes))).isPresent();
    }

    /** Six tiles, which are larger together than the picture: white above on the left, red below on the right. */
    @ParameterizedTest
    @CsvSource({
        "tiles.heic, 170, 110, white, red, black, black",
        "tiles-turned.heic, 110, 170, black, black, white, red", // by a quarter, clockwise
        "tiles-turned-mirrored.heic, 110, 170, white, red, black, black" // the other way, then upside down
    })
    void heicOfTilesIsPutTogether(
            String name, int width, int height, String first, String last, String right, String left) throws Exception {
        Canvas canvas =
                new FfmpegDecoder().decode(ByteBuffer.wrap(resource(name))).orElseThrow();

        BufferedImage image;
        try (JpegEncoder encoder = JpegEncoder.imageIo()) {
            image = Clips.image(Frame.of(canvas.encode(encoder, 95)));
        }
        assertThat(image.getWidth()).isEqualTo(width);
        assertThat(image.getHeight()).isEqualTo(height);
        assertThat(colour(image.getRGB(9, 9))).isEqualTo(first);
        assertThat(colour(image.getRGB(width - 9, height - 9))).isEqualTo(last);
        assertThat(colour(image.getRGB(width - 9, 9))).isEqualTo(right);
        assertThat(colour(image.getRGB(9, height - 9))).isEqualTo(left);
    }

    private static String colour(int rgb) {
        return (rgb >> 16 & 0xFF) < 60 ? "black" : (rgb & 0xFF) < 60 ? "red" : "white";
    }

    @ParameterizedTest
    @CsvSource({
        "moving.png, apng, true",
        "still.png, png, false",
        "moving.gif, gif, true",
        "moving.avif, libaom-av1, true"
    })
    void animatedFileIsShownAsAVideo(String name, String codec, boolean moves) throws Exception {
        Path file = new Clips(folder)
                .made(
                        name,
                        List.of("-f", "lavfi", "-i", "testsrc2=s=64x48:r=5"),
                        moves ? 0.6 : 0.2,
                        "-c:v",
                        codec,
                        "-f",
                        codec.equals("png") ? "image2" : codec.equals("libaom-av1") ? "avif" : codec);
        assertThat(Animation.isIn(file)).isEqualTo(moves);
        if (moves) {
            try (VideoFile video =
                    new VideoFile(file, SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best)) {
                var first = video.next();
                byte[] picture = first.bytes();
                long start = first.capturedNanos();
                var second = video.next();
                assertThat(second.bytes()).isNotEqualTo(picture);
                assertThat(second.capturedNanos() - start).isEqualTo(200_000_000);
            }
        }
    }

    @Test
    void messageForAnimatedWebpNamesASolution() throws Exception {
        Path file = new Clips(folder)
                .made("moving.webp", List.of("-f", "lavfi", "-i", "testsrc2=s=64x48:r=5"), 0.6, "-c:v", "libwebp_anim");

        assertThatThrownBy(() -> new FfmpegDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))))
                .hasMessageStartingWith("the WebP is animated")
                .hasMessageContaining("convert picture.webp picture.gif");
    }
}
