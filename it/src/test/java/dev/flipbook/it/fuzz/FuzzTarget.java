package dev.flipbook.it.fuzz;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/** One way into the program, and one kind of bytes for it. */
abstract class FuzzTarget {

    /** Number of requests at once: enough for two processors. */
    static final int THREADS = 4;

    /** Maximum time from a broken connection until the program has ended, if it died of the input. */
    static final Duration MOMENT = Duration.ofSeconds(2);

    /** The program's message after its decoder process has died. */
    private static final Pattern DEATH = Pattern.compile("decoder[^\"]*end|end[^\"]*decoder");

    final List<byte[]> seeds;
    final Random random;
    final FuzzCounts counts;
    final long deadline;

    FuzzTarget(List<byte[]> seeds, Random random, FuzzCounts counts, long deadline) {
        this.seeds = seeds;
        this.random = random;
        this.counts = counts;
        this.deadline = deadline;
    }

    /** Runs until the time of the target is over. */
    abstract void run() throws IOException, InterruptedException;

    boolean isOver() {
        return System.nanoTime() - deadline > 0;
    }

    /**
     * A new random mutation, one for each thread. The same seed gives the same mutations, in the order of the calls.
     */
    synchronized FuzzMutation mutation() {
        return new FuzzMutation(new Random(random.nextLong()));
    }

    /** Runs the work on this number of threads, and waits for all of them. */
    static void onThreads(int threads, Callable<?> work) throws InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(work));
            }
            for (Future<?> each : running) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("the fuzzer itself is wrong", e.getCause());
                }
            }
        }
    }

    /** Counts an answer of the program to an input. */
    void count(int status, byte[] answer, byte[] input) {
        counts.inputs.incrementAndGet();
        String text = status < 300 ? "" : new String(answer, StandardCharsets.UTF_8);
        if (status < 300) {
            counts.shown.incrementAndGet();
        } else if (status < 500 || status == 503) {
            counts.refused.incrementAndGet();
        } else {
            counts.failed.incrementAndGet();
            counts.save("failed", input);
        }
        if (DEATH.matcher(text).find()) {
            counts.decoderDeaths.incrementAndGet();
            counts.save("decoder", input);
        }
    }

    /** An input without an answer. */
    void countLost(FuzzedProgram program, byte[] input, IOException e) throws InterruptedException {
        counts.inputs.incrementAndGet();
        if (program.diesWithin(MOMENT)) {
            counts.save("server", input); // one of those that were there at once
        } else if (e instanceof HttpTimeoutException) {
            counts.hung.incrementAndGet();
            counts.save("hung", input);
        } else {
            counts.refused.incrementAndGet(); // the program refused the rest of the input
        }
    }
}
