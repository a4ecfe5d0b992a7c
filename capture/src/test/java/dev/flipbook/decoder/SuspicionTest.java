package dev.flipbook.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SuspicionTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Suspicion suspicion = new Suspicion();

    @Test
    void threeEndedDecodersInAMinuteCauseAQuarantine() {
        suspicion.died(0, true);
        suspicion.died(10 * SECOND, true);
        assertThat(suspicion.refusal(10 * SECOND)).isEmpty();
        suspicion.died(20 * SECOND, true);
        assertThat(suspicion.refusal(20 * SECOND))
                .hasValueSatisfying(why -> assertThat(why).contains("60 s"));
        assertThat(suspicion.refusal(81 * SECOND)).isEmpty();
    }

    @Test
    void sourceThatSharedAnEndedDecoderIsSuspectButNotRefused() {
        for (int i = 0; i < 5; i++) {
            suspicion.died(i * SECOND, false);
        }
        assertThat(suspicion.isSuspect()).isTrue();
        assertThat(suspicion.refusal(5 * SECOND)).isEmpty();
    }

    @Test
    void sourceIsTrustedAfterPlayingForAMinute() {
        suspicion.died(0, true);
        suspicion.plays(SECOND);
        suspicion.plays(62 * SECOND);
        assertThat(suspicion.isSuspect()).isFalse();
    }
}
