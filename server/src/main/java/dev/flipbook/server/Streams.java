package dev.flipbook.server;

import dev.flipbook.ViewerStatus;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import dev.flipbook.web.StatusJson;
import dev.flipbook.websocket.OpenStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;

/**
 * The streams that are open, each under its id, by which anybody who may change something can end it. Pages need that for
 * browsers that keep the connection of an {@code <img>} they no longer show. Frames do not come by here.
 *
 * <p>Thread-safe. Whoever adds a stream removes it when its connection ends, so that there are never more than connections.
 */
final class Streams implements OpenStream.Register {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

    /** A stream, and how many had come before it. */
    private record Entry(OpenStream stream, long number) {}

    private final Map<String, Entry> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /**
     * What the request wants its stream to be called, or an id that nobody guesses.
     *
     * @throws BadRequestException when it is called what no stream can be. An empty name is none: a page that means to end its
     *     stream later would find out only then that it cannot
     */
    static String id(Exchange exchange) {
        String id = exchange.query("stream").orElseGet(() -> UUID.randomUUID().toString());
        if (!ID.matcher(id).matches()) {
            throw new BadRequestException("stream is a name of 1 to 64 of A-Z a-z 0-9 _ -, not '" + Quote.of(id) + "'");
        }
        return id;
    }

    /**
     * Adds what a request opens. To end the stream that has its id already is a change, which pages of other origins may not
     * make, although they ask by GET.
     *
     * @throws BadRequestException with 409 when the id is taken by what this request may not end
     */
    void add(OpenStream stream, Request request) {
        if (SameOrigin.isOurs(request)) {
            add(stream);
        } else if (open.putIfAbsent(stream.id(), new Entry(stream, numbers.getAndIncrement())) != null) {
            throw new BadRequestException(
                    409,
                    "a stream '" + stream.id() + "' is open, and only programs and pages of this server may end it;"
                            + " take another id");
        }
    }

    @Override
    public void add(OpenStream stream) {
        Entry there = open.get(stream.id());
        if (there != null && !there.stream().kind().equals(stream.kind())) {
            throw new BadRequestException(409, "another stream is called '" + stream.id() + "'; take another name");
        }
        Entry before = open.put(stream.id(), new Entry(stream, numbers.getAndIncrement()));
        if (before != null) {
            before.stream().end();
        }
    }

    @Override
    public void remove(OpenStream stream) {
        open.computeIfPresent(stream.id(), (_, entry) -> entry.stream().equals(stream) ? null : entry);
    }

    /** All of them, the oldest first. */
    void all(Exchange exchange) {
        SameOrigin.checkOrigin(exchange.request()); // who knows an id can end its stream
        List<Map<String, Object>> all =
                list().stream().map(stream -> json(stream, stream.status())).toList();
        answer(exchange, Map.of("streams", all));
    }

    /** In the order in which they came: how long each has been watched is read at different moments. */
    List<OpenStream> list() {
        return open.values().stream()
                .sorted(Comparator.comparingLong(Entry::number))
                .map(Entry::stream)
                .toList();
    }

    void one(Exchange exchange) {
        SameOrigin.checkOrigin(exchange.request());
        OpenStream stream = find(exchange);
        answer(exchange, json(stream, stream.status()));
    }

    /** Ends one. */
    void end(Exchange exchange) {
        find(exchange).end();
        exchange.answer(204);
    }

    private OpenStream find(Exchange exchange) {
        Entry entry = open.get(exchange.name());
        if (entry == null) {
            throw new HttpError(
                    404, "no stream '" + Quote.of(exchange.name()) + "' is open; /api/streams lists those that are");
        }
        return entry.stream();
    }

    private static Map<String, Object> json(OpenStream stream, ViewerStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", stream.id());
        json.put("feed", stream.feed());
        json.put("kind", stream.kind());
        json.put("address", stream.address());
        json.putAll(StatusJson.of(status));
        return json;
    }

    private static void answer(Exchange exchange, Object json) {
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        exchange.answer(200, JSON, Json.write(json) + "\n");
    }
}
