package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.mjpeg.Framing;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** A feed as an endless {@code multipart/x-mixed-replace} response. */
final class StreamEndpoint implements Endpoint {

    private static final HttpField NO_STORE =
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");
    /** Ends the connection behind the response, which is what keeps Jetty from chunking it: some clients cannot read chunks. */
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
    /** nginx would hold the tail of each picture back until the next one. */
    private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}(\\.\\d{1,3})?");

    private final FeedLookup feeds;

    StreamEndpoint(FeedLookup feeds) {
        this.feeds = feeds;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        Framing framing = framing(exchange);
        double fps = fps(exchange);
        HttpFields.Mutable headers = exchange.headers();
        headers.put(HttpHeader.CONTENT_TYPE, "multipart/x-mixed-replace; boundary=" + feed.boundary());
        headers.put(NO_STORE);
        headers.put(CLOSE);
        headers.put(UNBUFFERED);
        if (exchange.isHead()) {
            exchange.begin(200);
            return;
        }
        exchange.response().setStatus(200);
        feed.watch(new JettySink(exchange.request(), exchange.response(), exchange.callback()), framing, fps);
    }

    /** How many frames a second the viewer wants at most; 0 when it does not say. */
    private static double fps(Exchange exchange) {
        String asked = exchange.query("fps").orElse("");
        if (asked.isEmpty()) {
            return 0;
        }
        if (!NUMBER.matcher(asked).matches() || Double.parseDouble(asked) < 0.1 || Double.parseDouble(asked) > 1000) {
            throw new HttpError(400, "fps is a number from 0.1 to 1000, not '" + HttpError.quotable(asked) + "'");
        }
        return Double.parseDouble(asked);
    }

    /** An {@code <img>} or a browser window asks for pictures or pages by name; programs ask for anything. */
    private static Framing framing(Exchange exchange) {
        return switch (exchange.query("framing").orElse("")) {
            case "strict" -> Framing.STRICT;
            case "browser" -> Framing.BROWSER;
            case "" -> {
                String accept = exchange.header(HttpHeader.ACCEPT);
                boolean browser = accept.startsWith("image/")
                        || accept.contains("text/html")
                        || "image".equals(exchange.request().getHeaders().get("Sec-Fetch-Dest"));
                yield browser ? Framing.BROWSER : Framing.STRICT;
            }
            default -> throw new HttpError(400, "framing is one of: strict, browser");
        };
    }
}
