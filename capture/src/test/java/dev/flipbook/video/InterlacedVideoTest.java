package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.SourceOptions;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class InterlacedVideoTest {

    @TempDir
    static Path folder;

    /** A white bar that moves 8 pixels from one field to the next; 25 pictures a second of two fields each. */
    private static Path bar(String name, String order, String... options) {
        String bar = "color=black:s=320x240:r=50,drawbox=x=60:y=0:w=24:h=240:color=white:t=fill,scroll=h=-0.025,"
                + "tinterlace=interleave_" + order;
        return new Clips(folder).made(name, List.of("-f", "lavfi", "-i", bar), 0.8, options);
    }

    /** The greatest mean difference of a row from the mean of the rows above and below it. */
    private static double combs(BufferedImage image) {
        double most = 0;
        for (int y = 1; y < image.getHeight() - 1; y++) {
            double sum = 0;
            for (int x = 0; x < image.getWidth(); x++) {
                int beside = (image.getRGB(x, y - 1) & 0xFF) + (image.getRGB(x, y + 1) & 0xFF);
                sum += Math.abs((image.getRGB(x, y) & 0xFF) - beside / 2.0);
            }
            most = Math.max(most, sum / image.getWidth());
        }
        return most;
    }

    @ParameterizedTest
    @CsvSource({
        "h264top.mp4, top, libx264, tff=1",
        "h264bottom.mkv, bottom, libx264, bff=1",
        "mpeg2.ts, top, mpeg2video, ",
        "mpeg2.mkv, top, mpeg2video, "
    })
    void interlacedVideoIsDeinterlaced(String name, String order, String codec, String fields) throws Exception {
        Path clip = fields == null
                ? bar(
                        name,
                        order,
                        "-c:v",
                        codec,
                        "-flags",
                        "+ildct+ilme",
                        "-q:v",
                        "2",
                        "-pix_fmt",
                        "yuv420p",
                        "-top",
                        "1")
                : bar(name, order, "-c:v", codec, "-pix_fmt", "yuv420p", "-flags", "+ildct+ilme", "-x264opts", fields);
        try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best)) {
            long start = file.next().capturedNanos();
            for (int i = 1; i < 45; i++) { // more than two rounds
                var frame = file.next();
                assertThat(combs(Clips.image(frame))).as("picture %d", i).isLessThan(1);
                assertThat((frame.capturedNanos() - start) / 1_000_000).isEqualTo(i * 40L);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"jpegstop.mov, top, tff", "jpegsbottom.mov, bottom, bff", "jpegstop.mkv, top, tff"})
    void jpegsOfAnInterlacedFileAreDeinterlaced(String name, String order, String fields) throws Exception {
        Path clip = bar(name, order, "-c:v", "mjpeg", "-q:v", "2", "-vf", "setfield=" + fields);
        try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best)) {
            file.next();
            assertThat(combs(Clips.image(file.next()))).isLessThan(1);
        }
    }

    @Test
    void unmarkedVideoIsNotDeinterlaced() throws Exception {
        Path clip = bar("progressive.mp4", "top", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "setfield=prog");
        try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, new FakeTicker(), PictureEncoder.Kind::best)) {
            file.next();
            assertThat(combs(Clips.image(file.next()))).isGreaterThan(3);
        }
    }
}
