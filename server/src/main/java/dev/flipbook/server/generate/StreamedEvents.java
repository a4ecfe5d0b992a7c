package dev.flipbook.server.generate;

import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes server-sent events. Each event is sent at once.
 *
 * <p>Each method waits while the reader is slow, and throws an {@link IOException} if the reader has gone. Thread-safe:
 * events of several threads do not mix.
 */
public final class StreamedEvents {

    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");
    private static final Pattern ONE_LINE = Pattern.compile("[^\r\n\0]+");

    private final StreamedResponse.Request request;
    private final StreamedBody body;

    StreamedEvents(StreamedResponse.Request request, StreamedBody body) {
        this.request = request;
        this.body = body;
    }

    /** The request. */
    public StreamedResponse.Request request() {
        return request;
    }

    /**
     * The id of the last event that the reader got before its connection broke. Browsers send it when they reconnect.
     */
    public Optional<String> lastId() {
        return request.header("Last-Event-ID");
    }

    /** Sends an event without a name, which an {@code EventSource} delivers as {@code message}. */
    public void send(String data) throws IOException {
        put(data(data));
    }

    /**
     * Sends an event.
     *
     * @param name one line, not empty
     * @param data may have several lines, which arrive separated by line feeds
     * @throws IllegalArgumentException if the name is empty or has several lines
     */
    public void send(String name, String data) throws IOException {
        put("event: " + oneLine("name", name) + '\n' + data(data));
    }

    /**
     * Sends an event with an id. {@link #lastId} returns the id when the reader reconnects.
     *
     * @param name one line, not empty
     * @param data may have several lines, which arrive separated by line feeds
     * @param id one line, not empty
     * @throws IllegalArgumentException if the name or the id is empty or has several lines
     */
    public void send(String name, String data, String id) throws IOException {
        put("id: " + oneLine("id", id) + "\nevent: " + oneLine("name", name) + '\n' + data(data));
    }

    /**
     * Tells the reader how long to wait before it reconnects. A browser's default is some seconds.
     *
     * @param wait 0 or more, sent in whole milliseconds
     */
    public void retry(Duration wait) throws IOException {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("the wait before a retry is " + wait + "; it is 0 or more");
        }
        put("retry: " + wait.toMillis() + "\n\n");
    }

    /**
     * Sends a comment, which readers ignore. Comments keep proxies from closing an idle connection; Flipbook sends one
     * by itself every 15 s.
     */
    public void comment(String text) throws IOException {
        put(lines(": ", text) + '\n');
    }

    private synchronized void put(String event) throws IOException {
        body.put(event.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    private static String data(String data) {
        return lines("data: ", data) + '\n';
    }

    private static String lines(String field, String text) {
        return field + LINE_END.matcher(text).replaceAll('\n' + field) + '\n';
    }

    private static String oneLine(String what, String text) {
        if (!ONE_LINE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the " + what + " of an event is empty or has several lines: '" + PlainText.line(text, "?") + "'");
        }
        return text;
    }
}
