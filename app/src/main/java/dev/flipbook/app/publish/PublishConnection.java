package dev.flipbook.app.publish;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request that publishes: an endless multipart body, and an answer that may come at any time. One thread sends; a
 * thread of its own reads the answer.
 */
final class PublishConnection implements AutoCloseable {

    private static final String BOUNDARY = "flipbookpublish";
    private static final int MAX_ANSWER = 16 << 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})[ \\r\\n]");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d{1,5})\r\n");

    /** The server's answer: its status, and the first line of its body. */
    record Answer(int status, String sentence) {}

    private final Socket socket;
    private final OutputStream out;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    private PublishConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** Connects and begins the request. */
    static PublishConnection open(PublishTarget target) throws IOException {
        Socket socket = target.connect();
        try {
            PublishConnection connection = new PublishConnection(socket);
            connection.out.write(target.head(BOUNDARY).getBytes(StandardCharsets.US_ASCII));
            Thread.ofPlatform().daemon().name("flipbook-answer").start(connection::readAnswer);
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends a picture in one write. An empty picture is a part without bytes, which serves as a keep-alive. */
    void send(byte[] picture) throws IOException {
        chunk(
                ("--" + BOUNDARY + "\r\nContent-Type: image/jpeg\r\nContent-Length: " + picture.length + "\r\n\r\n"),
                picture,
                "\r\n");
    }

    /** Ends the body. */
    void end() throws IOException {
        chunk("--" + BOUNDARY + "--\r\n", new byte[0], "");
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private void chunk(String before, byte[] body, String after) throws IOException {
        int size = before.length() + body.length + after.length();
        ByteArrayOutputStream all = new ByteArrayOutputStream(size + 16);
        all.writeBytes((Integer.toHexString(size) + "\r\n" + before).getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(body);
        all.writeBytes((after + "\r\n").getBytes(StandardCharsets.US_ASCII));
        all.writeTo(out);
    }

    /** The answer, if the server has sent it. */
    Optional<Answer> answer() {
        return answer.isDone() && !answer.isCompletedExceptionally() ? Optional.of(answer.join()) : Optional.empty();
    }

    /**
     * Waits for the answer.
     *
     * @param millis maximum time to wait in milliseconds
     */
    Optional<Answer> awaitAnswer(long millis) throws InterruptedException {
        try {
            return Optional.of(answer.get(millis, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private void readAnswer() {
        try {
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            Optional<Answer> whole = Optional.empty();
            byte[] piece = new byte[1024];
            while (whole.isEmpty() && all.size() < MAX_ANSWER) {
                int count = in.read(piece);
                all.write(piece, 0, Math.max(0, count));
                whole = parse(all.toString(StandardCharsets.UTF_8), count < 0);
                if (count < 0 && whole.isEmpty()) {
                    throw new IOException("the server has closed the connection");
                }
            }
            answer.complete(whole.orElseThrow(() -> new IOException("the server's answer is not HTTP")));
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Parses the answer; empty if it is not complete yet. */
    private static Optional<Answer> parse(String text, boolean atEnd) {
        int head = text.indexOf("\r\n\r\n");
        Matcher status = STATUS.matcher(text);
        if (head < 0 || !status.lookingAt()) {
            return Optional.empty();
        }
        Matcher length = LENGTH.matcher(text.substring(0, head + 2));
        String body = text.substring(head + 4);
        if (!atEnd
                && (!length.find()
                        || body.getBytes(StandardCharsets.UTF_8).length < Integer.parseInt(length.group(1)))) {
            return Optional.empty();
        }
        String line = body.lines().findFirst().orElse("");
        return Optional.of(new Answer(Integer.parseInt(status.group(1)), line));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "a connection did not close", e);
        }
    }
}
