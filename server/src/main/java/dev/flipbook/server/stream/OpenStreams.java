package dev.flipbook.server.stream;

import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.SameOrigin;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import dev.flipbook.web.StatusJson;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/**
 * The open streams by their ids. Any client that may change something can end a stream by its id. Pages need that for
 * browsers that keep the connection of an {@code <img>} that they no longer show. Frames do not pass through here.
 *
 * <p>Thread-safe. Code that adds a stream removes it when its connection ends, so there are never more streams than
 * connections.
 */
public final class OpenStreams implements OpenStream.Register {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** A stream and its position in the order of arrival. */
    private record Entry(OpenStream stream, long number) {}

    private final Map<String, Entry> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /**
     * The id that the request names for its stream, or a random one that cannot be guessed.
     *
     * @throws BadRequestException if the name is not a valid id. An empty name is refused as well, because a page that
     *     wants to end its stream would notice too late that it cannot
     */
    static String id(Exchange exchange) {
        String id = exchange.query("stream").orElseGet(() -> UUID.randomUUID().toString());
        if (!ID.matcher(id).matches()) {
            throw new BadRequestException("stream is a name of 1 to 64 of A-Z a-z 0-9 _ -, not '" + Quote.of(id) + "'");
        }
        return id;
    }

    /**
     * Adds the stream of a request. If the id is in use, the older stream is ended; that is a change, which pages of
     * other origins may not make although they ask by GET.
     *
     * @throws BadRequestException with the status 409 if the id belongs to a stream that this request may not end
     */
    void add(OpenStream stream, Request request) {
        if (SameOrigin.isOurs(request)) {
            add(stream);
        } else if (open.putIfAbsent(stream.label().id(), new Entry(stream, numbers.getAndIncrement())) != null) {
            throw new BadRequestException(
                    409,
                    "a stream '" + stream.label().id()
                            + "' is open, and only programs and pages of this server may end it;" + " take another id");
        }
    }

    @Override
    public void add(OpenStream stream) {
        OpenStream.Label label = stream.label();
        Entry there = open.get(label.id());
        if (there != null && !there.stream().label().kind().equals(label.kind())) {
            throw new BadRequestException(409, "another stream is called '" + label.id() + "'; take another name");
        }
        Entry before = open.put(label.id(), new Entry(stream, numbers.getAndIncrement()));
        if (before != null) {
            before.stream().end();
        }
    }

    @Override
    public void remove(OpenStream stream) {
        open.computeIfPresent(stream.label().id(), (_, entry) -> entry.stream().equals(stream) ? null : entry);
    }

    /** Serves the list of all streams, oldest first. */
    public void all(Exchange exchange) {
        SameOrigin.checkOrigin(exchange.request()); // an id is enough to end a stream
        List<Map<String, Object>> all = list().stream().map(OpenStreams::json).toList();
        exchange.answerJson(Map.of("streams", all));
    }

    /**
     * All streams in the order of arrival. The order cannot be taken from how long each has been watched, because those
     * times are read at different moments.
     */
    List<OpenStream> list() {
        return open.values().stream()
                .sorted(Comparator.comparingLong(Entry::number))
                .map(Entry::stream)
                .toList();
    }

    /** Serves one stream. */
    public void one(Exchange exchange) {
        SameOrigin.checkOrigin(exchange.request());
        exchange.answerJson(json(find(exchange)));
    }

    /** Ends a stream. */
    public void end(Exchange exchange) {
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

    private static Map<String, Object> json(OpenStream stream) {
        OpenStream.Label label = stream.label();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", label.id());
        json.put("feed", label.feed());
        json.put("kind", label.kind());
        json.put("address", label.address());
        json.putAll(StatusJson.of(stream.status()));
        return json;
    }
}
