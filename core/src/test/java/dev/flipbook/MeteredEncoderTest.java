package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.image.Encoder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeteredEncoderTest {

    private final FakeTicker ticker = FakeTicker.jumping();
    private final List<String> calls = new ArrayList<>();
    private final MeteredEncoder<Slow> metered = new MeteredEncoder<>(Slow::new, ticker);

    /** Takes 4 ms for each picture. */
    private final class Slow implements Encoder {

        Slow() {
            calls.add("open");
        }

        String picture() {
            ticker.advance(Duration.ofMillis(4));
            return "picture";
        }

        @Override
        public String name() {
            return "slow";
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @Test
    void theEncoderIsOpenedForTheFirstPictureAndAgainAfterAClose() {
        metered.close();
        assertThat(calls).isEmpty();

        metered.make(Slow::picture);
        metered.make(Slow::picture);
        metered.close();
        metered.close();
        metered.make(Slow::picture);

        assertThat(calls).containsExactly("open", "close", "open");
    }

    @Test
    void picturesAreCountedAndMeasuredAcrossACloseToo() {
        assertThat(metered.encoding()).isEqualTo(Encoding.NONE);

        assertThat(metered.make(Slow::picture)).isEqualTo("picture");
        metered.close();
        metered.make(Slow::picture);

        assertThat(metered.encoding()).isEqualTo(new Encoding("slow", 2, 4_000_000));
    }

    @Test
    void aPictureThatCannotBeMadeIsNotCounted() {
        assertThatIOException()
                .isThrownBy(() -> metered.make(with -> {
                    throw new IOException("damaged");
                }))
                .withMessage("damaged");

        assertThat(metered.encoding()).isEqualTo(new Encoding("slow", 0, 0));
    }
}
