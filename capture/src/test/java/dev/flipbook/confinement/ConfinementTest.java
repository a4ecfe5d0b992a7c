package dev.flipbook.confinement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.ffmpeg.Clips;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a confined process can do and what it cannot, tried by {@link ConfinedProbe} in a JVM of its own. */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class ConfinementTest {

    private static final List<String> NOT_PERMITTED = List.of(
            "mknodat",
            "memfd_create",
            "inotify_add_watch",
            "execve",
            "fork",
            "kill",
            "tgkill",
            "pidfd_open",
            "ptrace",
            "process_vm_readv",
            "shmget",
            "prctl",
            "prlimit64",
            "unshare",
            "setns",
            "mount",
            "setuid",
            "bpf",
            "perf_event_open",
            "keyctl",
            "userfaultfd",
            "tiocsti",
            "socket unix",
            "socket raw",
            "socket netlink",
            "listen");

    private static final List<String> FAILING = List.of(
            "write",
            "write over",
            "mkdir",
            "unlink",
            "rename",
            "symlink",
            "chmod",
            "exec",
            "too much memory",
            "older mkdir");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void makeFiles() throws IOException {
        Files.writeString(folder.resolve("note"), "a note");
        Clips.run(List.of(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=320x240:r=25",
                "-t",
                "1",
                folder.resolve("clip.mp4").toString()));
        assertThat(folder.toFile().setReadable(true, false) && folder.toFile().setExecutable(true, false))
                .isTrue();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decoderOfFilesCannotDoAnythingElse(boolean asRoot) throws Exception {
        Map<String, String> results = probe(Confinement.Kind.FILES, asRoot);
        refusesWhatNoDecoderDoes(results);
        decodesAsBefore(results);
        assertThat(results)
                .containsEntry("socket udp", "-1")
                .containsEntry("socket tcp", "-1")
                .containsEntry("bind udp", "-1")
                .containsEntry("bind tcp", "-1")
                .containsEntry("connect to a closed socket", "-1");
        assertThat(results.get("connect")).startsWith("failed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void decoderOfStreamsCanConnectButNotListen(boolean asRoot) throws Exception {
        Map<String, String> results = probe(Confinement.Kind.NETWORK, asRoot);
        refusesWhatNoDecoderDoes(results);
        decodesAsBefore(results);
        assertThat(results).containsEntry("bind udp", "0").containsEntry("connect", "did: 42");
        if (landlock() >= 4) {
            assertThat(results).containsEntry("bind tcp", "-13");
        } else {
            say("landlock of this kernel knows no ports: TCP may be bound, but not listened on");
        }
    }

    private static void refusesWhatNoDecoderDoes(Map<String, String> results) {
        assertThat(results).doesNotContainKey(landlock() > 0 ? "refused" : "").containsEntry("done", "yes");
        assertThat(NOT_PERMITTED).allSatisfy(name -> assertThat(results).containsEntry(name, "-1"));
        assertThat(List.of("openat2", "clone3", "io_uring_setup"))
                .allSatisfy(name -> assertThat(results).containsEntry(name, "-38"));
        assertThat(FAILING)
                .allSatisfy(name -> assertThat(results.get(name)).as(name).startsWith("failed"));
        if (landlock() > 0) {
            assertThat(results.get("read /etc/passwd")).startsWith("failed");
            assertThat(results.get("list /")).startsWith("failed");
        } else {
            say("this kernel has no landlock: what a decoder may read is not tested");
        }
    }

    private static void decodesAsBefore(Map<String, String> results) {
        assertThat(results)
                .containsEntry("read", "did: a note")
                .containsEntry("thread", "did: ran")
                .containsEntry("virtual thread", "did: ran")
                .containsEntry("allocate", "did: " + (16 << 20))
                .containsEntry("collect", "did: collected")
                .containsEntry("decode", "did: pictures");
    }

    @Test
    void aDecoderEndsWithItsParent() throws Exception {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" \"$$\" 0 & wait", "sh"));
        line.addAll(command(Confinement.Kind.FILES, classPath()));
        Process shell = start(line);
        try (BufferedReader out = shell.inputReader()) {
            String said = line(out);
            while (!said.isEmpty() && !said.startsWith("stays")) {
                said = line(out);
            }
            assertThat(said).startsWith("stays");
            Path child = Path.of("/proc", said.replaceAll("\\D", ""), "stat");
            assertThat(child).exists();
            shell.toHandle().destroyForcibly(); // SIGKILL, for the shell alone
            await().atMost(30, TimeUnit.SECONDS).until(() -> hasEnded(child));
        }
    }

    /** Whether the process has ended, also if it is a zombie. */
    private static boolean hasEnded(Path stat) {
        try {
            return Files.readString(stat).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void decoderDoesNotStartAfterItsParentHasEnded() throws Exception {
        List<String> line = new ArrayList<>(command(Confinement.Kind.FILES, classPath()));
        line.addAll(List.of("1", "0")); // another parent than this process
        Process child = start(line);
        assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("stays");
        assertThat(child.waitFor()).isEqualTo(1);
    }

    /** The results of the probe, by their names, and those of checks of the process from outside. */
    private Map<String, String> probe(Confinement.Kind kind, boolean asRoot) throws Exception {
        List<String> line = new ArrayList<>();
        String classPath = classPath();
        if (isRoot() && !asRoot) {
            line.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
            classPath = copied(classPath);
        } else if (isRoot() != asRoot) {
            Clips.skip("only root can try this as root");
        }
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(server));
            line.addAll(command(kind, classPath));
            line.addAll(List.of(Long.toString(ProcessHandle.current().pid()), Integer.toString(server.getLocalPort())));
            Process child = start(line);
            Map<String, String> results = new HashMap<>();
            BufferedReader out = child.inputReader();
            for (String said = line(out); !said.isEmpty(); said = line(out)) {
                String[] parts = said.split(" = ", 2);
                results.put(parts[0], parts.length > 1 ? parts[1] : "");
                if (said.startsWith("done")) {
                    isConfined(child.pid());
                    child.getOutputStream().close();
                }
            }
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.exists(folder.resolve("note"))).isTrue();
            return results;
        }
    }

    private static void isConfined(long pid) throws IOException {
        Path process = Path.of("/proc/" + pid);
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            assertThat(threads.map(ConfinementTest::status))
                    .hasSizeGreaterThan(5)
                    .allSatisfy(status -> assertThat(status)
                            .containsPattern("NoNewPrivs:\\s1")
                            .containsPattern("Seccomp:\\s2"));
        }
        assertThat(process.resolve("oom_score_adj")).hasContent("700");
        assertThat(Files.readString(process.resolve("limits")))
                .containsPattern("Max core file size +0 +0 ")
                .containsPattern("Max open files +256 +256 ")
                .containsPattern("Max data size +536870912 +536870912 ")
                .containsPattern("Max file size +0 +0 ");
        assertThat(Files.readString(process.resolve("stat"))
                        .replaceAll(".*\\) ", "")
                        .split(" ", -1)[3])
                .as("its own session")
                .isEqualTo(Long.toString(pid));
    }

    private static String status(Path thread) {
        try {
            return Files.readString(thread.resolve("status"));
        } catch (IOException e) { // the thread has ended meanwhile
            return "NoNewPrivs:\t1 Seccomp:\t2";
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write(42);
        } catch (IOException e) {
            // nobody could connect
        }
    }

    private List<String> command(Confinement.Kind kind, String classPath) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
                "-Dflipbook.decoder=inside",
                "-cp",
                classPath,
                ConfinedProbe.class.getName(),
                kind.name(),
                folder.toString());
    }

    private Process start(List<String> line) throws IOException {
        Process process = new ProcessBuilder(line)
                .directory(new File("/"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        started.add(process);
        return process;
    }

    private static String line(BufferedReader out) {
        try {
            String line = out.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Our own classes, and the jars of FFmpeg. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return String.join(
                File.pathSeparator,
                Stream.of(all.split(File.pathSeparator))
                        .filter(entry -> Files.isDirectory(Path.of(entry))
                                || Path.of(entry).getFileName().toString().matches("(flipbook|ffmpeg|javacpp).*"))
                        .toList());
    }

    /** A copy that every user may read, and a folder for libraries that every user may write to. */
    private String copied(String classPath) throws IOException {
        List<String> copies = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path copy = folder.resolve("part" + copies.size());
            try (Stream<Path> files = Files.walk(Path.of(entry))) {
                for (Path file : files.toList()) {
                    Files.copy(
                            file, copy.resolve(Path.of(entry).relativize(file).toString()));
                }
            }
            copies.add(copy.toString());
        }
        assertThat(Files.createDirectory(folder.resolve("cache")).toFile().setWritable(true, false))
                .isTrue();
        return String.join(File.pathSeparator, copies);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static int landlock() {
        try (Kernel kernel = new Kernel(Machine.current().orElseThrow())) {
            return Landlock.version(kernel);
        }
    }

    private static void say(String text) {
        System.err.println("NOT TESTED: " + text);
    }
}
