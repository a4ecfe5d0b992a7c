package dev.flipbook.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.jpeg.Jpeg;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Java without java.desktop, in a process of its own, still draws placeholders when an encoder is there. */
class WithoutDesktopTest {

    @Test
    @Timeout(180)
    void placeholderIsDrawnWithoutJavaDesktop() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        "java.base",
                        "-cp",
                        place(Canvas.class) + File.pathSeparator + place(WithoutDesktopTest.class),
                        Draws.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), UTF_8);

        assertThat(said.strip()).isEqualTo("640x360 320x240 desktop: false");
        assertThat(java.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }

    private static String place(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** What runs there. */
    static final class Draws {

        private Draws() {}

        public static void main(String[] args) throws IOException {
            Jpeg last = lastPicture();
            JpegEncoder encoder = new JpegEncoder() {
                @Override
                public String name() {
                    return "fake";
                }

                @Override
                public Jpeg encode(int[] pixels, int width, int height, int quality) {
                    System.out.print(width + "x" + height + " ");
                    return last;
                }
            };
            new StandbyPicture().draw(Optional.empty(), 0, "door", "refused", Duration.ZERO, encoder);
            new StandbyPicture().draw(Optional.of(last), 1, "door", "refused", Duration.ZERO, encoder);
            boolean desktop = ModuleLayer.boot().findModule("java.desktop").isPresent();
            System.out.println("desktop: " + desktop);
        }

        private static Jpeg lastPicture() throws IOException {
            try (InputStream file = Objects.requireNonNull(Draws.class.getResourceAsStream("320x240.jpg"))) {
                return Jpeg.check(ByteBuffer.wrap(file.readAllBytes()));
            }
        }
    }
}
