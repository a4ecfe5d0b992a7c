package dev.flipbook.server.generate;

import dev.flipbook.server.http.Exchange;
import dev.flipbook.text.PlainText;
import dev.flipbook.web.StreamRequest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A response that a generator writes over time: a page that keeps growing, content that replaces itself, or server-sent
 * events.
 * {@snippet :
 * flipbook.page("/count", StreamedResponse.html(out -> {
 *     for (int i = 1; i <= 1_000_000; i++) {
 *         out.println("<p>" + i);
 *     }
 * }));
 * }
 *
 * <p>The generator runs once for each request, on a virtual thread of its own, and may block. The generator's writes
 * wait while the reader is slow, so that memory stays constant. When the reader has gone, the next write throws an
 * {@link java.io.IOException}; a generator that is waiting for something else is interrupted after about a second. The
 * response ends when the generator returns. If the generator throws, viewers get the status 500 if nothing was written
 * before, otherwise what was written and then a broken connection, so that nobody takes half a table for a whole one;
 * the log has the stack trace. A {@link dev.flipbook.web.BadRequestException} before the first write is answered with
 * the status 400 and its sentence.
 *
 * <p>Immutable. Generators of several requests run concurrently.
 */
public final class StreamedResponse {

    /**
     * Code that writes one response and may block.
     *
     * @param <O> what the generator writes to
     */
    @FunctionalInterface
    public interface Generator<O> {
        /** Writes the response, and returns at its end. */
        void generate(O out) throws Exception;
    }

    /** The request that a generator answers. */
    public static final class Request {

        private final Exchange exchange;

        private Request(Exchange exchange) {
            this.exchange = exchange;
        }

        /**
         * A decoded value of the query; the first one if the key occurs several times. The exception for a query that
         * cannot be decoded should not be caught: it becomes an answer with the status 400.
         */
        public Optional<String> query(String key) {
            return exchange.query(key);
        }

        /** A header of the request. */
        public Optional<String> header(String name) {
            return exchange.header(name);
        }
    }

    /**
     * How one request is answered.
     *
     * @param chunks whether the body may be sent in chunks
     * @param signOfLife keep-alive that may be sent at any time, in ASCII; empty for none
     * @param body runs the generator
     */
    record Answer(String contentType, boolean chunks, String signOfLife, Generator<StreamedBody> body) {}

    private static final Pattern TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *; *[A-Za-z0-9_-]+=[A-Za-z0-9_.\"+-]+)*");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E\\t]*[\\x21-\\x7E])?");
    /** Headers that cannot be set, because they follow from how the response is made. */
    private static final Set<String> OURS = Set.of(
            "connection", "content-length", "content-type", "date", "keep-alive", "trailer", "transfer-encoding");

    private final Map<String, String> headers;
    private final Function<Request, Answer> answers;

    private StreamedResponse(Map<String, String> headers, Function<Request, Answer> answers) {
        this.headers = headers;
        this.answers = answers;
    }

    /** A page, {@code text/html} in UTF-8, which browsers show as it arrives. */
    public static StreamedResponse html(Generator<StreamedText> generator) {
        return text("text/html", generator);
    }

    /**
     * Text of another kind, in UTF-8.
     *
     * @param contentType such as {@code text/csv}
     * @throws IllegalArgumentException if this is not a content type, or has a {@code charset} other than UTF-8
     */
    public static StreamedResponse text(String contentType, Generator<StreamedText> generator) {
        checkType(contentType);
        String lower = contentType.toLowerCase(Locale.ROOT).replace(" ", "").replace("\"", "");
        if (lower.contains(";charset=") && !lower.contains(";charset=utf-8")) {
            throw new IllegalArgumentException(
                    "'" + contentType + "' has another charset than utf-8, in which text is sent; leave it out");
        }
        String type = lower.contains(";charset=") ? contentType : contentType + ";charset=utf-8";
        return new StreamedResponse(
                Map.of(),
                request -> new Answer(type, true, "", body -> {
                    StreamedText out = new StreamedText(request, body);
                    generator.generate(out);
                    out.end();
                }));
    }

    /**
     * Content of which each part replaces the one before: {@code multipart/x-mixed-replace}. An {@code <img>} shows
     * pictures of any kind that its browser supports. Unlike a feed, which serves many viewers at once and lets them
     * skip frames, each reader has a generator of its own and gets every part.
     *
     * @param contentType of the parts, such as {@code image/png} or {@code text/html;charset=utf-8}
     * @throws IllegalArgumentException if this is not a content type
     */
    public static StreamedResponse replacing(String contentType, Generator<StreamedParts> generator) {
        checkType(contentType);
        return new StreamedResponse(Map.of(), request -> {
            Function<String, Optional<String>> framing =
                    key -> key.equals("framing") ? request.query(key) : Optional.empty();
            StreamRequest asked = StreamRequest.of(framing, request::header);
            String boundary = StreamedParts.boundary();
            String type = "multipart/x-mixed-replace; boundary=" + boundary;
            return new Answer(type, false, "", body -> {
                StreamedParts out = new StreamedParts(request, body, contentType, boundary, asked.framing());
                out.run(generator);
            });
        });
    }

    /**
     * Server-sent events, as {@code EventSource} reads them. A comment is sent after 15 s without an event, so that
     * proxies keep the connection. A browser reconnects when the response ends.
     */
    public static StreamedResponse events(Generator<StreamedEvents> generator) {
        return new StreamedResponse(
                Map.of(),
                request -> new Answer(
                        "text/event-stream",
                        true,
                        ":\n\n",
                        body -> generator.generate(new StreamedEvents(request, body))));
    }

    /**
     * This response with one more header, or with another value of a header, such as {@code Content-Security-Policy} or
     * {@code Content-Disposition}. By default a response has {@code Cache-Control: no-store, no-transform},
     * {@code X-Accel-Buffering: no} and the headers of every answer.
     *
     * @throws IllegalArgumentException if HTTP does not allow the name or value, or if the header follows from the
     *     response itself
     */
    public StreamedResponse withHeader(String name, String value) {
        if (!HEADER_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + PlainText.line(name, "?")
                    + "' is not a name for a header: it takes letters, digits and !#$%&'*+.^_`|~-");
        }
        if (!HEADER_VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("the value of the header " + name
                    + " is empty, or has other characters than ASCII on one line: " + value.replaceAll("[^ -~]", "?"));
        }
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the header " + name + " follows from the response and cannot be set");
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new StreamedResponse(more, answers);
    }

    /** The headers that were set with {@link #withHeader}. */
    Map<String, String> headers() {
        return headers;
    }

    /** How this request is answered. */
    Answer answer(Exchange exchange) {
        return answers.apply(new Request(exchange));
    }

    private static void checkType(String contentType) {
        if (!TYPE.matcher(contentType).matches()) {
            throw new IllegalArgumentException("'" + contentType.replaceAll("[^ -~]", "?")
                    + "' is not a content type; give one such as text/csv or image/png");
        }
    }
}
