package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checks that each default of the library has the value in the documents. */
class DefaultsTest {

    @Test
    void feedsHaveTheWaitingTimesAndTheMemoryOfTheDocuments() {
        FeedOptions feeds = FeedOptions.DEFAULT;

        assertThat(feeds.idleStop()).isEqualTo(Duration.ofSeconds(10));
        assertThat(feeds.repeatAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(feeds.startTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(feeds.stallTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(feeds.maxVariants()).isEqualTo(8);
        long granted = Runtime.getRuntime().maxMemory();
        assertThat(feeds.blockCeiling())
                .as("256 MiB, or three quarters of %d bytes", granted)
                .isEqualTo(granted >= 358L << 20 ? 256L << 20 : granted / 4 * 3);
    }

    @Test
    void feedsThatSayNothingOfVariantsHaveEight() {
        Duration second = Duration.ofSeconds(1);

        assertThat(new FeedOptions(second, second, second, second, 1 << 20).maxVariants())
                .isEqualTo(8);
    }

    @Test
    void sourcesHaveTheirOwnRateAndSizeAndQuality80() {
        SourceOptions source = SourceOptions.DEFAULT;

        assertThat(source)
                .isEqualTo(
                        new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ZERO, "", Map.of(), Optional.empty()));
        assertThat(new SourceOptions(0, 0, 0, 0).quality())
                .as("one that is not said")
                .isEqualTo(80);
    }
}
