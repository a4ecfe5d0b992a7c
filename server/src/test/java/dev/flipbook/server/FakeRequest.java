package dev.flipbook.server;

import dev.flipbook.server.http.Exchange;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Session;
import org.eclipse.jetty.server.TunnelSupport;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request as a test wants it, whose body comes in the pieces that the test gives; and its answer. */
public final class FakeRequest extends Attributes.Mapped implements Request {

    public FakeConnection connection = new FakeConnection("192.0.2.7");
    public final FakeResponse response = new FakeResponse(this);
    public final FakeScheduler scheduler = new FakeScheduler();
    /** Completed when the request has ended. */
    public final Callback.Completable end = new Callback.Completable();

    /** Runs whenever more of the body is asked for and nothing has come; may call {@link #come}. */
    public Runnable whenWaitedFor = () -> {};

    private final String method;
    private final String target;
    private final HttpFields.Mutable headers = HttpFields.build();
    private final Queue<Content.Chunk> body = new ArrayDeque<>();
    private final List<Consumer<Throwable>> failures = new ArrayList<>();
    private int reads;

    /** @param headers lines such as {@code Accept: text/html} */
    public FakeRequest(String method, String target, String... headers) {
        this.method = method;
        this.target = target;
        for (String line : headers) {
            int colon = line.indexOf(": ");
            this.headers.add(line.substring(0, colon), line.substring(colon + 2));
        }
    }

    /** Lets some of the body arrive. */
    public FakeRequest come(byte[] bytes, boolean last) {
        body.add(Content.Chunk.from(ByteBuffer.wrap(bytes), last));
        return this;
    }

    /** Lets the request fail, because its connection has broken or was silent for too long. */
    public FakeRequest fails(Throwable why) {
        body.add(Content.Chunk.from(why, true));
        return this;
    }

    /** The exchange as a router hands it to an endpoint, with the name in the path. */
    public Exchange exchange(String name) {
        return new Exchange(this, response, end, name);
    }

    /** Lets the client go while the server waits for the answer. */
    void goes(Throwable why) {
        failures.forEach(listener -> listener.accept(why));
    }

    /** How many pieces of the body were read. */
    public int reads() {
        return reads;
    }

    @Override
    public String getMethod() {
        return method;
    }

    @Override
    public HttpURI getHttpURI() {
        String host = headers.get(HttpHeader.HOST);
        return host == null ? HttpURI.from(target) : HttpURI.from("http://" + host + target);
    }

    @Override
    public HttpFields getHeaders() {
        return headers;
    }

    @Override
    public long getLength() {
        return headers.getLongField(HttpHeader.CONTENT_LENGTH);
    }

    @Override
    public ConnectionMetaData getConnectionMetaData() {
        return connection;
    }

    @Override
    public Content.@Nullable Chunk read() {
        Content.Chunk next = body.poll();
        reads += next == null ? 0 : 1;
        return next;
    }

    @Override
    public void demand(Runnable whenThere) {
        whenWaitedFor.run();
        if (!body.isEmpty()) {
            whenThere.run();
        }
    }

    @Override
    public void fail(Throwable why) {
        body.clear();
        fails(why);
    }

    @Override
    public void addFailureListener(Consumer<Throwable> listener) {
        failures.add(listener);
    }

    @Override
    public String getId() {
        return "1";
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public Components getComponents() {
        return new FakeComponents(scheduler);
    }

    @Override
    public Context getContext() {
        throw new UnsupportedOperationException("getContext");
    }

    @Override
    public HttpFields getTrailers() {
        return HttpFields.EMPTY;
    }

    @Override
    public long getBeginNanoTime() {
        return 0;
    }

    @Override
    public long getHeadersNanoTime() {
        return 0;
    }

    @Override
    public boolean consumeAvailable() {
        throw new UnsupportedOperationException("consumeAvailable");
    }

    @Override
    public void addIdleTimeoutListener(Predicate<TimeoutException> listener) {}

    @Override
    public TunnelSupport getTunnelSupport() {
        throw new UnsupportedOperationException("getTunnelSupport");
    }

    @Override
    public void addHttpStreamWrapper(Function<HttpStream, HttpStream> wrapper) {}

    @Override
    public Session getSession(boolean create) {
        throw new UnsupportedOperationException("getSession");
    }
}
