package dev.flipbook.it.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** GStreamer's RTSP server with moving pictures, by a script in a process of its own. */
public final class RtspServer implements AutoCloseable {

    /** Debian's own Python, which has GStreamer's bindings. Another Python on the PATH has none. */
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private final Process process;
    private final int port;

    private RtspServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts the server. If that is not possible, the test is skipped with a message.
     *
     * @param port 0 for a free one
     * @param guard nothing, or {@code basic} or {@code digest}, a user and a password
     */
    public static RtspServer start(int port, String... guard) throws IOException {
        String unseen = "RTSP streams are shown";
        if (!Files.isExecutable(PYTHON)) {
            Installed.skip("there is no " + PYTHON, unseen);
        }
        Path script = Path.of(System.getProperty("flipbook.home")).resolve("it/src/test/resources/rtsp-server.py");
        List<String> command = new ArrayList<>(List.of(PYTHON.toString(), script.toString(), Integer.toString(port)));
        command.addAll(List.of(guard));
        Path errors = Files.createTempFile("rtsp-server", ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String bound = out.readLine();
        String said = Files.readString(errors);
        Files.delete(errors);
        if (bound == null) {
            process.destroyForcibly();
            Installed.skip(
                    "GStreamer's RTSP server (gir1.2-gst-rtsp-server-1.0, python3-gi) does not start: "
                            + said.strip().replaceFirst("(?s).*\n", ""),
                    unseen);
        }
        return new RtspServer(process, Integer.parseInt(String.valueOf(bound)));
    }

    public int port() {
        return port;
    }

    /**
     * The address of a stream of this server.
     *
     * @param login nothing, or user, password and the at sign
     */
    public String url(String login, String path) {
        return "rtsp://" + login + "127.0.0.1:" + port + path;
    }

    /** Sends the server the signal STOP or CONT. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Kills the server, as a power cut does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
