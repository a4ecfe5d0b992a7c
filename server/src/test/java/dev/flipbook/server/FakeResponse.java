package dev.flipbook.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer, kept as it was written. */
final class FakeResponse implements Response {

    /** Of each write, whether it was the last. */
    final List<Boolean> writes = new CopyOnWriteArrayList<>();

    private final Request request;
    private final HttpFields.Mutable headers = HttpFields.build();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;

    FakeResponse(Request request) {
        this.request = request;
    }

    String header(String name) {
        return headers.get(name);
    }

    String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return body.toByteArray();
    }

    @Override
    public synchronized void write(boolean last, ByteBuffer bytes, Callback callback) {
        if (bytes != null) {
            byte[] written = new byte[bytes.remaining()];
            bytes.get(written);
            body.writeBytes(written);
        }
        writes.add(last);
        callback.succeeded();
    }

    @Override
    public Request getRequest() {
        return request;
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void setStatus(int code) {
        status = code;
    }

    @Override
    public HttpFields.Mutable getHeaders() {
        return headers;
    }

    @Override
    public boolean isCommitted() {
        return !writes.isEmpty();
    }

    @Override
    public boolean hasLastWrite() {
        return writes.contains(true);
    }

    @Override
    public boolean isCompletedSuccessfully() {
        return hasLastWrite();
    }

    @Override
    public void reset() {
        headers.clear();
        status = 0;
    }

    @Override
    public CompletableFuture<Void> writeInterim(int code, HttpFields fields) {
        throw new UnsupportedOperationException("writeInterim");
    }

    @Override
    public Supplier<HttpFields> getTrailersSupplier() {
        throw new UnsupportedOperationException("getTrailersSupplier");
    }

    @Override
    public void setTrailersSupplier(Supplier<HttpFields> trailers) {
        throw new UnsupportedOperationException("setTrailersSupplier");
    }
}
