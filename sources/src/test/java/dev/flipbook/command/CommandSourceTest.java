package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class CommandSourceTest {

    /** Maximum time for a close. The source promises 2 s; the rest is for a busy machine. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final Processes processes = new Processes();
    private final List<CommandSource> opened = new ArrayList<>();

    @AfterEach
    void end() {
        opened.forEach(CommandSource::close);
        processes.kill();
    }

    // pictures

    @Test
    void everyPictureComesAndThenTheEnd() throws Exception {
        CommandSource source = shell("cat \"$1\"", pictures(1, 100, 50_000));

        for (int number = 1; number <= 100; number++) {
            assertThat(Pictures.number(source.next().bytes())).isEqualTo(number);
        }
        assertThatThrownBy(source::next).isInstanceOf(IOException.class).hasMessage("the command ended");
        assertThat(source.damaged()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 64, 1000, 65_536})
    void picturesInPiecesOfAnySizeComeWhole(int size) throws Exception {
        CommandSource source = shell("dd if=\"$1\" bs=$2 2>/dev/null", pictures(1, 20, 3000), size);

        for (int number = 1; number <= 20; number++) {
            assertThat(Pictures.number(source.next().bytes())).isEqualTo(number);
        }
    }

    @Test
    void garbageBeforeAndBetweenPicturesIsPassedOver() throws Exception {
        byte[] garbage = new byte[100_000];
        new Random(4).nextBytes(garbage);
        Path noise = Files.write(folder.resolve("noise"), garbage);
        CommandSource source =
                shell("cat \"$1\" \"$2\" \"$1\" \"$3\"", noise, pictures(1, 3, 5000), pictures(4, 6, 5000));

        for (int number = 1; number <= 6; number++) {
            assertThat(Pictures.number(source.next().bytes())).isEqualTo(number);
        }
    }

    @Test
    void wordsAreNotReadByAShell() throws Exception {
        Path strange = Files.copy(pictures(1, 1, 10), folder.resolve("a b;$(touch c) *.jpg"));
        CommandSource source = open("cat", strange.toString());

        assertThat(Pictures.number(source.next().bytes())).isOne();
        assertThat(folder.resolve("c")).doesNotExist();
    }

    @Test
    void variablesOfItsOwnAreInItsEnvironment() throws Exception {
        CommandSource source = new CommandSource(
                processes.shell("test -n \"$PATH\" && cat \"$PICTURES\""),
                SourceOptions.DEFAULT,
                Map.of("PICTURES", pictures(1, 1, 10).toString()),
                Set.of());
        opened.add(source);

        assertThat(Pictures.number(source.next().bytes())).isOne();
    }

    @Test
    void secretInItsEnvironmentIsInNoReason() {
        CommandSource source = new CommandSource(
                processes.shell("echo \"$CAMERA_TOKEN is refused\" >&2; exit 1"),
                SourceOptions.DEFAULT,
                Map.of("CAMERA_TOKEN", "hunter2"),
                Set.of());
        opened.add(source);

        assertThatThrownBy(source::next).hasMessage("the command exited with 1: *** is refused");
    }

    @Test
    void textThatIsKnownAsASecretIsInNoReason() {
        CommandSource source = new CommandSource(
                processes.shell("echo \"got $TOK and word1234\" >&2; exit 1"),
                SourceOptions.DEFAULT,
                Map.of("TOK", "hunter2"),
                Set.of("hunter2", "word1234", "got"));
        opened.add(source);

        assertThatThrownBy(source::next).hasMessage("the command exited with 1: got *** and ***");
    }

    @Test
    void standardInputIsEmpty() throws Exception {
        CommandSource source = shell("cat; cat \"$1\"", pictures(1, 1, 10));

        assertThat(Pictures.number(source.next().bytes())).isOne();
    }

    @Test
    void closedItIsStartedAgain() throws Exception {
        CommandSource source = shell("cat \"$1\"; exec sleep $0", pictures(1, 2, 10));

        for (int run = 0; run < 3; run++) {
            assertThat(Pictures.number(source.next().bytes())).isOne();
            await().until(() -> processes.commands().size() == 1); // a process that is being replaced has no arguments
            source.close();
            processes.awaitRunning(0);
        }
    }

    // reasons

    @Test
    void failureIsTheLastLineOfStandardError() throws Exception {
        CommandSource source = shell("echo first >&2; printf 'camera\\033[1m \\nunplugged\\r' >&2; exit 7");

        assertThatThrownBy(source::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the command exited with 7: unplugged");
    }

    @Test
    void failureWithoutAWordIsTheCode() {
        assertThatThrownBy(shell("exit 1")::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the command exited with 1");
    }

    @Test
    void signalIsNamed() {
        assertThatThrownBy(shell("kill -9 $$")::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the command was ended by signal 9");
    }

    @Test
    void commandThatClosesItsOutputHasEnded() {
        CommandSource source = shell("exec >&-; exec sleep $0");

        assertThatThrownBy(source::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed its standard output");
        closesInTime(source);
    }

    @Test
    void videoIsNamedAndWhatToTypeForIt() {
        String h264 = "printf '\\0\\0\\0\\1\\147\\102\\300\\036\\331\\0\\240\\0\\0'; sleep 30";

        assertThatThrownBy(shell(h264)::next)
                .hasMessage("the command prints H.264 video; a converter makes pictures of it:"
                        + " flipbook exec -- sh -c 'COMMAND | ffmpeg -v error -i - -f mpjpeg -'");
        assertThatThrownBy(shell("echo no camera here")::next)
                .hasMessage(
                        "the command prints text; pictures are expected: MJPEG, JPEGs or PNGs one after the other, or"
                                + " Y4M");
        assertThatThrownBy(shell("echo no camera here; echo broken >&2; exit 3")::next)
                .hasMessage("the command exited with 3: broken");
    }

    @Test
    void absentProgramIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("cam"));

        assertThatThrownBy(open("no-such-camera", "-v")::next)
                .hasMessage("there is no program 'no-such-camera': it is in no folder of the PATH");
        assertThatThrownBy(open(folder.resolve("gone").toString())::next)
                .hasMessageEndingWith(": the file does not exist");
        assertThatThrownBy(open(file.toString())::next).hasMessageEndingWith("/cam': it is not executable");
        assertThatThrownBy(open(folder.toString())::next).hasMessageEndingWith("': it is a folder");
        assertThatIllegalArgumentException().isThrownBy(() -> new CommandSource(List.of(), SourceOptions.DEFAULT));
    }

    @Test
    void passwordsAreHidden() {
        CommandSource source = shell(
                "echo opening rtsp://me:p%40ss@door/1 with p@ss and token=abcd failed >&2; exit 1",
                "rtsp://me:p%40ss@door/1");

        assertThatThrownBy(source::next)
                .hasMessage("the command exited with 1: opening rtsp://***@door/1 with *** and token=*** failed");
        assertThat(source.description()).isEqualTo("sh");
    }

    @Test
    void muchOnStandardErrorHoldsNothingUp() throws Exception {
        CommandSource source = shell(
                "head -c 10000000 /dev/zero | tr '\\0' '\\n' >&2; head -c 10000000 /dev/zero >&2; cat \"$1\"",
                pictures(1, 1, 10));
        long before = used();

        assertThat(Pictures.number(source.next().bytes())).isOne();
        assertThat(used() - before).as("of 20 MB that were said").isLessThan(10L << 20);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    // ending

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec sleep $0",
                "trap '' TERM; while :; do sleep 0.01; done",
                "sleep $0 & sleep $0 & sleep $0",
                "sleep $0 | sleep $0",
                "trap '' TERM; (trap '' TERM; while :; do sleep 0.01; done) & while :; do sleep 0.01; done",
                "setsid sleep $0; true",
                "while :; do cat /dev/zero; done",
                "kill -STOP $$"
            })
    void closingEndsAllOfIt(String script) throws Exception {
        CommandSource source = shell("cat \"$1\"; " + script, pictures(1, 1, 10));
        source.next();
        CompletableFuture<Throwable> waiting = waitForNext(source);
        int expected =
                script.split("sleep \\$0", -1).length - (script.startsWith("exec") ? 1 : 0); // the shell is one too
        await().until(() -> processes.running().size() >= expected);

        closesInTime(source);

        assertThat(waiting.get(60, TimeUnit.SECONDS)).hasMessage("the command was closed");
        processes.awaitRunning(0);
        await().untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    @Test
    void interruptEndsTheWaiting() throws Exception {
        CommandSource source = shell("exec sleep $0");
        CompletableFuture<Throwable> waiting = new CompletableFuture<>();
        Thread thread = new Thread(() -> waiting.complete(failure(source)));
        thread.start();
        processes.awaitRunning(1);

        thread.interrupt();

        assertThat(waiting.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        closesInTime(source);
        processes.awaitRunning(0);
    }

    @Test
    void interruptedCloseEndsAllOfItToo() throws Exception {
        CommandSource source = shell("trap '' TERM; cat \"$1\"; sleep $0 & sleep $0", pictures(1, 1, 10));
        source.next();

        Thread.currentThread().interrupt();
        source.close();

        assertThat(Thread.interrupted()).isTrue();
        processes.awaitRunning(0);
    }

    @Test
    void whatACommandLeavesBehindIsEnded() throws Exception {
        CommandSource source = shell("cat \"$1\"; sleep $0 & (sleep $0 &) ; exit 3", pictures(1, 1, 10));
        source.next();
        long start = System.nanoTime();

        assertThatThrownBy(source::next).hasMessage("the command exited with 3");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CLOSING);
        processes.awaitRunning(0);
    }

    @Test
    void strangerThatHoldsThePipeOpenHoldsNothingUp() throws Exception {
        CommandSource source = shell("cat \"$1\"; (setsid sleep $0 &); sleep 0.2; exit 3", pictures(1, 1, 10));
        source.next();
        long start = System.nanoTime();

        assertThatThrownBy(source::next).hasMessage("the command exited with 3");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CLOSING);
        closesInTime(source);
        processes.kill();
        await().untilAsserted(() -> assertThat(threads()).isEmpty()); // of other tests too
    }

    @Test
    void closedAtOnceNothingIsLeft() {
        for (int i = 0; i < 8; i++) {
            CommandSource source = shell("sleep $0 & sleep $0");
            CompletableFuture<Throwable> waiting = waitForNext(source);
            source.close();
            if (!waiting.isDone()) { // the close came before the start
                source.close();
            }
            await().atMost(CLOSING).pollInterval(Duration.ofMillis(2)).until(() -> {
                source.close();
                return waiting.isDone();
            });
            processes.awaitRunning(0);
        }
    }

    @Test
    void withoutSetsidItsDescendantsAreEnded() throws Exception {
        List<String> command = processes.shell("cat \"$1\"; sleep $0 & sleep $0", pictures(1, 1, 10));
        command.set(0, "/bin/sh");
        CommandSource source =
                new CommandSource(command, SourceOptions.DEFAULT, new Programs(List.of()), Ticker.system());
        opened.add(source);
        source.next();
        processes.awaitRunning(3);

        closesInTime(source);

        processes.awaitRunning(0);
    }

    private static void closesInTime(CommandSource source) {
        long start = System.nanoTime();
        source.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CLOSING);
    }

    private static CompletableFuture<Throwable> waitForNext(CommandSource source) {
        return CompletableFuture.supplyAsync(() -> failure(source));
    }

    private static Throwable failure(CommandSource source) {
        try {
            while (true) {
                source.next();
            }
        } catch (IOException | InterruptedException e) {
            return e;
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("flipbook-"))
                .toList();
    }

    private CommandSource shell(String script, Object... words) {
        CommandSource source = new CommandSource(processes.shell(script, words), SourceOptions.DEFAULT);
        opened.add(source);
        return source;
    }

    private CommandSource open(String... command) {
        CommandSource source = new CommandSource(List.of(command), SourceOptions.DEFAULT);
        opened.add(source);
        return source;
    }

    /** A file of numbered pictures that follow each other directly. */
    private Path pictures(int from, int to, int filling) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int number = from; number <= to; number++) {
            bytes.writeBytes(Pictures.numbered(number, filling));
        }
        return Files.write(folder.resolve(from + "-" + to + ".mjpeg"), bytes.toByteArray());
    }

    @Test
    void countsGoOnOverRestarts() throws Exception {
        byte[] half = java.util.Arrays.copyOf(Pictures.numbered(1, 1000), 600);
        Path torn = Files.write(folder.resolve("torn"), half);
        CommandSource source = shell("cat \"$1\" \"$2\"; exec sleep $0", torn, pictures(2, 3, 10));
        Frame frame = source.next();
        long once = source.damaged();
        source.close();
        source.next();

        assertThat(Pictures.number(frame.bytes())).isEqualTo(2);
        assertThat(once).isPositive();
        assertThat(source.damaged()).isEqualTo(2 * once);
    }
}
