package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.feed.Stage;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class DrawingTest {

    private final FakeTicker ticker = FakeTicker.jumping();
    private final AtomicInteger asked = new AtomicInteger();

    private BufferedImage draw() {
        return new BufferedImage(16 + asked.incrementAndGet(), 16, BufferedImage.TYPE_INT_RGB);
    }

    @Test
    void programIsAskedInEvenTime() throws Exception {
        try (Drawing drawing = new Drawing(10, this::draw, ticker)) {
            long begun = ticker.nanos();
            for (int i = 1; i <= 11; i++) {
                assertThat(drawing.next().width()).isEqualTo(16 + i);
            }
            assertThat(ticker.nanos() - begun).isEqualTo(1_000_000_000L);
            assertThat(drawing.encoding().frames()).isEqualTo(11);
        }
    }

    @Test
    void aProgramThatWasLateIsNotAskedMoreOftenAfterwards() throws Exception {
        try (Drawing drawing = new Drawing(10, this::draw, ticker)) {
            drawing.next();
            ticker.advance(Duration.ofSeconds(5));
            drawing.next();
            long late = ticker.nanos();
            drawing.next();

            assertThat(ticker.nanos() - late).isEqualTo(100_000_000L);
        }
    }

    @Test
    void whatItThrowsIsTheReasonAndItIsAskedAgain() throws Exception {
        try (Drawing drawing = new Drawing(
                10,
                () -> {
                    if (asked.get() == 0) {
                        asked.incrementAndGet();
                        throw new IllegalStateException("no data yet");
                    }
                    return draw();
                },
                ticker)) {
            assertThatThrownBy(drawing::next).hasMessage("no data yet");
            assertThat(drawing.next().width()).isEqualTo(18);
        }
        try (Drawing nothing = new Drawing(10, () -> null, ticker)) {
            assertThatThrownBy(nothing::next).hasMessage("the program drew nothing: its supplier gave null");
        }
    }

    @Test
    void itIsAskedOnlyWhileSomebodyWatches() {
        try (Stage stage = Stage.showing(new Drawing(1000, this::draw, ticker))) {
            stage.pass(Duration.ofSeconds(1));
            assertThat(asked).hasValue(0);

            stage.quickViewer();
            stage.awaitState(FeedStatus.State.LIVE);

            assertThat(asked.get()).isPositive();
        }
    }

    @Test
    void aRateOutOfRangeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameSource.drawing(0, this::draw))
                .withMessage("fps is 0.0; it goes from 0.001 to 1000");
        assertThatIllegalArgumentException().isThrownBy(() -> FrameSource.drawing(Double.NaN, this::draw));
    }
}
