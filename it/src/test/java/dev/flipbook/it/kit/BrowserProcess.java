package dev.flipbook.it.kit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running browser program with a fresh profile folder of its own. One thread at a time. */
final class BrowserProcess implements AutoCloseable {

    /** Maximum time for a start. The first start on a loaded machine with two cores takes up to 10 s. */
    private static final long START_NANOS = SECONDS.toNanos(60);

    private final Path profile;
    private final Process process;

    private BrowserProcess(Path profile, Process process) {
        this.profile = profile;
        this.process = process;
        // a browser would outlive a test run that is cut off
        Runtime.getRuntime().addShutdownHook(new Thread(this::killAll, "end-browser-" + process.pid()));
    }

    /** A folder for {@link #start}. */
    static Path newProfile() throws IOException {
        return Files.createTempDirectory("flipbook-browser-");
    }

    /** Starts the program; what it says goes into a file of the profile. */
    static BrowserProcess start(Path profile, List<String> command) throws IOException {
        File output = profile.resolve("output.txt").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(output).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().put("HOME", profile.toString()); // nothing of the user's own browser is read or changed
        builder.environment().remove("DISPLAY");
        return new BrowserProcess(profile, builder.start());
    }

    /** The text of a file that the browser writes into its profile, once it ends in this. */
    String awaitFile(String name, String ending) throws IOException, InterruptedException {
        Path file = profile.resolve(name);
        long end = System.nanoTime() + START_NANOS;
        while (process.isAlive() && System.nanoTime() - end < 0) {
            String text = Files.exists(file) ? Files.readString(file) : "";
            if (!text.isEmpty() && text.endsWith(ending)) {
                return text;
            }
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw new IOException(process.info().command().orElse("the browser") + " has written no " + name
                + (process.isAlive() ? " within " + NANOSECONDS.toSeconds(START_NANOS) + " s" : " and has ended")
                + "; it said: " + Files.readString(profile.resolve("output.txt")));
    }

    /** Kills the processes that the program has started with this argument. */
    void kill(String argument) {
        process.descendants()
                .filter(one -> (commandLine(one) + " ").contains(" " + argument + " "))
                .forEach(ProcessHandle::destroyForcibly);
    }

    /**
     * The command line of a process, read from Linux, because Java reports only the program for processes that a
     * browser forks.
     */
    private static String commandLine(ProcessHandle one) {
        try {
            return Files.readString(Path.of("/proc/" + one.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    /** Kills the program and everything that it has started, then removes the profile. */
    @Override
    public void close() {
        List<ProcessHandle> all = killAll();
        all.forEach(one -> one.onExit().orTimeout(10, SECONDS).join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("the profile " + profile + " could not be removed: " + e);
        }
    }

    private List<ProcessHandle> killAll() {
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        return all;
    }
}
