package dev.flipbook.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A reverse proxy as they stand in many a company: what is HTTP passes unchanged, a WebSocket is refused with 403. */
final class ProxyWithoutWebSockets implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final int port;

    /** One before the server at this port of the machine. */
    ProxyWithoutWebSockets(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            byte[] head = head(client.getInputStream());
            if (new String(head, StandardCharsets.ISO_8859_1).startsWith("GET /ws ")) {
                client.getOutputStream()
                        .write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
                return;
            }
            server.getOutputStream().write(head);
            Thread.ofVirtual().start(() -> pass(client, server));
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // one of both has left, and so does the other
        }
    }

    private static void pass(Socket client, Socket server) {
        try (OutputStream out = server.getOutputStream()) {
            client.getInputStream().transferTo(out);
        } catch (IOException e) {
            // as above
        }
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("left within its request");
            }
            head.write(next);
        }
        return head.toByteArray();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
