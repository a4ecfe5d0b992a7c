package dev.flipbook.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeTicker;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class TestPatternTest {

    private final FakeTicker ticker = FakeTicker.jumping();

    @Test
    void isOfHighDefinitionAndThirtyFramesUnlessAskedOtherwise() throws Exception {
        try (TestPattern pattern = new TestPattern(ticker, SourceOptions.DEFAULT)) {
            Frame first = pattern.next();
            Frame second = pattern.next();

            assertThat(first.width()).isEqualTo(1280);
            assertThat(first.height()).isEqualTo(720);
            assertThat(second.capturedNanos() - first.capturedNanos()).isEqualTo(33_333_333L);
        }
    }

    @Test
    void sizeAndRateAreAsAsked() throws Exception {
        try (TestPattern pattern = pattern(10, 160, 120)) {
            Frame first = pattern.next();

            assertThat(first.width()).isEqualTo(160);
            assertThat(first.height()).isEqualTo(120);
            assertThat(pattern.next().capturedNanos() - first.capturedNanos()).isEqualTo(100_000_000L);
        }
    }

    @Test
    void qualityIsAsAsked() throws Exception {
        try (TestPattern coarse = new TestPattern(ticker, new SourceOptions(0, 160, 120, 10));
                TestPattern fine = new TestPattern(ticker, new SourceOptions(0, 160, 120, 95))) {
            assertThat(coarse.next().size()).isLessThan(fine.next().size() * 2 / 3);
        }
    }

    @Test
    void doesNotDrift() throws Exception {
        try (TestPattern pattern = pattern(30, 16, 16)) {
            long start = pattern.next().capturedNanos();
            long last = start;
            for (int i = 1; i <= 300; i++) {
                last = pattern.next().capturedNanos();
            }
            assertThat(last - start).isEqualTo(Duration.ofSeconds(10).toNanos());
            assertThat(ticker.nanos()).isEqualTo(last);
        }
    }

    @Test
    void lateItSkipsAheadAndStaysOnTheBeat() throws Exception {
        try (TestPattern pattern = pattern(10, 160, 120)) {
            long start = pattern.next().capturedNanos();
            ticker.advance(Duration.ofMillis(1250));

            assertThat(pattern.next().capturedNanos() - start)
                    .as("the one of now")
                    .isEqualTo(1_200_000_000L);
            assertThat(pattern.next().capturedNanos() - start).isEqualTo(1_300_000_000L);
            assertThat(ticker.nanos() - start).isEqualTo(1_300_000_000L);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "30", "60", "1000"})
    void everyRateKeepsItsBeat(int fps) throws Exception {
        try (TestPattern pattern = pattern(fps, 16, 16)) {
            long start = pattern.next().capturedNanos();
            ticker.advance(Duration.ofDays(400));
            long later = pattern.next().capturedNanos();
            for (int i = 0; i < fps; i++) {
                long next = pattern.next().capturedNanos();
                assertThat(next - later).isCloseTo(1_000_000_000L / fps, within(1L));
                later = next;
            }
            assertThat(later - start)
                    .isEqualTo(Duration.ofDays(400).plusSeconds(1).toNanos());
        }
    }

    @Test
    void barsAreInTheOrderOfTelevision() throws Exception {
        try (TestPattern pattern = pattern(30, 640, 360)) {
            BufferedImage image = image(pattern.next());
            String seen = "";
            for (int bar = 0; bar < 8; bar++) {
                seen += letters(image.getRGB(40 + 80 * bar, 160)) + " ";
            }
            assertThat(seen).isEqualTo("RGB RG GB G RB R B - ");
        }
    }

    @Test
    void everyFrameDiffersInItsMotionItsNumberAndItsClock() throws Exception {
        try (TestPattern pattern = pattern(30, 640, 360)) {
            BufferedImage one = image(pattern.next());
            BufferedImage two = image(pattern.next());

            assertThat(differences(one, two, 0, 190)).as("the ball").isPositive();
            assertThat(differences(one, two, 225, 290)).as("the number").isPositive();
            assertThat(differences(one, two, 295, 360)).as("the clock").isPositive();
        }
    }

    @Test
    void clockIsThatOfTheWallAndFollowsItsSteps() throws Exception {
        FakeTicker other = FakeTicker.jumping();
        try (TestPattern stepped = pattern(30, 640, 360);
                TestPattern plain = new TestPattern(other, new SourceOptions(30, 640, 360, 80))) {
            assertThat(stepped.next().bytes()).isEqualTo(plain.next().bytes());
            ticker.step(Duration.ofHours(1));
            BufferedImage hourLater = image(stepped.next());
            BufferedImage now = image(plain.next());

            assertThat(differences(hourLater, now, 0, 290)).isZero();
            assertThat(differences(hourLater, now, 295, 360)).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "16, 2000", "2000, 16", "161, 121"})
    void oddSizesAreDrawnToo(int width, int height) throws Exception {
        try (TestPattern pattern = pattern(30, width, height)) {
            pattern.next();
            Frame frame = pattern.next();

            assertThat(frame.width()).isEqualTo(width);
            assertThat(frame.height()).isEqualTo(height);
        }
    }

    @Test
    void encoderIsNamedFromTheFirstFrame() throws Exception {
        try (TestPattern pattern = pattern(30, 160, 120)) {
            assertThat(pattern.encoding()).isEqualTo(Encoding.NONE);
            pattern.next();
            assertThat(pattern.encoding().encoder()).isEqualTo("ImageIO");
        }
    }

    @Test
    void encodedFramesAndTheirTimeAreCountedOverACloseToo() throws Exception {
        ticker.moveAtEachReading(Duration.ofMillis(2));
        TestPattern pattern = pattern(10, 160, 120);
        pattern.next();
        pattern.next();
        pattern.close();
        pattern.next();
        pattern.close();

        assertThat(pattern.encoding()).isEqualTo(new Encoding("ImageIO", 3, 2_000_000));
    }

    @Test
    void closedItStartsAfresh() throws Exception {
        TestPattern pattern = pattern(10, 640, 360);
        BufferedImage first = image(pattern.next());
        pattern.next();
        pattern.close();
        pattern.close();
        ticker.advance(Duration.ofMillis(42));
        Frame again = pattern.next();

        assertThat(again.capturedNanos()).isEqualTo(ticker.nanos());
        assertThat(differences(first, image(again), 0, 290)).as("frame 0 again").isZero();
        pattern.close();
    }

    @Test
    void isFoundByItsName() throws IOException {
        FrameSource found = FrameSource.open("test", new SourceOptions(5, 64, 48, 50));

        assertThat(found).isInstanceOf(TestPattern.class);
        assertThat(found.description()).isEqualTo("test");
    }

    private TestPattern pattern(int fps, int width, int height) {
        return new TestPattern(ticker, new SourceOptions(fps, width, height, 80));
    }

    private static BufferedImage image(Frame frame) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(frame.bytes()));
    }

    private static String letters(int pixel) {
        String letters = ((pixel >> 16 & 0xFF) > 0x80 ? "R" : "")
                + ((pixel >> 8 & 0xFF) > 0x80 ? "G" : "")
                + ((pixel & 0xFF) > 0x80 ? "B" : "");
        return letters.isEmpty() ? "-" : letters;
    }

    /** How many pixels differ clearly between these rows. */
    private static int differences(BufferedImage one, BufferedImage two, int top, int bottom) {
        int count = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                if (Math.abs((one.getRGB(x, y) >> 8 & 0xFF) - (two.getRGB(x, y) >> 8 & 0xFF)) > 60) {
                    count++;
                }
            }
        }
        return count;
    }
}
