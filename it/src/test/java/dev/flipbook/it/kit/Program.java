package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The built program in a process of its own, run as the launcher at the repository's root runs it. */
public final class Program implements AutoCloseable {

    private static final Pattern ADDRESS = Pattern.compile(".* at http://127\\.0\\.0\\.1:(\\d+)/");

    private final Process process;
    private final BufferedReader out;
    private final Path err;

    private Program(Process process, Path err) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.err = err;
    }

    public static Program start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** Starts the program with these variables in addition to its environment. */
    public static Program start(Map<String, String> environment, String... arguments) throws IOException {
        return start(environment, command(arguments));
    }

    /** Starts a program of the test's own that embeds Flipbook. */
    public static Program startOwn(Class<?> main, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>(command());
        String classes = Path.of(System.getProperty("flipbook.home"), "it/target/test-classes")
                .toString();
        command.replaceAll(word -> word.endsWith("/*") ? word + File.pathSeparator + classes : word);
        command.set(command.size() - 1, main.getName());
        return start(environment, command);
    }

    /** Starts the program by this command, which must become the program in its own process. */
    public static Program startBy(List<String> command) throws IOException {
        return start(Map.of(), command);
    }

    private static Program start(Map<String, String> environment, List<String> command) throws IOException {
        Path err = Files.createTempFile("flipbook-it", ".err");
        List<String> heard = new ArrayList<>(
                ignoresSignals() ? List.of("env", "--default-signal=INT", "--default-signal=HUP") : List.of());
        heard.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(heard).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new Program(builder.start(), err);
    }

    /**
     * Whether this process ignores INT, as a process does that a shell has started in the background, or HUP, as one
     * does that nohup has started. Child processes inherit that.
     */
    private static boolean ignoresSignals() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16)
                                                & (1L << (2 - 1) | 1L << (1 - 1)))
                                        != 0);
    }

    /** Starts the program with a standard error that is a full pipe, which nobody reads. */
    public static Program startWithAFullLog(String... arguments) throws IOException {
        Path pipe = Files.createTempDirectory("flipbook-it").resolve("err");
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "mkfifo \"$0\" && exec 3<>\"$0\" && rm \"$0\" && dd if=/dev/zero of=/dev/fd/3 bs=65536 count=1 2>/dev/null"
                        + " && exec \"$@\" 2>&3",
                pipe.toString()));
        command.addAll(command(arguments));
        return new Program(new ProcessBuilder(command).start(), Files.createFile(pipe.resolveSibling("none")));
    }

    /** The command that runs the program. */
    public static List<String> command(String... arguments) {
        Path built = Path.of(System.getProperty("flipbook.home")).resolve("app/target/flipbook");
        assertThat(built).as("the program; the module app builds it").isDirectory();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CompileThresholdScaling=0.5",
                "-Djava.awt.headless=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                built + "/*",
                "dev.flipbook.app.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits this long for the end of the program. */
    public boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for the next line of standard output, and returns it. */
    public String line() throws IOException {
        String line = out.readLine();
        assertThat(line).as("a line of output; standard error: %s", err()).isNotNull();
        return line;
    }

    /** Waits for the line with the server's address, and returns the port. */
    public int port() throws IOException {
        String line = line();
        Matcher address = ADDRESS.matcher(line);
        assertThat(address.matches()).as("%s; standard error: %s", line, err()).isTrue();
        return Integer.parseInt(address.group(1));
    }

    /** The rest of its standard output, to its end. */
    public String out() throws IOException {
        return out.lines().collect(Collectors.joining("\n"));
    }

    /** Its standard error so far. */
    public String err() throws IOException {
        return Files.readString(err);
    }

    /** Sends TERM or INT. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits until it has ended. */
    public int exitCode() throws IOException, InterruptedException {
        boolean ended = process.waitFor(RawConnection.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("it has ended; standard error: %s", err()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(err);
    }
}
