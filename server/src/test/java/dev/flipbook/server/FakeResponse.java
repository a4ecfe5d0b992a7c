package dev.flipbook.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A response that keeps each write separately, and takes the bytes at once or when the test says so. Thread-safe. */
public final class FakeResponse implements Response {

    private final @Nullable Request request;
    private final HttpFields.Mutable headers = HttpFields.build();

    // guarded by this
    private final List<ByteBuffer> given = new ArrayList<>();
    private final List<String> writes = new ArrayList<>();
    private final Deque<Callback> waiting = new ArrayDeque<>();
    private boolean holds;
    private boolean ended;
    private int status;

    public FakeResponse() {
        this.request = null;
    }

    /** The answer to this request. */
    public FakeResponse(Request request) {
        this.request = request;
    }

    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /** What was written, as a text. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** What was written. */
    byte[] bytes() {
        return written().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** From now on, each write stays in progress until {@link #take} or {@link #fail}. */
    public synchronized void hold() {
        holds = true;
    }

    /** Completes the write in progress. */
    public void take() {
        next().succeeded();
    }

    /** Fails the write in progress. */
    public void fail(Throwable why) {
        next().failed(why);
    }

    private synchronized Callback next() {
        return waiting.remove();
    }

    /** The writes, one text for each, one character for each byte. */
    public synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    /** Everything that was written, as one text. */
    public synchronized String written() {
        return String.join("", writes);
    }

    /** The memory that was given with the last write. */
    public synchronized ByteBuffer lastGiven() {
        return given.getLast();
    }

    /** Whether the last write of the response has come. */
    public synchronized boolean ended() {
        return ended;
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer bytes, Callback callback) {
        synchronized (this) {
            ByteBuffer buffer = bytes == null ? ByteBuffer.allocate(0) : bytes;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            given.add(buffer.duplicate());
            while (buffer.hasRemaining()) {
                all.write(buffer.get());
            }
            writes.add(all.toString(StandardCharsets.ISO_8859_1));
            ended |= last;
            if (holds) {
                waiting.add(callback);
                return;
            }
        }
        callback.succeeded();
    }

    @Override
    public HttpFields.Mutable getHeaders() {
        return headers;
    }

    @Override
    public synchronized boolean isCommitted() {
        return !writes.isEmpty();
    }

    @Override
    public boolean hasLastWrite() {
        return ended();
    }

    @Override
    public Request getRequest() {
        if (request == null) {
            throw new IllegalStateException("this response was made without a request");
        }
        return request;
    }

    @Override
    public synchronized int getStatus() {
        return status;
    }

    @Override
    public synchronized void setStatus(int code) {
        status = code;
    }

    @Override
    public Supplier<HttpFields> getTrailersSupplier() {
        throw new AssertionError("Flipbook uses no trailers and no interim responses of Jetty");
    }

    @Override
    public void setTrailersSupplier(Supplier<HttpFields> trailers) {
        throw new AssertionError("Flipbook uses no trailers and no interim responses of Jetty");
    }

    @Override
    public boolean isCompletedSuccessfully() {
        return ended();
    }

    @Override
    public synchronized void reset() {
        headers.clear();
        status = 0;
    }

    @Override
    public CompletableFuture<Void> writeInterim(int status, HttpFields fields) {
        throw new AssertionError("Flipbook uses no trailers and no interim responses of Jetty");
    }
}
