package dev.flipbook.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Quote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page that shows every feed or one of them large, and the files of the page, out of the jar. Thread-safe.
 */
final class PageEndpoint {

    /**
     * Content security policy of the page: only our own files are run or applied, nothing that stands in the page
     * itself.
     */
    private static final String POLICY =
            "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'self'";

    private static final Pattern FILE = Pattern.compile("[a-z0-9-]+\\.(css|js|svg)|index\\.html");
    private static final HttpField HTML = type("text/html;charset=utf-8");
    private static final Map<String, HttpField> TYPES = Map.of(
            "css", type("text/css;charset=utf-8"),
            "js", type("text/javascript;charset=utf-8"),
            "svg", type("image/svg+xml"));

    /** Matches an {@code Accept-Encoding} that accepts gzip and does not give it the weight 0. */
    private static final Pattern GZIP = Pattern.compile("(?i)\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    /** The compressed files by their content. There are as many as files, and two versions of the page. */
    private final Map<ByteBuffer, byte[]> packed = new ConcurrentHashMap<>();

    private final FeedLookup feeds;
    private final EmbedPolicy embedding;

    PageEndpoint(FeedLookup feeds, EmbedPolicy embedding) {
        this.feeds = feeds;
        this.embedding = embedding;
    }

    void grid(Exchange exchange) {
        send(exchange, 200, HTML, page("./"));
    }

    /**
     * Serves the page of one feed. A browser gets it for an unknown feed as well, with status 404: the page says so,
     * and shows the feed as soon as it exists.
     */
    void feed(Exchange exchange) {
        boolean known = feeds.feeds().find(exchange.name()).isPresent();
        if (!known && !exchange.header(HttpHeader.ACCEPT).contains("text/html")) {
            feeds.find(exchange.name());
        }
        send(exchange, known ? 200 : 404, HTML, page("../"));
    }

    void file(Exchange exchange) {
        String name = exchange.name();
        HttpField type = Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1)))
                .orElseThrow(() -> missing(name));
        send(exchange, 200, type, bytes(name));
    }

    /** Serves the page's icon. Browsers ask for it when they show a picture or a text that names no icon. */
    void favicon(Exchange exchange) {
        send(exchange, 200, Objects.requireNonNull(TYPES.get("svg")), bytes("favicon.svg"));
    }

    /** The page, with the addresses of its files relative, so that a reverse proxy may serve it below any path. */
    private byte[] page(String root) {
        return new String(bytes("index.html"), UTF_8).replace("{root}", root).getBytes(UTF_8);
    }

    private byte[] bytes(String file) {
        return Optional.of(file)
                .filter(name -> FILE.matcher(name).matches())
                .map(name -> files.computeIfAbsent(name, PageEndpoint::read)) // unknown names are not cached
                .orElseThrow(() -> missing(file));
    }

    private static HttpError missing(String file) {
        return new HttpError(404, "the page has no file '" + Quote.of(file) + "'");
    }

    private void send(Exchange exchange, int status, HttpField type, byte[] bytes) {
        String frames = embedding
                .frameAncestors(exchange)
                .map(ancestors -> "; " + ancestors)
                .orElse("");
        exchange.headers().put(EmbedPolicy.CONTENT_SECURITY_POLICY, POLICY + frames);
        exchange.headers().put("Referrer-Policy", "same-origin");
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-cache");
        exchange.headers().add(HttpHeader.VARY, HttpHeader.ACCEPT_ENCODING.asString());
        byte[] sent = bytes;
        if (GZIP.matcher(exchange.header(HttpHeader.ACCEPT_ENCODING)).find()) {
            exchange.headers().put(HttpHeader.CONTENT_ENCODING, "gzip");
            sent = packed.computeIfAbsent(ByteBuffer.wrap(bytes), _ -> pack(bytes));
        }
        exchange.answer(status, type, ByteBuffer.wrap(sent));
    }

    private static byte[] pack(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the stream is in memory
        }
        return out.toByteArray();
    }

    private static byte @Nullable [] read(String name) {
        try (InputStream in = PageEndpoint.class.getResourceAsStream("page/" + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the jar is damaged
        }
    }

    private static HttpField type(String type) {
        return new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, type);
    }
}
