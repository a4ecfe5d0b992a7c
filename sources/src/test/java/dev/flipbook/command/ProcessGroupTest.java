package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ProcessGroupTest {

    private final Processes processes = new Processes();

    @AfterEach
    void end() {
        processes.kill();
    }

    @Test
    void aGroupOfZombiesAloneIsOver() throws Exception {
        Process leader = leader("(true & exec setsid sleep $0) & exec sleep $0"); // nobody waits for the end of true
        ProcessHandle zombie = awaitDescendant(leader, one -> !ProcessGroup.lives(one));

        assertThat(isSaidToLive(leader.pid())).as("its leader runs").isTrue();
        leader.destroyForcibly().waitFor(60, TimeUnit.SECONDS);

        assertThat(isSaidToLive(leader.pid())).isFalse();
        assertThat(zombie.isAlive()).as("it is there to this moment").isTrue();
    }

    @Test
    void aGroupWhoseLeaderHasGoneLivesAsLongAsOneOfItDoes() throws Exception {
        Process leader = leader("sleep $0 & wait");
        ProcessHandle other = awaitDescendant(leader, ProcessGroup::lives);

        leader.destroyForcibly().waitFor(60, TimeUnit.SECONDS);

        assertThat(isSaidToLive(leader.pid())).isTrue();
        other.destroyForcibly();
        await().until(() -> !isSaidToLive(leader.pid()));
    }

    private Process leader(String script) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(processes.shell(script));
        return new ProcessBuilder(words).start();
    }

    private static ProcessHandle awaitDescendant(Process leader, Predicate<ProcessHandle> which) {
        return await().until(() -> leader.descendants().filter(which).findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    private static boolean isSaidToLive(long group) throws IOException, InterruptedException {
        return new ProcessBuilder("/bin/sh", "-c", ProcessGroup.LIVES + "lives $1", "sh", Long.toString(group))
                        .start()
                        .waitFor()
                == 0;
    }
}
