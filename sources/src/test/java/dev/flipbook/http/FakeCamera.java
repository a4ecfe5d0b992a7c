package dev.flipbook.http;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A camera on the network, whose every byte the test chooses. Each request is answered on a thread of its own. */
public final class FakeCamera implements Closeable {

    /** What a reader has asked. Names of headers are in lower case. */
    public record Request(int number, String line, Map<String, String> headers, Socket socket) {

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        public String target() {
            return line.split(" ", -1)[1];
        }

        public void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        public void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Sends the bytes in pieces of this size. */
        public void send(byte[] bytes, int piece) throws IOException {
            OutputStream out = socket.getOutputStream();
            for (int at = 0; at < bytes.length; at += piece) {
                out.write(bytes, at, Math.min(piece, bytes.length - at));
            }
        }

        /** Answers with a picture. */
        public void picture(byte[] picture, String... headers) throws IOException {
            send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: " + picture.length + "\r\n"
                    + lines(headers) + "\r\n");
            send(picture);
        }

        /** Answers without a body. */
        public void status(String status, String... headers) throws IOException {
            send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n" + lines(headers) + "\r\n");
        }

        private static String lines(String... headers) {
            return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        }

        /** Closes with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the reader has closed. */
        public void awaitGone() {
            try {
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // closed with a reset
            }
        }
    }

    /** What the camera does with a request; the connection is closed after it. */
    @FunctionalInterface
    public interface Script {
        void answer(Request request) throws IOException;
    }

    private final ServerSocket listening;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();

    private FakeCamera(ServerSocket listening, Script script) {
        this.listening = listening;
        this.script = script;
    }

    public static FakeCamera of(Script script) throws IOException {
        return listening(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), script);
    }

    /** A camera that listens on this socket. */
    static FakeCamera listening(ServerSocket socket, Script script) {
        FakeCamera camera = new FakeCamera(socket, script);
        start(camera::accept);
        return camera;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fake-camera");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                sockets.add(socket);
                open.incrementAndGet();
                start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            Request request = read(socket);
            requests.add(request);
            script.answer(request);
        } catch (IOException e) {
            // the reader has gone
        } finally {
            sockets.remove(socket);
            open.decrementAndGet();
        }
    }

    private Request read(Socket socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = in.readLine();
        Map<String, String> headers = new TreeMap<>();
        for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
            String[] pair = header.split(": ", 2);
            headers.put(pair[0].toLowerCase(Locale.ROOT), pair[pair.length - 1]);
        }
        return new Request(requests.size() + 1, line == null ? "" : line, headers, socket);
    }

    public String url(String path) {
        return "http://" + place() + path;
    }

    /** Host and port. */
    public String place() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    public int port() {
        return listening.getLocalPort();
    }

    public List<Request> requests() {
        return requests;
    }

    /** How many connections there are. */
    public int open() {
        return open.get();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
