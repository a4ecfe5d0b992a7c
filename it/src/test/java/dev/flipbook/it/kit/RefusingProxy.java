package dev.flipbook.it.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy in front of a server, at / and at /cam/. HTTP requests pass, except for those that the test has told
 * it to refuse.
 */
public final class RefusingProxy implements AutoCloseable {

    /** The answer to requests whose first line begins like this. */
    private record Refusal(String beginning, String answer) {}

    private final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile @Nullable Refusal refusal;

    /** A proxy in front of the server on this port. */
    public RefusingProxy(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::accept);
    }

    /** A proxy that does not support WebSockets, like those of many companies. */
    public static RefusingProxy withoutWebSockets(int port) throws IOException {
        RefusingProxy proxy = new RefusingProxy(port);
        proxy.refusal =
                new Refusal("GET /ws ", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return proxy;
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
    }

    /**
     * Ends all connections, and from now on gives this answer to requests that begin like this, such as
     * {@code GET /ws}.
     */
    public void refuse(String beginning, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        refusal = new Refusal(
                beginning,
                "HTTP/1.1 " + status + " Refused\r\nContent-Type: " + type + "\r\nContent-Length: " + bytes.length
                        + "\r\nConnection: close\r\n\r\n" + body);
        cut();
    }

    /** Ends all connections, and lets everything through from now on. */
    public void pass() throws IOException {
        refusal = null;
        cut();
    }

    private void cut() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // closed: the test is over
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head = head(client.getInputStream());
            Refusal now = refusal;
            if (now != null && head.startsWith(now.beginning())) {
                client.getOutputStream().write(now.answer().getBytes(StandardCharsets.UTF_8));
                return;
            }
            server.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            Thread.ofVirtual().start(() -> pass(client, server));
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // one side has left, so the other side is closed too
        } finally {
            open.remove(client);
        }
    }

    private static void pass(Socket client, Socket server) {
        try (OutputStream out = server.getOutputStream()) {
            client.getInputStream().transferTo(out);
        } catch (IOException e) {
            // as above
        }
    }

    /**
     * Reads a request's head, and addresses it to a name that every server knows. The head also closes the connection,
     * so that the next request comes over another one and is checked too.
     */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("left within its request");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1)
                .replaceFirst("^(\\w+) /cam/", "$1 /")
                .replace("Host: " + Browser.FOREIGN, "Host: localhost")
                .replaceFirst("(?i)Connection: keep-alive", "Connection: close");
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
