package dev.flipbook.server.control;

import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.publish.RequestBody;
import dev.flipbook.web.Quote;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One request that changes something: a virtual thread reads its body, makes the change and answers. While the thread
 * waits it holds no thread of the system.
 */
final class ChangeRun implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    private final Exchange exchange;
    private final Change change;
    private final Runnable whenDone;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean reading = true; // guarded by lock
    private Scheduler.@Nullable Task deadline; // of the body

    /** @param whenDone run when the request has been answered */
    ChangeRun(Exchange exchange, Change change, Runnable whenDone) {
        this.exchange = exchange;
        this.change = change;
        this.whenDone = whenDone;
        this.thread = Thread.ofVirtual().name("flipbook-change").unstarted(this);
    }

    /**
     * Begins to read the body.
     *
     * @param timeout maximum time for the body to be complete
     */
    void start(Duration timeout) {
        Scheduler scheduler = exchange.request().getComponents().getScheduler();
        if (Changes.hasBody(exchange.request())) {
            deadline = scheduler.schedule(this::stopReading, timeout.toNanos(), TimeUnit.NANOSECONDS);
        }
        thread.start();
    }

    /** Wakes the thread if it still reads; an interrupt at any later time would disturb the change. */
    private void stopReading() {
        lock.lock();
        try {
            if (reading) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            change.make(body(), exchange);
        } catch (ExecutionException e) {
            refuse(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            refuse(new HttpError(
                    504, "this takes longer than usual and goes on; the status will show when it is done"));
        } catch (Exception | Error e) {
            refuse(e);
        } finally {
            whenDone.run();
        }
    }

    private byte[] body() {
        try {
            byte[] body = RequestBody.of(exchange.request()).readNBytes(Changes.MAX_BODY + 1);
            if (body.length > Changes.MAX_BODY) {
                throw Changes.tooLong();
            }
            return body;
        } catch (InterruptedIOException e) {
            throw new HttpError(408, "the body has not come in time");
        } catch (IOException e) {
            throw new HttpError(400, "the connection has broken off");
        } finally {
            endReading();
        }
    }

    private void endReading() {
        lock.lock();
        try {
            reading = false;
            Thread.interrupted(); // may have come a moment too late
        } finally {
            lock.unlock();
        }
        Scheduler.Task planned = deadline;
        if (planned != null) {
            planned.cancel();
        }
    }

    private void refuse(Throwable failure) {
        try {
            if (failure instanceof OutOfMemoryError) {
                exchange.callback().failed(failure);
                return;
            }
            HttpError.of(failure).orElseGet(() -> fault(failure)).answer(exchange);
        } catch (RuntimeException | Error e) {
            exchange.callback().failed(e);
        }
    }

    private HttpError fault(Throwable failure) {
        String path = Quote.of(exchange.request().getHttpURI().getPath());
        LOG.log(Level.ERROR, "path=" + path + " failed", failure);
        return new HttpError(500, "this failed inside the server; its log says more");
    }
}
