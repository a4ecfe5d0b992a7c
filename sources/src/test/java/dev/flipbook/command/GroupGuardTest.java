package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class GroupGuardTest {

    @TempDir
    Path folder;

    private final Processes processes = new Processes();
    private Path picture = Path.of("");

    @BeforeEach
    void draw() throws IOException {
        picture = Files.write(folder.resolve("picture"), Pictures.numbered(1, 10));
    }

    @AfterEach
    void end() {
        processes.kill();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec sleep $0",
                "sleep $0 & (sleep $0 &) ; sleep $0 | sleep $0",
                "trap '' TERM; (trap '' TERM; while :; do sleep 0.1; done) & while :; do sleep 0.1; done",
                "(trap '' TERM; while :; do sleep 0.1; done) & sleep $0",
                "sleep $0 & kill -STOP $$"
            })
    void killedProgramLeavesNothingOfItsCommand(String script) throws Exception {
        Process program = program("cat \"$1\"; " + script);

        kill(program);

        processes.awaitRunning(0);
    }

    @Test
    void killedProgramLetsItsCommandFinishWhatItWrites() throws Exception {
        Path file = folder.resolve("finished");
        // prints nothing, because the pipes of its output are broken
        Process program = program(
                "cat \"$1\"; (trap 'sleep 0.1; echo done > \"$2\"; exit' TERM; echo > \"$3\"; while :; do sleep 0.01; done)"
                        + " 2>/dev/null & exec sleep $0",
                file,
                folder.resolve("ready"));
        await().until(() -> Files.exists(folder.resolve("ready")));

        kill(program);

        await().untilAsserted(() -> assertThat(file).content().isEqualTo("done\n"));
        processes.awaitRunning(0);
    }

    @Test
    void lockOfTheCommandIsFreeWhenItsProgramWasKilled() throws Exception {
        Path lock = folder.resolve("lock");
        Process program = program("exec 9> \"$2\"; flock 9; cat \"$1\"; sleep $0 & sleep $0", lock);
        assertThat(locks(lock)).isFalse();

        kill(program);

        await().until(() -> locks(lock));
    }

    @Test
    void commandThatWaitsForAllItsChildrenEnds() throws Exception {
        CommandSource source = source("cat \"$1\"; sleep 0.01 & wait; cat; exit 4");

        source.next();

        assertThatThrownBy(source::next).hasMessage("the command exited with 4");
        source.close();
    }

    @Test
    void noGuardIsLeftWhenCommandsHaveEnded() throws Exception {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        for (int run = 0; run < 20; run++) {
            CommandSource source = source(run % 2 == 0 ? "cat \"$1\"" : "cat \"$1\"; exec sleep $0");
            source.next();
            if (run == 1) {
                assertThat(guards(before)).isNotEmpty();
            }
            source.close();
        }

        await().untilAsserted(() -> assertThat(guards(before)).isEmpty());
    }

    @Test
    void guardThatCannotStartDoesNoHarm() throws Exception {
        Path setsid = Files.writeString(folder.resolve("setsid"), "#!/bin/false\n");
        assertThat(setsid.toFile().setExecutable(true)).isTrue();
        GroupGuard none = GroupGuard.none();
        GroupGuard dead = GroupGuard.start(setsid.toString());
        GroupGuard absent = GroupGuard.start(folder.resolve("gone").toString());

        for (GroupGuard guard : List.of(none, dead, absent)) {
            guard.watch(ProcessHandle.current().pid());
            guard.dismiss();
        }
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    private static List<ProcessHandle> guards(List<ProcessHandle> before) {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> !before.contains(child))
                .toList();
    }

    private CommandSource source(String script) {
        return new CommandSource(
                processes.shell(script, picture),
                SourceOptions.DEFAULT,
                Programs.of(System.getenv("PATH")),
                Ticker.system());
    }

    /** Starts a program that shows this command, and waits for its first picture. */
    private Process program(String script, Object... words) throws IOException {
        List<Object> all = new ArrayList<>(List.of(picture));
        all.addAll(List.of(words));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledProgram.class.getName()));
        command.addAll(processes.shell(script, all.toArray()));
        Process program = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = program.inputReader();
        assertThat(Optional.ofNullable(said.readLine())).contains("playing");
        return program;
    }

    /** Kills the process with SIGKILL. */
    private void kill(Process program) throws InterruptedException {
        assertThat(processes.running()).hasSizeGreaterThan(1);
        program.destroyForcibly().waitFor();
    }

    private static boolean locks(Path lock) throws IOException, InterruptedException {
        return new ProcessBuilder("flock", "-n", lock.toString(), "true")
                        .start()
                        .waitFor()
                == 0;
    }
}
