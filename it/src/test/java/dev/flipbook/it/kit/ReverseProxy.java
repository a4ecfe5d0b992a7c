package dev.flipbook.it.kit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.machine.FreePort;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A reverse proxy in a process of its own, with the configuration that is in examples/proxies and in the documents. */
public final class ReverseProxy implements AutoCloseable {

    /** The proxies that are tested. */
    public enum Kind {
        NGINX("nginx", "nginx.conf") {
            @Override
            List<String> command(String program, Path folder, Path configuration) {
                // started by root it would hand the work to somebody who may not enter the folder; for others it is
                // ignored
                String user = System.getProperty("user.name");
                return List.of(
                        program,
                        "-p",
                        folder.toString(),
                        "-c",
                        configuration.toString(),
                        "-e",
                        "stderr",
                        "-g",
                        "daemon off;" + (user.equals("root") ? " user root;" : ""));
            }
        },
        HAPROXY("haproxy", "haproxy.cfg") {
            @Override
            List<String> command(String program, Path folder, Path configuration) {
                return List.of(program, "-db", "-f", configuration.toString());
            }
        },
        APACHE("apache2", "apache.conf") {
            @Override
            List<String> command(String program, Path folder, Path configuration) {
                return List.of(program, "-d", folder.toString(), "-f", configuration.toString(), "-DFOREGROUND");
            }
        };

        private final String program;
        private final String file;

        Kind(String program, String file) {
            this.program = program;
            this.file = file;
        }

        abstract List<String> command(String program, Path folder, Path configuration);
    }

    private static final Path EXAMPLES = Path.of(System.getProperty("flipbook.home"), "examples", "proxies");

    private final Path folder;
    private final int port;
    private final Process process;

    private ReverseProxy(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
        // a proxy would outlive a test run that is cut off
        Runtime.getRuntime().addShutdownHook(new Thread(this::killAll, "end-proxy-" + process.pid()));
    }

    /** Starts a proxy in front of the server on this port, configured as in the examples. */
    public static ReverseProxy start(Kind kind, int server) throws IOException {
        return start(kind, server, "", "");
    }

    /** Starts a proxy that has the server below {@code /cam/}, configured as in the examples. */
    public static ReverseProxy startBelowAPath(Kind kind, int server) throws IOException {
        return start(kind, server, EXAMPLES.resolve("below-a-path"), "", "");
    }

    /**
     * Starts a proxy with one more line of configuration.
     *
     * @param before the text of the configuration that the line goes before
     */
    public static ReverseProxy start(Kind kind, int server, String line, String before) throws IOException {
        return start(kind, server, EXAMPLES, line, before);
    }

    private static ReverseProxy start(Kind kind, int server, Path configurations, String line, String before)
            throws IOException {
        String program = Installed.program(kind.program, "streams pass through it picture by picture");
        int port = FreePort.find();
        String text = Files.readString(configurations.resolve(kind.file))
                .replace("127.0.0.1:8080", "127.0.0.1:" + server)
                .replace("127.0.0.1:8000", "127.0.0.1:" + port);
        assertThat(text).contains(before);
        Path folder = Files.createTempDirectory("flipbook-proxy-");
        Path configuration = Files.writeString(
                folder.resolve(kind.file), line.isEmpty() ? text : text.replace(before, line + "\n" + before));
        File output = folder.resolve("output.txt").toFile();
        Process process = new ProcessBuilder(kind.command(program, folder, configuration))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .redirectInput(new File("/dev/null"))
                .start();
        ReverseProxy proxy = new ReverseProxy(folder, port, process);
        await().until(() -> !process.isAlive() || proxy.listens());
        assertThat(process.isAlive())
                .as("%s runs; it said: %s", kind, Files.readString(output.toPath()))
                .isTrue();
        return proxy;
    }

    public int port() {
        return port;
    }

    private boolean listens() {
        try {
            RawConnection.to(port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the proxy and kills its workers, and removes its folder. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy(); // first, or the process would start workers again
        workers.forEach(ProcessHandle::destroyForcibly); // a worker of Apache that waits for Flipbook would end late
        try {
            process.onExit().orTimeout(10, SECONDS).join();
        } finally {
            process.destroyForcibly();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private void killAll() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
