package dev.flipbook.decoder;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Starts all decoder processes on one thread that lives as long as the JVM. Such a thread is needed because Linux ends
 * a process that asked to die with its parent when the <em>thread</em> that started it ends. Thread-safe.
 */
final class DecoderStarter {

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    // Guarded by this.
    private @Nullable Thread thread;

    /** Starts a process on that thread and waits for it. */
    Process start(Callable<Process> starting) throws IOException, InterruptedException {
        FutureTask<Process> task = new FutureTask<>(starting);
        tasks.add(task);
        run();
        try {
            return task.get();
        } catch (InterruptedException e) {
            tasks.add(() -> endUnwanted(task)); // runs after the start, because tasks run in order
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            Throwable why = cause == null ? e : cause;
            throw new IOException("the decoder process cannot be started: " + why.getMessage(), why);
        }
    }

    private static void endUnwanted(FutureTask<Process> task) {
        if (task.state() == Future.State.SUCCESS) {
            task.resultNow().destroyForcibly();
        }
    }

    private synchronized void run() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("flipbook-decoder-start").start(this::work);
        }
    }

    private void work() {
        while (true) {
            try {
                tasks.take().run();
            } catch (InterruptedException e) {
                // not used here; go on
            }
        }
    }
}
