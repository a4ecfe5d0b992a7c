package dev.flipbook.feed;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the few threads that all feeds of a process share. All of them are daemons. */
final class SharedThreads {

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private SharedThreads() {}

    /**
     * The threads that wake viewers, started now: if the system grants no thread later, waking would not happen at all.
     */
    static ExecutorService wakers() {
        ThreadPoolExecutor wakers = new ThreadPoolExecutor(
                PROCESSORS,
                PROCESSORS,
                0,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                daemons("flipbook-wake-"),
                // a publish that comes while everything ends has nobody to wake
                new ThreadPoolExecutor.DiscardPolicy());
        wakers.prestartAllCoreThreads();
        return wakers;
    }

    /**
     * The threads that encode. Each feed and each variant has one picture encoded at a time, so the queue is never
     * longer than their number. The threads end after 10 s without work.
     */
    static ExecutorService encoders() {
        ThreadPoolExecutor encoders = new ThreadPoolExecutor(
                PROCESSORS,
                PROCESSORS,
                10,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                daemons("flipbook-encode-"),
                new ThreadPoolExecutor.DiscardPolicy()); // what is published while everything ends is shown to nobody
        encoders.allowCoreThreadTimeOut(true);
        return encoders;
    }

    /** Makes daemons with this prefix and a number as their names. */
    static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
