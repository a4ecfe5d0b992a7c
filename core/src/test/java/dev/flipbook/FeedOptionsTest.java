package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The timeouts that the documents name. */
class FeedOptionsTest {

    @Test
    void theDefaultsAreTheDocumentedOnes() {
        long granted = Runtime.getRuntime().maxMemory() / 4 * 3;

        assertThat(FeedOptions.DEFAULT)
                .isEqualTo(new FeedOptions(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(5),
                        Math.min(granted, 268_435_456),
                        8));
        assertThat(FeedOptions.DEFAULT.idleStop()).isEqualTo(Duration.ofSeconds(10));
        assertThat(FeedOptions.DEFAULT.repeatAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(FeedOptions.DEFAULT.startTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(FeedOptions.DEFAULT.stallTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void oneOfThemIsChangedAlone() {
        FeedOptions usual = FeedOptions.DEFAULT;

        assertThat(usual.withBlockCeiling(4711).blockCeiling()).isEqualTo(4711);
        assertThat(usual.withBlockCeiling(4711).withBlockCeiling(usual.blockCeiling()))
                .isEqualTo(usual);
        assertThat(usual.withMaxVariants(0).maxVariants()).isZero();
        assertThat(usual.withMaxVariants(0).withMaxVariants(8)).isEqualTo(usual);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> usual.withMaxVariants(-1))
                .withMessage("maxVariants is a number of variants from 0 on, not -1");
    }
}
