package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllowanceTest {

    private final FakeTicker ticker = new FakeTicker();
    private final Allowance allowance = new Allowance(ticker);

    private int usedUntilNothingIsLeft() {
        int used = 0;
        while (allowance.hasMore()) {
            allowance.use();
            used++;
        }
        return used;
    }

    @Test
    void atMostSixHundredAreReadAtOnceAfterAnyIdleTime() {
        assertThat(usedUntilNothingIsLeft()).isEqualTo(600);

        ticker.pass(Duration.ofHours(1));

        assertThat(usedUntilNothingIsLeft()).isEqualTo(600);
    }

    @Test
    void thenOneEachFiveMilliseconds() {
        usedUntilNothingIsLeft();

        ticker.passNanos(4_999_999);
        assertThat(allowance.hasMore()).isFalse();
        ticker.passNanos(1);
        assertThat(allowance.hasMore()).isTrue();
        ticker.passMillis(995);
        assertThat(usedUntilNothingIsLeft()).isEqualTo(200);
    }

    @Test
    void checkingOftenGivesNoMore() {
        usedUntilNothingIsLeft();

        for (int i = 0; i < 49; i++) {
            ticker.passNanos(100_000);
            assertThat(allowance.hasMore()).isFalse();
        }
        ticker.passNanos(100_001);
        assertThat(allowance.hasMore()).isTrue();
    }

    @Test
    void whatWasHeardTooMuchIsMadeUpFor() {
        usedUntilNothingIsLeft();
        for (int i = 0; i < 3; i++) {
            allowance.use();
        }

        ticker.passMillis(19);
        assertThat(allowance.hasMore()).isFalse();
        ticker.passMillis(2);
        assertThat(usedUntilNothingIsLeft()).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackMayBeUsedAgain() {
        usedUntilNothingIsLeft();

        allowance.giveBack();

        assertThat(usedUntilNothingIsLeft()).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackIsNoCredit() {
        allowance.giveBack();

        assertThat(usedUntilNothingIsLeft()).isEqualTo(600);
    }
}
