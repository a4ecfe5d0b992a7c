package dev.flipbook.server;

import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.util.thread.ThreadPool;

/**
 * The Jetty components of a request, with a clock that the test moves. This is also an {@code HttpChannel}, because
 * Jetty reads queries only then.
 */
record FakeComponents(FakeScheduler scheduler) implements Components, HttpChannel {

    @Override
    public Scheduler getScheduler() {
        return scheduler;
    }

    @Override
    public ComplianceViolation.Listener getComplianceViolationListener() {
        return ComplianceViolation.Listener.NOOP;
    }

    @Override
    public ByteBufferPool getByteBufferPool() {
        throw unknown();
    }

    @Override
    @SuppressWarnings("removal") // the interface has it still
    public ThreadPool getThreadPool() {
        throw unknown();
    }

    @Override
    public Attributes getCache() {
        throw unknown();
    }

    @Override
    public ConnectionMetaData getConnectionMetaData() {
        throw unknown();
    }

    @Override
    public void setHttpStream(HttpStream stream) {
        throw unknown();
    }

    @Override
    public Runnable onRequest(MetaData.Request request) {
        throw unknown();
    }

    @Override
    public Request getRequest() {
        throw unknown();
    }

    @Override
    public Runnable onContentAvailable() {
        throw unknown();
    }

    @Override
    public IdleTimeoutTask onIdleTimeout(TimeoutException timeout) {
        throw unknown();
    }

    @Override
    public Runnable onFailure(Throwable failure) {
        throw unknown();
    }

    @Override
    public Runnable onRemoteFailure(Throwable failure) {
        throw unknown();
    }

    @Override
    public void recycle() {
        throw unknown();
    }

    @Override
    public void initialize() {
        throw unknown();
    }

    private static UnsupportedOperationException unknown() {
        return new UnsupportedOperationException("no test needs this yet");
    }
}
