package dev.flipbook.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.delivery.FakeTicker;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class EmulatedCameraTest {

    private final FakeTicker ticker = FakeTicker.jumping(); // 12:00:00, a second that three divides
    private final EmulatedCamera camera = new EmulatedCamera(ticker);

    @Test
    void showsOneTwoThreeOneEachSecond() throws Exception {
        long start = ticker.nanos();
        List<Integer> digits = new ArrayList<>();
        List<Long> moments = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Frame frame = camera.next();
            digits.add(digit(frame));
            moments.add(ticker.nanos() - start);
            assertThat(frame.capturedNanos()).isEqualTo(ticker.nanos());
        }

        assertThat(digits).containsExactly(1, 2, 3, 1, 2, 3, 1);
        assertThat(moments)
                .containsExactly(
                        0L,
                        1_000_000_000L,
                        2_000_000_000L,
                        3_000_000_000L,
                        4_000_000_000L,
                        5_000_000_000L,
                        6_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "999, 1", "1000, 2", "2500, 3", "3000, 1"})
    void clockSaysWhichIsFirst(long millis, int first) throws Exception {
        ticker.advance(Duration.ofMillis(millis));

        assertThat(digit(camera.next())).isEqualTo(first);
    }

    @Test
    void threeAndAHalfSecondsHoldFourFramesWhateverThePhase() throws Exception {
        for (int phase = 0; phase < 1000; phase += 111) {
            ticker.advance(Duration.ofMillis(phase));
            long end = ticker.nanos() + Duration.ofMillis(3500).toNanos();
            int count = 0;
            while (camera.next().capturedNanos() < end) {
                count++;
            }
            assertThat(count).as("phase %d", phase).isEqualTo(4);
            camera.close();
        }
    }

    @Test
    void slownessOfTheReaderDoesNotDelayTheNext() throws Exception {
        long start = camera.next().capturedNanos();
        ticker.advance(Duration.ofMillis(1400));
        assertThat(camera.next().capturedNanos()).isEqualTo(start + 1_000_000_000L);
        assertThat(camera.next().capturedNanos()).isEqualTo(start + 2_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource({"2000, 2000", "3999, 2000", "4000, 4000", "60000, 59000"})
    void longPauseIsSkippedAndThePictureStillChanges(long pause, long next) throws Exception {
        Frame before = camera.next();
        ticker.advance(Duration.ofMillis(pause));
        Frame after = camera.next();

        assertThat(after.capturedNanos() - before.capturedNanos()).isEqualTo(next * 1_000_000);
        assertThat(digit(after)).isNotEqualTo(digit(before));
    }

    @Test
    void stepOfTheWallClockChangesNothing() throws Exception {
        camera.next();
        ticker.step(Duration.ofHours(-5).plusSeconds(1));

        assertThat(digit(camera.next())).isEqualTo(2);
        assertThat(digit(camera.next())).isEqualTo(3);
    }

    @Test
    void closedItStartsAfresh() throws Exception {
        camera.next();
        camera.next();
        camera.close();
        camera.close();
        ticker.advance(Duration.ofMillis(4300)); // 12:00:05.3

        Frame frame = camera.next();
        assertThat(digit(frame)).isEqualTo(3);
        assertThat(frame.capturedNanos()).isEqualTo(ticker.nanos());
    }

    @Test
    void interruptEndsTheWaiting() throws Exception {
        FakeTicker still = new FakeTicker();
        EmulatedCamera waiting = new EmulatedCamera(still);
        waiting.next();
        List<Exception> thrown = new ArrayList<>();
        Thread source = new Thread(() -> {
            try {
                waiting.next();
            } catch (IOException | InterruptedException e) {
                thrown.add(e);
            }
        });
        source.start();
        Awaitility.await().until(() -> still.sleepers() == 1);
        source.interrupt();
        source.join();

        assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    }

    @Test
    void picturesAreSmall() throws Exception {
        for (int i = 0; i < 3; i++) {
            Frame frame = camera.next();
            assertThat(frame.size()).isLessThan(8 << 10);
            assertThat(frame.width()).isEqualTo(320);
            assertThat(frame.height()).isEqualTo(240);
        }
    }

    @Test
    void isFoundByItsName() throws IOException {
        FrameSource found = FrameSource.open("demo");

        assertThat(found).isInstanceOf(EmulatedCamera.class);
        assertThat(found.description()).isEqualTo("demo");
        assertThat(found.encoding()).isEqualTo(Encoding.NONE);
    }

    /** The number of the picture, by the colour of its plain left margin: red is 1, green is 2, blue is 3. */
    private static int digit(Frame frame) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(frame.bytes()));
        int pixel = image.getRGB(30, 120);
        int red = pixel >> 16 & 0xFF;
        int green = pixel >> 8 & 0xFF;
        int blue = pixel & 0xFF;
        assertThat(Math.max(red, Math.max(green, blue))).isGreaterThan(100);
        return red > green && red > blue ? 1 : green > blue ? 2 : 3;
    }
}
