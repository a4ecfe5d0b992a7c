package dev.flipbook.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class VideoFileTest {

    @Test
    void theFilesPicturesArriveOverHttp(@TempDir Path folder) throws Exception {
        Path clip = redClip(folder);
        try (Flipbook flipbook = VideoFile.start(0, clip.toString())) {
            Watching.until(flipbook, "video", picture -> picture.getWidth() == 160 && isRed(picture.getRGB(80, 60)));
        }
    }

    private static boolean isRed(int colour) {
        return (colour >> 16 & 0xFF) > 200 && (colour & 0xFF) < 60;
    }

    /** One second of red, 160 × 120 at 10 fps. */
    private static Path redClip(Path folder) throws IOException, InterruptedException {
        Path clip = folder.resolve("red.mp4");
        String[] command = {
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=160x120:rate=10:duration=1", clip.toString()
        };
        Process ffmpeg;
        try {
            ffmpeg = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            return abort("SKIPPED: there is no ffmpeg program to make a clip with (" + e.getMessage() + ")");
        }
        assertThat(ffmpeg.waitFor()).isZero();
        return clip;
    }
}
