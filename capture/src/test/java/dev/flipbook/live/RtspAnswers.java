package dev.flipbook.live;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An RTSP server that has one answer for each request, or none, and no pictures. Thread-safe. */
final class RtspAnswers implements AutoCloseable {

    /** Instead of an answer. */
    static final String SILENCE = "silence";

    /** Instead of an answer. */
    static final String HANG_UP = "hang up";

    private final ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final List<Socket> viewers = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final UnaryOperator<String> answers;

    /** @param answers of a request, its status line and headers, such as {@code 404 Not Found}; CSeq is put in */
    RtspAnswers(UnaryOperator<String> answers) throws IOException {
        this.answers = answers;
        Thread.ofVirtual().start(this::accept);
    }

    String url(String login, String path) {
        return "rtsp://" + login + "127.0.0.1:" + port() + path;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** What was asked so far. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                Socket viewer = listening.accept();
                viewers.add(viewer);
                Thread.ofVirtual().start(() -> serve(viewer));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket viewer) {
        try (viewer) {
            for (String request = read(viewer.getInputStream());
                    !request.isEmpty();
                    request = read(viewer.getInputStream())) {
                requests.add(request);
                String answer = answers.apply(request);
                if (answer.equals(HANG_UP)) {
                    return;
                }
                if (!answer.equals(SILENCE)) {
                    String cseq = request.replaceFirst("(?s).*CSeq: (\\d+).*", "$1");
                    viewer.getOutputStream()
                            .write(("RTSP/1.0 " + answer.replaceFirst("\r\n|$", "\r\nCSeq: " + cseq + "\r\n") + "\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException e) {
            // the viewer has gone
        }
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        for (int c = in.read(); c >= 0 && request.indexOf("\r\n\r\n") < 0; c = in.read()) {
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
