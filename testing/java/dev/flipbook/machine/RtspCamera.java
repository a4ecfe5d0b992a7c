package dev.flipbook.machine;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * An RTSP camera with a description that the test chooses, which sends RTP packets over the same connection.
 * Thread-safe.
 */
public final class RtspCamera implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> viewers = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final String sdp;
    private final Supplier<byte[]> packets;

    /**
     * @param sdp its description
     * @param packets gives the next packet for a viewer; an empty packet closes the connection. Called by one thread
     *     for each viewer
     */
    public RtspCamera(String sdp, Supplier<byte[]> packets) throws IOException {
        this.sdp = sdp.replaceAll("(?m)^m=video \\d+", "m=video 0");
        this.packets = packets;
        inBackground(this::accept);
    }

    private static void inBackground(Runnable work) {
        Thread thread = new Thread(work, "rtsp-camera");
        thread.setDaemon(true);
        thread.start();
    }

    public String url() {
        return "rtsp://127.0.0.1:" + listening.getLocalPort() + "/door";
    }

    /** The methods of the requests so far. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        try {
            while (true) {
                Socket viewer = listening.accept();
                viewers.add(viewer);
                inBackground(() -> serve(viewer));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket viewer) {
        try (viewer) {
            DataOutputStream out = new DataOutputStream(viewer.getOutputStream());
            for (String request = read(viewer.getInputStream());
                    !request.isEmpty();
                    request = read(viewer.getInputStream())) {
                String method = request.substring(0, request.indexOf(' '));
                asked.add(method);
                out.write(answer(method, request.replaceFirst("(?s).*CSeq: (\\d+).*", "$1"))
                        .getBytes(StandardCharsets.ISO_8859_1));
                if (method.equals("PLAY")) {
                    send(out);
                    return;
                }
            }
        } catch (IOException e) {
            // the viewer has gone
        } finally {
            viewers.remove(viewer);
        }
    }

    private String answer(String method, String number) {
        String head = "RTSP/1.0 200 OK\r\nCSeq: " + number + "\r\n";
        return switch (method) {
            case "OPTIONS" -> head + "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n";
            case "DESCRIBE" ->
                head + "Content-Type: application/sdp\r\nContent-Length: " + sdp.length() + "\r\n\r\n" + sdp;
            case "SETUP" -> head + "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";
            default -> head + "Session: 1\r\n\r\n";
        };
    }

    private void send(DataOutputStream out) throws IOException {
        for (byte[] packet = packets.get(); packet.length > 0; packet = packets.get()) {
            byte[] framed = new byte[4 + packet.length];
            framed[0] = '$';
            framed[2] = (byte) (packet.length >> 8);
            framed[3] = (byte) packet.length;
            System.arraycopy(packet, 0, framed, 4, packet.length);
            out.write(framed);
        }
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            request.append((char) c);
            if (request.length() >= 4 && request.substring(request.length() - 4).equals("\r\n\r\n")) {
                return request.toString();
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket viewer : viewers) {
            viewer.close();
        }
    }
}
