package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Motion JPEG of which the file says that it is to be turned, or has pixels that are not square. */
@Timeout(60)
class JpegVideoTest {

    /** Black, but white in the upper left quarter and red in the lower right one; no turn of it looks like another. */
    private static final String QUARTERS =
            "color=black:s=320x192:r=5,drawbox=0:0:160:96:white:fill,drawbox=160:96:160:96:red:fill";

    /** The four numbers of each of the eight display matrices, in the order of Exif's numbers. */
    private static final int[][] MATRICES = {
        {1, 0, 0, 1},
        {-1, 0, 0, 1},
        {-1, 0, 0, -1},
        {1, 0, 0, -1},
        {0, 1, 1, 0},
        {0, 1, -1, 0},
        {0, -1, -1, 0},
        {0, -1, 1, 0}
    };

    @TempDir
    static Path folder;

    private static Path plain;

    @BeforeAll
    static void prepare() {
        plain = new Clips(folder)
                .made("plain.mov", List.of("-f", "lavfi", "-i", QUARTERS), 0.6, "-c:v", "mjpeg", "-q:v", "2");
    }

    private static Frame first(Path clip, SourceOptions options) throws Exception {
        try (VideoFile file = new VideoFile(clip, options, new FakeTicker(), PictureEncoder.Kind::best)) {
            return Frame.ofJpeg(ByteBuffer.wrap(file.next().bytes()));
        }
    }

    /** The clip with another matrix in its track's header. */
    private static Path withMatrix(int number) throws IOException {
        byte[] bytes = Files.readAllBytes(plain);
        int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("tkhd") + 4;
        ByteBuffer matrix = ByteBuffer.wrap(bytes).position(header + 40);
        int[] numbers = MATRICES[number - 1];
        matrix.putInt(numbers[0] << 16).putInt(numbers[1] << 16).putInt(0);
        matrix.putInt(numbers[2] << 16).putInt(numbers[3] << 16).putInt(0);
        return Files.write(folder.resolve("matrix" + number + ".mov"), bytes);
    }

    /** What lies in the four corners, row by row: black, white or red. */
    private static String corners(BufferedImage image) {
        StringBuilder corners = new StringBuilder();
        for (double y : new double[] {0.2, 0.8}) {
            for (double x : new double[] {0.2, 0.8}) {
                int rgb = image.getRGB((int) (x * image.getWidth()), (int) (y * image.getHeight()));
                corners.append((rgb >> 16 & 0xFF) < 128 ? 'k' : (rgb & 0xFF) < 128 ? 'r' : 'w');
            }
        }
        return corners.toString();
    }

    @ParameterizedTest
    @CsvSource({"2, kwrk", "3, rkkw", "4, krwk", "5, wkkr", "6, kwrk", "7, rkkw", "8, krwk"})
    void motionJpegIsTurnedAsTheFileSays(int number, String corners) throws Exception {
        BufferedImage image = Clips.image(first(withMatrix(number), SourceOptions.DEFAULT));

        assertThat(corners(image)).isEqualTo(corners);
        assertThat(image.getWidth()).isEqualTo(number < 5 ? 320 : 192);
        assertThat(image.getHeight()).isEqualTo(number < 5 ? 192 : 320);
    }

    @ParameterizedTest
    @CsvSource({"6, 90, false, rkkw, 320", "6, 270, false, wkkr, 320", "6, 0, true, wkkr, 192", "8, 90, true, krwk, 320"
    })
    void requestedTurnIsAppliedAfterTheFilesOwn(int number, int rotate, boolean mirror, String corners, int width)
            throws Exception {
        SourceOptions turn = new SourceOptions(0, 0, 0, 80, rotate, mirror, false, Duration.ZERO, "", Map.of());

        BufferedImage image = Clips.image(first(withMatrix(number), turn));

        assertThat(corners(image)).isEqualTo(corners);
        assertThat(image.getWidth()).isEqualTo(width);
    }

    @Test
    void requestedSizeIsThatOfTheTurnedPicture() throws Exception {
        BufferedImage image = Clips.image(first(withMatrix(6), new SourceOptions(0, 96, 160, 80)));

        assertThat(image.getWidth()).isEqualTo(96);
        assertThat(corners(image)).isEqualTo("kwrk");
    }

    @Test
    void exifOrientationIsAppliedWhenJpegsAreScaled() throws Exception {
        Frame turned = first(plain, SourceOptions.DEFAULT).turned(90, false);
        for (int i = 0; i < 3; i++) {
            Files.write(folder.resolve("turned" + i + ".jpg"), turned.bytes());
        }
        Path clip = new Clips(folder)
                .made("inside.mov", List.of("-framerate", "5", "-i", folder + "/turned%d.jpg"), 0.6, "-c:v", "copy");

        assertThat(corners(Clips.image(first(clip, new SourceOptions(0, 96, 160, 80)))))
                .isEqualTo("kwrk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide.mov", "wide.mkv", "wide.avi"})
    void motionJpegWithNonSquarePixelsIsScaled(String name) throws Exception {
        Path clip = new Clips(folder)
                .made(name, List.of("-f", "lavfi", "-i", QUARTERS + ",setsar=4/3"), 0.6, "-c:v", "mjpeg", "-q:v", "2");

        Frame frame = first(clip, SourceOptions.DEFAULT);

        assertThat(frame.width()).isEqualTo(427);
        assertThat(frame.height()).isEqualTo(192);
    }

    @Test
    void uprightMotionJpegIsPassedOnUnchanged() throws Exception {
        try (VideoFile file =
                new VideoFile(withMatrix(1), SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best)) {
            assertThat(file.next().width()).isEqualTo(320);
            assertThat(file.encoding().encoder()).isEqualTo("none");
        }
    }
}
