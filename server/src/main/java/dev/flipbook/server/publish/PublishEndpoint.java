package dev.flipbook.server.publish;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Quote;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Receives pictures that another program sends for a feed that is open to publishers. Each request gets a virtual
 * thread that reads it: a {@link PublishedBody}.
 */
public final class PublishEndpoint implements Endpoint {

    /** Maximum length in bytes of a body that has a length. A body without a length may go on forever. */
    private static final long MAX_LENGTH = 1L << 30;

    private final FeedLookup feeds;
    private final Duration silence;
    private final Ticker ticker;
    private final PublisherPlaces places;

    /**
     * An endpoint without publishers.
     *
     * @param shares the places for publishers
     * @param silence maximum time for which a connection may be silent
     */
    public PublishEndpoint(FeedLookup feeds, PublisherPlaces.Shares shares, Duration silence, Ticker ticker) {
        this.feeds = feeds;
        this.places = new PublisherPlaces(shares);
        this.silence = silence;
        this.ticker = ticker;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        if (!feed.isOpen()) {
            throw new HttpError(
                    403,
                    "the feed '" + feed.name() + "' takes no pictures from other programs; one that does is served as "
                            + "NAME=publish, or made by Feeds.open");
        }
        checkBody(exchange.request());
        PublishQuery query = PublishQuery.of(exchange);
        PeerAddress peer =
                PeerAddress.of(exchange.request().getConnectionMetaData().getRemoteSocketAddress());
        PublisherPlaces.Place place = places.enter(feed.name(), peer);
        try {
            PublishedBody body = new PublishedBody(exchange, feed, query, ticker, place, peer);
            body.start(new PublisherPatience(silence, ticker));
        } catch (RuntimeException | Error e) {
            place.leave(peer);
            throw e;
        }
    }

    /**
     * Waits at most one second until all publishers have been answered. Their feeds have ended before, which ends the
     * publishers.
     */
    public void awaitEnd() {
        try {
            for (int i = 0; i < 100 && !places.isEmpty(); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Refuses what can be refused before the body is read. */
    private static void checkBody(Request request) {
        long length = request.getLength();
        String type = header(request, HttpHeader.CONTENT_TYPE);
        String coding = header(request, HttpHeader.CONTENT_ENCODING);
        boolean chunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        if (!chunked && !request.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            throw new HttpError(
                    411,
                    "the request has no body: it says neither Content-Length nor Transfer-Encoding",
                    "Connection",
                    "close"); // bytes after the headers may be meant as a body and must not be read as a request
        }
        if (length > MAX_LENGTH || (length > RequestBody.MAX_WITHOUT_PICTURE && type.startsWith("image/"))) {
            throw new HttpError(
                    413,
                    "a body of " + length + " bytes is too long: one picture has " + RequestBody.MAX_WITHOUT_PICTURE
                            + " at most, and a stream that goes on for longer than " + MAX_LENGTH
                            + " is sent without a length (Transfer-Encoding: chunked)");
        }
        if (!coding.isEmpty() && !coding.equals("identity")) {
            throw new HttpError(
                    415, "pictures are taken as they are, without Content-Encoding; here it is " + Quote.of(coding));
        }
    }

    private static String header(Request request, HttpHeader name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }
}
