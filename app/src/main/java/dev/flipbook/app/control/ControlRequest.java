package dev.flipbook.app.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A request to a running Flipbook. {@link HttpURLConnection} sends it, because {@code java.net.http} takes half a
 * second more to start.
 */
final class ControlRequest {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Maximum time for the answer: longer than the 20 s after which a server says that it goes on. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    /** Maximum size of a refusal in bytes; it is one line. */
    private static final int MAX_REFUSAL = 4096;

    private ControlRequest() {}

    /**
     * Posts a change of a feed, and returns when the server has made it.
     *
     * @param json the body; empty for none
     * @throws IOException if no Flipbook answers, or it refuses; the message is a sentence for the user
     */
    static void post(ControlTarget target, String verb, String json) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) target.change(verb).toURL().openConnection(Proxy.NO_PROXY);
        try {
            int status = status(connection, target, json);
            if (status != 200 || !type(connection).startsWith("application/json")) {
                throw new IOException(refusal(connection, target, status));
            }
        } finally {
            connection.disconnect();
        }
    }

    private static int status(HttpURLConnection connection, ControlTarget target, String json) throws IOException {
        String server = target.server();
        try {
            send(connection, target, json);
            int status = connection.getResponseCode();
            if (status < 0) {
                throw new IOException("the answer is not HTTP");
            }
            return status;
        } catch (ConnectException e) {
            throw new IOException("no Flipbook answers at " + server + "; is it running there?", e);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer has come from " + server + " in time", e);
        } catch (UnknownHostException e) {
            throw new IOException("there is no host named '" + e.getMessage() + "'", e);
        } catch (SSLException e) {
            throw new IOException(
                    server + " has no certificate that is trusted here, or does not support TLS: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(server + " is no Flipbook, or has gone away", e);
        }
    }

    private static void send(HttpURLConnection connection, ControlTarget target, String json) throws IOException {
        connection.setRequestMethod("POST");
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
        connection.setReadTimeout(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
        connection.setRequestProperty("Accept", "text/plain, */*;q=0.1");
        connection.setRequestProperty("Content-Type", "application/json");
        if (!target.credentials().isEmpty()) {
            connection.setRequestProperty("Authorization", target.credentials());
        }
        connection.setDoOutput(true);
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        connection.setFixedLengthStreamingMode(body.length); // also: the request is not sent a second time
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
    }

    private static String refusal(HttpURLConnection connection, ControlTarget target, int status) throws IOException {
        try (@Nullable InputStream answer = connection.getErrorStream()) {
            if (answer != null && type(connection).startsWith("text/plain")) {
                String sentence = new String(answer.readNBytes(MAX_REFUSAL), StandardCharsets.UTF_8).strip();
                if (!sentence.isEmpty()) {
                    return sentence;
                }
            }
        }
        return target.server() + " answers " + status + ", which is no answer of Flipbook";
    }

    private static String type(HttpURLConnection connection) {
        String type = connection.getContentType();
        return type == null ? "" : type.toLowerCase(Locale.ROOT);
    }
}
