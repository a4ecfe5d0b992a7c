package dev.flipbook.server.control;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A program on this machine that talks to the server over a connection, byte by byte as the test says. One thread. */
final class Client implements AutoCloseable {

    /** Longer than anything here takes, so that a test fails with a reason and does not hang. */
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /**
     * An answer.
     *
     * @param head the status line and the headers
     */
    record Answer(String head, String body) {

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }
    }

    Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The answer to one request without a body, on a connection of its own. */
    static Answer ask(int port, String method, String path, String... headers) throws IOException {
        try (Client client = new Client(port)) {
            return client.send(head(method, path, headers) + "\r\n").answer();
        }
    }

    /** The answer to one request with this JSON, on a connection of its own. */
    static Answer send(int port, String method, String path, String json, String... headers) throws IOException {
        try (Client client = new Client(port)) {
            return client.send(withJson(method, path, json, headers)).answer();
        }
    }

    static String withJson(String method, String path, String json, String... headers) {
        return head(method, path, headers) + "Content-Type: application/json\r\nContent-Length: "
                + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    /** A request up to the last of these headers, without the blank line. */
    static String head(String method, String path, String... headers) {
        return method + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + String.join("\r\n", headers)
                + (headers.length > 0 ? "\r\n" : "");
    }

    Client send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Answer answer() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection has ended after: " + head);
            }
            head.append((char) next);
        }
        int at = head.indexOf("\r\nContent-Length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 18, head.indexOf("\r\n", at + 18)));
        return new Answer(head.toString(), new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
