package dev.flipbook.server;

import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** The page that shows every feed, the page of one feed, and the files they are made of, out of the jar. Thread-safe. */
final class Page {

    /** Nothing that stands in the page itself is run or applied, only our own files. */
    private static final HttpField POLICY = new PreEncodedHttpField(
            "Content-Security-Policy",
            "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'");

    private static final Pattern FILE = Pattern.compile("[a-z0-9-]+\\.(html|css|js|svg)");
    private static final Map<String, HttpField> TYPES = Map.of(
            "html", type("text/html;charset=utf-8"),
            "css", type("text/css;charset=utf-8"),
            "js", type("text/javascript;charset=utf-8"),
            "svg", type("image/svg+xml"));

    private final Map<String, Optional<byte[]>> files = new ConcurrentHashMap<>();

    private final FeedLookup feeds;

    Page(FeedLookup feeds) {
        this.feeds = feeds;
    }

    void grid(Exchange exchange) {
        send(exchange, 200, "index.html");
    }

    /** A browser gets the page of an unknown feed too: it says so, and shows the feed as soon as there is one. */
    void feed(Exchange exchange) {
        boolean known = feeds.feeds().find(exchange.name()).isPresent();
        if (!known && !exchange.header(HttpHeader.ACCEPT).contains("text/html")) {
            feeds.find(exchange.name());
        }
        send(exchange, known ? 200 : 404, "feed.html");
    }

    void file(Exchange exchange) {
        send(exchange, 200, exchange.name());
    }

    private void send(Exchange exchange, int status, String file) {
        byte[] bytes = Optional.of(file)
                .filter(name -> FILE.matcher(name).matches())
                .flatMap(name -> files.computeIfAbsent(name, Page::read))
                .orElseThrow(() -> new HttpError(404, "the page has no file '" + Quote.of(file) + "'"));
        exchange.headers().put(POLICY);
        exchange.headers().put("Referrer-Policy", "same-origin");
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-cache");
        HttpField type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), HttpError.TEXT);
        exchange.answer(status, type, ByteBuffer.wrap(bytes));
    }

    private static Optional<byte[]> read(String name) {
        try (InputStream in = Page.class.getResourceAsStream("page/" + name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the jar is broken
        }
    }

    private static HttpField type(String type) {
        return new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, type);
    }
}
