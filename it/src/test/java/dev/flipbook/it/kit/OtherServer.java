package dev.flipbook.it.kit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A server that is not Flipbook, whose every byte the test chooses. Each connection gets the same head, and then the
 * same part at a fixed rate.
 */
public final class OtherServer implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Socket> viewers = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    private Future<?> sending = CompletableFuture.completedFuture("nothing");

    private OtherServer() throws IOException {}

    /** A server that answers with this head, sends no part, and closes. */
    public static OtherServer refusing(String head) throws IOException {
        OtherServer server = new OtherServer();
        server.accept(head, false);
        return server;
    }

    public static OtherServer sending(String head, int fps, Supplier<String> part) throws IOException {
        OtherServer server = new OtherServer();
        server.accept(head, true);
        server.sending = server.clock.scheduleAtFixedRate(
                () -> server.sendAll(part.get()), 0, 1_000_000_000L / fps, TimeUnit.NANOSECONDS);
        return server;
    }

    public String url() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/stream";
    }

    /** The heads of the requests that have come. */
    public List<String> requests() {
        return requests;
    }

    private void accept(String head, boolean stay) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket viewer = listening.accept();
                    requests.add(requestFrom(viewer.getInputStream()));
                    send(viewer, head);
                    if (stay) {
                        viewers.add(viewer);
                    } else {
                        viewer.close();
                    }
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    private static String requestFrom(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.read());
        }
        return request.toString();
    }

    private void sendAll(String part) {
        viewers.removeIf(viewer -> {
            try {
                send(viewer, part);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    private static void send(Socket viewer, String latin1) throws IOException {
        viewer.getOutputStream().write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Closes every connection there is. */
    public void cutOff() throws IOException {
        for (Socket viewer : viewers) {
            viewer.close();
        }
        viewers.clear();
    }

    public int viewers() {
        return viewers.size();
    }

    @Override
    public void close() throws IOException {
        sending.cancel(true);
        clock.shutdownNow();
        listening.close();
        cutOff();
    }
}
