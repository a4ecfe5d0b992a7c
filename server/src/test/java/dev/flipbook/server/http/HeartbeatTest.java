package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeScheduler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

    private final FakeScheduler scheduler = new FakeScheduler();
    private final List<String> log = new ArrayList<>();
    private boolean needed = true;
    private Runnable beat = () -> log.add("beat");
    private final Heartbeat heartbeat = new Heartbeat(250, () -> beat.run(), () -> needed);

    @Test
    void firstBeatComesAfterOneInterval() {
        heartbeat.start(scheduler);

        assertThat(scheduler.delayMillis()).isEqualTo(250);
        assertThat(log).isEmpty();
        scheduler.run();
        assertThat(log).containsExactly("beat");
    }

    @Test
    void beatsGoOnWhileTheyAreNeeded() {
        heartbeat.start(scheduler);
        scheduler.run();
        scheduler.run();
        assertThat(scheduler.planned()).isEqualTo(3);

        needed = false;
        scheduler.run();

        assertThat(log).hasSize(3);
        assertThat(scheduler.planned()).isEqualTo(3);
    }

    @Test
    void secondStartWhileTheyGoOnPlansNothing() {
        heartbeat.start(scheduler, () -> log.add("started"));
        heartbeat.start(scheduler, () -> log.add("started again"));

        assertThat(log).containsExactly("started");
        assertThat(scheduler.planned()).isEqualTo(1);
    }

    @Test
    void startDuringTheLastBeatIsNotMissed() {
        needed = false;
        beat = () -> {
            needed = true;
            heartbeat.start(scheduler);
        };
        heartbeat.start(scheduler);

        scheduler.run();

        assertThat(scheduler.planned()).isEqualTo(2);
    }

    @Test
    void theyBeginAgainAfterTheyHaveStopped() {
        needed = false;
        heartbeat.start(scheduler);
        scheduler.run();

        heartbeat.start(scheduler, () -> log.add("started"));
        scheduler.run();

        assertThat(log).containsExactly("beat", "started", "beat");
    }

    @Test
    void failureDoesNotEndTheBeats() {
        beat = () -> {
            throw new IllegalStateException("failed");
        };
        heartbeat.start(scheduler);

        assertThatThrownBy(scheduler::run).hasMessage("failed");

        assertThat(scheduler.planned()).isEqualTo(2);
    }
}
