package dev.flipbook.command;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The processes of one test. They have a mark among their arguments, by which they are found: a number that
 * {@code sleep} takes for a very long time. Zombies have no arguments, and are not counted.
 */
public final class Processes {

    private final String mark = "9" + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);

    /** Skips the test with a message if the system has no processes of the kind that it needs. */
    public Processes() {
        if (!Files.isDirectory(Path.of("/proc/self")) || !Files.isExecutable(Path.of("/bin/sh"))) {
            abort("this machine has no /proc or no /bin/sh: commands are not tested on "
                    + System.getProperty("os.name"));
        }
    }

    /** The argument that marks a process. */
    public String mark() {
        return mark;
    }

    /** A shell command that runs this script; {@code $0} is the mark, {@code $1} and so on are the words. */
    public List<String> shell(String script, Object... words) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, mark));
        Stream.of(words).map(Object::toString).forEach(command::add);
        return command;
    }

    /** The processes that run now, including stopped ones. */
    public List<Long> running() {
        List<Long> found = new ArrayList<>();
        for (File folder : list(new File("/proc"))) {
            if (folder.getName().matches("\\d+") && words(folder).contains(mark)) {
                found.add(Long.parseLong(folder.getName()));
            }
        }
        return found;
    }

    /** The processes that this program has started itself: the commands, without their children. */
    public List<ProcessHandle> commands() {
        return ProcessHandle.current()
                .children()
                .filter(child -> words(new File("/proc/" + child.pid())).contains(mark))
                .toList();
    }

    public void awaitRunning(int count) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> running().size() == count);
    }

    /** Sends a signal to one process, or to a group by its number with a dash. */
    public static void signal(String name, String to) throws IOException, InterruptedException {
        int code = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + to)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("no signal " + name + " to " + to);
        }
    }

    /** Kills the processes that a test has left. */
    public void kill() {
        running().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static String words(File folder) {
        try {
            return Files.readString(folder.toPath().resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    private static File[] list(File folder) {
        File[] files = folder.listFiles();
        return files == null ? new File[0] : files;
    }
}
