package dev.flipbook.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.flipbook.Frame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;

/** Clips for tests, made by the {@code ffmpeg} program, and the pictures that this program decodes from them. */
public final class Clips {

    /** Black, white and colours with soft edges, in slow motion. */
    public static final String PICTURES =
            "gradients=s=640x360:c0=black:c1=white:c2=red:c3=0x2060e0:n=4:speed=0.02:seed=7";

    private final Path folder;

    public Clips(Path folder) {
        this.folder = folder;
    }

    /** A clip of this many seconds at this rate, encoded as the options say. */
    public Path make(String name, String rate, double seconds, String... options) {
        return made(name, List.of("-f", "lavfi", "-i", PICTURES + ":r=" + rate), seconds, options);
    }

    /** A clip from other inputs. */
    public Path made(String name, List<String> inputs, double seconds, String... options) {
        Path clip = folder.resolve(name);
        // The time limits the input: a filter that waits for its end would otherwise gather pictures for ever.
        List<String> command = new ArrayList<>(List.of("-t", Double.toString(seconds)));
        command.addAll(inputs);
        command.addAll(List.of(options));
        command.add(clip.toString());
        run(command);
        return clip;
    }

    /** What ffmpeg itself decodes of a clip's picture, as RGB. */
    public byte[] decoded(Path clip, int number) {
        return run(List.of(
                "-i",
                clip.toString(),
                "-vf",
                "select=eq(n\\," + number + "),scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp+bilinear",
                "-frames:v",
                "1",
                "-f",
                "rawvideo",
                "-pix_fmt",
                "rgb24",
                "-"));
    }

    public static byte[] run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile("ffmpeg", ".log");
            Path out = Files.createTempFile("ffmpeg", ".out");
            Process process = new ProcessBuilder(command)
                    .redirectError(errors.toFile())
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = false;
            try {
                ended = process.waitFor(120, TimeUnit.SECONDS);
            } finally {
                process.destroyForcibly(); // also when the test is interrupted
            }
            assertThat(ended).as("ffmpeg ends within 120 s: " + command).isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            byte[] bytes = Files.readAllBytes(out);
            Files.delete(errors);
            Files.delete(out);
            return bytes;
        } catch (IOException e) {
            return skip("the program ffmpeg is not installed, so no clip can be made: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Skips the test, and prints a message to the build's output. */
    public static byte[] skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        return abort(reason);
    }

    public static BufferedImage image(Frame frame) {
        try {
            return ImageIO.read(new ByteArrayInputStream(frame.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Signal-to-noise ratio of a frame to RGB bytes, in dB. */
    public static double psnr(Frame frame, byte[] rgb) {
        BufferedImage image = image(frame);
        assertThat(rgb).hasSize(3 * image.getWidth() * image.getHeight());
        double sum = 0;
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int pixel = rgb(image, x, y);
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int off = (pixel >> shift & 0xFF) - (rgb[at++] & 0xFF);
                    sum += off * off;
                }
            }
        }
        return 10 * Math.log10(255.0 * 255 * rgb.length / Math.max(sum, 1));
    }

    /** The pixel as stored in the JPEG. For a grey JPEG, getRGB() would change the brightness. */
    private static int rgb(BufferedImage image, int x, int y) {
        boolean gray = image.getRaster().getNumBands() == 1;
        return gray ? 0x010101 * image.getRaster().getSample(x, y, 0) : image.getRGB(x, y);
    }
}
