package dev.flipbook.server.publish;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Publisher;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request that publishes. Until its body ends, the request is a {@link Publisher} of the feed; then it is answered. A
 * virtual thread of its own reads the body and publishes the {@link PublishedPictures} in it.
 */
final class PublishedBody implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    private final Exchange exchange;
    private final PublisherPlaces.Place place;
    private final PeerAddress peer;
    private final Thread thread;
    private final Publisher publisher;
    private final PublishedPictures pictures;

    /**
     * A publisher that does not read yet.
     *
     * @param place the place that this peer has entered; this class leaves it when the request has been answered
     * @throws HttpError with the status 409 if the feed has another publisher that is not to be ended
     */
    PublishedBody(
            Exchange exchange,
            Feed feed,
            PublishQuery query,
            Ticker ticker,
            PublisherPlaces.Place place,
            PeerAddress peer) {
        this.exchange = exchange;
        this.place = place;
        this.peer = peer;
        this.thread = Thread.ofVirtual().name("flipbook-publish-" + feed.name()).unstarted(this);
        try {
            this.publisher =
                    feed.publisher("publisher at " + address(exchange.request()), query.takeover(), thread::interrupt);
        } catch (IllegalStateException e) {
            throw new HttpError(409, e.getMessage() + "; ?takeover=1 ends the other one");
        }
        String sender = peer.isThisMachine() ? "publisher of " + feed.name() : peer.network();
        this.pictures = new PublishedPictures(exchange, publisher, query, ticker, sender);
    }

    private static String address(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : "an unknown address";
    }

    /** Begins to read the body, on a new thread. */
    void start(PublisherPatience patience) {
        RequestBody.of(exchange.request()).limitBy(patience);
        try {
            thread.start();
        } catch (RuntimeException | Error e) { // no memory for the thread
            publisher.close("there was no thread for it");
            throw e;
        }
    }

    @Override
    public void run() {
        @Nullable HttpError refusal = null;
        try {
            takeInTurn();
        } catch (HttpError e) {
            refusal = e;
        } catch (InterruptedException | InterruptedIOException e) {
            refusal = pictures.ended();
        } catch (IOException e) {
            refusal = pictures.refusal(e);
        } catch (OutOfMemoryError e) {
            refusal = new HttpError(503, "there is not enough memory for the picture", "Retry-After", "1");
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "publishing failed", e);
            refusal = new HttpError(500, "this failed inside the server; its log says more");
        }
        Thread.interrupted(); // a takeover interrupts this thread, which must not disturb the answer
        try {
            end(refusal);
        } finally {
            place.leave(peer);
        }
    }

    private void end(@Nullable HttpError refusal) {
        if (refusal == null && pictures.frames() == 1) {
            publisher.finish();
        } else {
            publisher.close(refusal == null ? "" : String.valueOf(refusal.getMessage()));
        }
        if (refusal != null) {
            refusal.answer(exchange);
        } else {
            Map<String, Object> counts = new LinkedHashMap<>();
            counts.put("frames", pictures.frames());
            counts.put("refused", pictures.refused());
            exchange.answerJson(counts);
        }
    }

    private void takeInTurn() throws IOException, InterruptedException {
        place.awaitTurn();
        try {
            if (publisher.ended().isPresent()) {
                throw pictures.ended();
            }
            pictures.publishAll();
        } finally {
            place.endTurn();
        }
    }
}
