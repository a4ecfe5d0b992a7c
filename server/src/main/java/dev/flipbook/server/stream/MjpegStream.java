package dev.flipbook.server.stream;

import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.StreamRequest;
import dev.flipbook.websocket.OpenStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A viewer and its response as one stream with an id. The stream is open from its first byte until the response has
 * ended. Thread-safe.
 */
final class MjpegStream implements OpenStream, Callback {

    private static final ViewerStatus COMING = new ViewerStatus(Duration.ZERO, 0, 0, 0, 0, Duration.ZERO);

    private final String id;
    private final Feed feed;
    private final OpenStreams streams;
    private final String address;
    private final String client;
    private final Callback request;
    private final JettySink sink;
    private final AtomicBoolean over = new AtomicBoolean();

    private volatile boolean ended;
    private volatile @Nullable Viewer viewer;

    private MjpegStream(String id, Feed feed, Exchange exchange, OpenStreams streams) {
        this.id = id;
        this.feed = feed;
        this.streams = streams;
        this.address = Request.getRemoteAddr(exchange.request());
        this.client = ClientName.of(address, Request.getRemotePort(exchange.request()));
        this.request = exchange.callback();
        this.sink = new JettySink(exchange.request(), exchange.response(), this);
    }

    /** Answers an exchange with a feed. The headers must be set already. */
    static void open(String id, Feed feed, StreamRequest asked, Exchange exchange, OpenStreams streams) {
        MjpegStream stream = new MjpegStream(id, feed, exchange, streams);
        streams.add(stream, exchange.request());
        try {
            stream.watch(asked);
        } catch (RuntimeException e) {
            streams.remove(stream);
            throw e;
        }
    }

    private void watch(StreamRequest asked) {
        Viewer watching = asked.watch(feed, sink, client);
        viewer = watching;
        if (ended) {
            watching.leave(); // end() may have been called when there was no viewer yet
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String feed() {
        return feed.name();
    }

    @Override
    public String kind() {
        return "mjpeg";
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public ViewerStatus status() {
        Viewer watching = viewer;
        return watching == null ? COMING : watching.status();
    }

    @Override
    public void end() {
        ended = true;
        Viewer watching = viewer;
        if (watching != null) {
            watching.leave();
        }
        sink.reset(new EofException("stream " + id + " was ended")); // Jetty does not log an EofException
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
