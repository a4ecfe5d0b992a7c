package dev.flipbook.app;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.app.console.Program;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Uses the program for a few seconds as people do. The launcher runs this once after a build and makes the JVM record
 * the loaded classes and their profiles, so that later starts take a fraction of the time.
 */
final class Training {

    private static final int VIEWERS = 20;
    /** Number of frames: enough for the JVM to compile the code. */
    private static final int FRAMES = 600;

    private static final List<String> ANSWERS =
            List.of("/", "/feeds/test", "/page/page.js", "/api/feeds", "/api/feeds/test", "/feeds/demo.jpg", "/none");

    private Training() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        check();
        serve();
        Path file = Files.createTempFile("flipbook", ".mjpeg");
        try (Flipbook flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0))) {
            flipbook.feed("demo", FrameSource.open("demo"));
            flipbook.feed("test", FrameSource.open("test"));
            Feed still = flipbook.feed("still");
            for (String path : ANSWERS) {
                ask(flipbook.port(), path, true);
            }
            byte[] picture = ask(flipbook.port(), "/feeds/test.jpg", true);
            play(flipbook, file, picture);
            for (int i = 0; i < VIEWERS; i++) {
                String path = i % 2 == 0 ? "/feeds/still.mjpg" : "/feeds/still.mjpg?framing=browser";
                Thread.ofPlatform().daemon().start(() -> watch(flipbook.port(), path));
            }
            for (int i = 0; i < FRAMES; i++) {
                still.publish(picture);
                Thread.sleep(4);
            }
        } finally {
            Files.delete(file);
        }
    }

    /** Reads a configuration file as a start does. */
    private static void check() throws IOException, InterruptedException {
        Path file = Files.createTempFile("flipbook", ".yaml");
        try {
            Files.writeString(file, """
                    listen: 127.0.0.1:8080
                    defaults: {quality: 80, stall_timeout: 5s}
                    feeds:
                      demo: demo
                      door: rtsp://${FLIPBOOK_TRAINING:-door}/stream1
                      lobby: {source: test, fps: 15, size: 640x480, controls: {brightness: 20}}
                    """);
            var _ = Main.run(CheckCommand.NAME, file.toString());
        } finally {
            Files.delete(file);
        }
    }

    /** Runs a whole start, from the command line to the first picture and the signal that ends it. */
    private static void serve() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Thread.ofPlatform().daemon().start(() -> {
            watchFirst(port);
            // not imported, because the javadoc tool would warn of the import
            sun.misc.Signal.raise(new sun.misc.Signal("TERM"));
        });
        var _ = Main.run("demo", "--port", String.valueOf(port));
    }

    private static void watchFirst(int port) {
        for (int i = 0; i < 1000; i++) {
            try {
                ask(port, "/feeds/demo.jpg", true);
                return;
            } catch (ConnectException e) {
                LockSupport.parkNanos(10_000_000); // the server is not ready yet
            } catch (IOException e) {
                Program.complain(String.valueOf(e.getMessage()));
                return;
            }
        }
    }

    /** Plays a video that consists of this picture, in another size so that it is decoded and encoded again. */
    private static void play(Flipbook flipbook, Path file, byte[] picture) throws IOException {
        for (int i = 0; i < 50; i++) {
            Files.write(file, picture, StandardOpenOption.APPEND);
        }
        flipbook.feed("video", FrameSource.open(file.toString(), new SourceOptions(0, 320, 240, 80)));
        ask(flipbook.port(), "/feeds/video.jpg", true);
        System.setProperty("flipbook.decoder", "inside"); // as in a decoder process, which starts from the same cache
        flipbook.feed("inside", FrameSource.open(file.toString(), new SourceOptions(0, 320, 240, 80)));
        ask(flipbook.port(), "/feeds/inside.jpg", true);
    }

    /** The body of an answer. A stream is read to its end without keeping its bytes. */
    private static byte[] ask(int port, String path, boolean whole) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            if (!whole) {
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                return new byte[0];
            }
            byte[] answer = socket.getInputStream().readAllBytes();
            int body = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
            return Arrays.copyOfRange(answer, body, answer.length);
        }
    }

    private static void watch(int port, String path) {
        try {
            ask(port, path, false);
        } catch (IOException e) {
            Program.complain(String.valueOf(e.getMessage()));
        }
    }
}
