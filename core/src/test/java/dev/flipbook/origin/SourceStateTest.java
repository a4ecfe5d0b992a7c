package dev.flipbook.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.delivery.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class SourceStateTest {

    private final FakeTicker ticker = new FakeTicker();
    private final SourceState state = new SourceState("door", ticker);

    @Test
    void nobodyWatchesAtFirst() {
        assertThat(state.state()).isEqualTo(State.IDLE);
        assertThat(state.is(State.IDLE)).isTrue();
        assertThat(state.is(State.LIVE)).isFalse();
        assertThat(state.reason()).isEqualTo("nobody watches");
        assertThat(state.since()).isEqualTo(ticker.now());
    }

    @Test
    void aStateIsAsOldAsItsBeginningWhateverReasonComesLater() {
        ticker.advance(Duration.ofSeconds(1));
        Instant begun = ticker.now();
        state.become(State.OFFLINE, "unplugged");
        ticker.advance(Duration.ofSeconds(5));

        state.become(State.OFFLINE, "still\nunplugged");

        assertThat(state.since()).isEqualTo(begun);
        assertThat(state.reason()).isEqualTo("still unplugged");
        state.become(State.LIVE, "");
        assertThat(state.since()).isEqualTo(begun.plusSeconds(5));
        assertThat(state.reason()).isEmpty();
    }

    @Test
    void aFailureIsOfflineAndOneThatIsSurvivedChangesNothing() {
        state.become(State.LIVE, "");
        state.bear("busy", 1, Duration.ofMillis(500));
        assertThat(state.state()).isEqualTo(State.LIVE);
        assertThat(state.reason()).isEmpty();

        state.fail("dead", 3, Duration.ofSeconds(2));
        assertThat(state.state()).isEqualTo(State.OFFLINE);
        assertThat(state.reason()).isEqualTo("dead");
    }

    @Test
    void aReasonIsTheMessageOrTheNameOfTheFailure() {
        assertThat(SourceState.reason(new IOException(" no\nroute "))).isEqualTo("no route");
        assertThat(SourceState.reason(new IOException())).isEqualTo("IOException");
        assertThat(SourceState.reason(new IOException(" \n"))).isEqualTo("IOException");
        assertThat(SourceState.reason(new IOException("x".repeat(200)))).isEqualTo("x".repeat(200));
        assertThat(SourceState.reason(new IOException("x".repeat(201)))).hasSizeLessThanOrEqualTo(200);
    }

    @Test
    void eachChangeOfTheStateIsOneLineInTheLog() {
        assertThat(logged(() -> {
                    state.become(State.STARTING, "starting a camera");
                    state.become(State.STARTING, "still starting");
                    state.become(State.LIVE, "");
                    state.become(State.LIVE, "");
                    state.fail("unplugged", 3, Duration.ofMillis(1900));
                    state.fail("unplugged", 4, Duration.ofSeconds(4));
                }))
                .containsExactly(
                        "feed=door state=STARTING reason=\"starting a camera\"",
                        "feed=door state=LIVE",
                        "feed=door state=OFFLINE reason=\"unplugged\"",
                        "feed=door failures=3 retry_ms=1900 reason=\"unplugged\"",
                        "feed=door failures=4 retry_ms=4000 reason=\"unplugged\"");
        assertThat(logged(() -> {})).as("each once").isEmpty();
    }

    @Test
    void failuresThatAreSurvivedAreLoggedOnceAMinute() {
        String line = "feed=door failures=1 retry_ms=500 reason=\"busy\"";
        Runnable fails = () -> state.bear("busy", 1, Duration.ofMillis(500));
        assertThat(logged(fails)).containsExactly(line);

        ticker.advance(Duration.ofMinutes(1).minusNanos(1));
        assertThat(logged(fails)).isEmpty();
        ticker.advance(Duration.ofNanos(1));
        assertThat(logged(fails)).containsExactly(line);
        ticker.advance(Duration.ofSeconds(59));
        assertThat(logged(fails)).isEmpty();
    }

    /** The lines that this thread writes to the log. */
    private List<String> logged(Runnable action) {
        List<String> lines = new ArrayList<>();
        Thread self = Thread.currentThread();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (Thread.currentThread().equals(self)) {
                    lines.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.flipbook");
        logger.addHandler(handler);
        try {
            action.run();
            state.log();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }
}
