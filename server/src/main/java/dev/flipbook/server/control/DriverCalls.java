package dev.flipbook.server.control;

import dev.flipbook.server.http.HttpError;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls into the drivers of cameras, which may hang. There is one call at a time for each feed, on a thread of the
 * system, because a virtual thread that hangs in a driver would keep others from running. So a camera that hangs takes
 * one thread, however often it is called. Thread-safe.
 */
final class DriverCalls {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final Set<String> busy = new HashSet<>(); // names of feeds that are being called; guarded by lock

    /**
     * Waits for earlier calls for the same feed, and then for this one.
     *
     * @param timeout maximum time to wait
     * @throws HttpError with the status 503 if an earlier call has not returned in this time; this one is not made then
     * @throws TimeoutException if this call has not returned in this time; it goes on
     */
    <T> T call(String feed, Duration timeout, Callable<T> driver)
            throws ExecutionException, TimeoutException, InterruptedException {
        long left = awaitTurn(feed, timeout.toNanos());
        FutureTask<T> call = new FutureTask<>(driver) {
            @Override
            protected void done() {
                end(feed);
            }
        };
        try {
            Thread.ofPlatform().daemon().name("flipbook-control-" + feed).start(call);
        } catch (RuntimeException | Error e) { // no memory for the thread
            end(feed);
            throw e;
        }
        return call.get(left, TimeUnit.NANOSECONDS);
    }

    /** Returns the time that is left, in nanoseconds. */
    private long awaitTurn(String feed, long timeout) throws InterruptedException {
        long left = timeout;
        lock.lock();
        try {
            while (!busy.add(feed)) {
                if (left <= 0) {
                    throw new HttpError(
                            503, "the camera has not done yet what it was asked before; try again", "Retry-After", "1");
                }
                left = returned.awaitNanos(left);
            }
            return left;
        } finally {
            lock.unlock();
        }
    }

    private void end(String feed) {
        lock.lock();
        try {
            busy.remove(feed);
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
