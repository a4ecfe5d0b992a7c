package dev.flipbook.server.stream;

import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.StreamRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * A viewer and its response as one stream with an id. The stream is open from its first byte until the response has
 * ended. Thread-safe.
 */
final class MjpegStream implements OpenStream, Callback {

    private final Label label;
    private final OpenStreams streams;
    private final String client;
    private final Callback request;
    private final JettySink sink;
    private final ViewerHandle viewer = new ViewerHandle();
    private final AtomicBoolean over = new AtomicBoolean();

    private MjpegStream(String id, Feed feed, Exchange exchange, OpenStreams streams) {
        String address = Request.getRemoteAddr(exchange.request());
        this.label = new Label(id, feed.name(), "mjpeg", address);
        this.streams = streams;
        this.client = ClientName.of(address, Request.getRemotePort(exchange.request()));
        this.request = exchange.callback();
        this.sink = new JettySink(exchange.request(), exchange.response(), this);
    }

    /** Answers an exchange with a feed. The headers must be set already. */
    static void open(String id, Feed feed, StreamRequest asked, Exchange exchange, OpenStreams streams) {
        MjpegStream stream = new MjpegStream(id, feed, exchange, streams);
        streams.add(stream, exchange.request());
        try {
            stream.viewer.set(asked.watch(feed, stream.sink, stream.client));
        } catch (RuntimeException e) {
            streams.remove(stream);
            throw e;
        }
    }

    @Override
    public Label label() {
        return label;
    }

    @Override
    public ViewerStatus status() {
        return viewer.status();
    }

    @Override
    public void end() {
        viewer.leave();
        sink.reset(new EofException("stream " + label.id() + " was ended")); // Jetty does not log an EofException
    }

    @Override
    public void succeeded() {
        if (over.compareAndSet(false, true)) {
            streams.remove(this);
            request.succeeded();
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (over.compareAndSet(false, true)) {
            streams.remove(this);
            request.failed(cause);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
