package dev.flipbook.it.fuzz;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Pictures and streams of pictures that are published over HTTP. */
final class FuzzPublished extends FuzzTarget {

    FuzzPublished(List<byte[]> seeds, Random random, FuzzCounts counts, long deadline) {
        super(seeds, random, counts, deadline);
    }

    @Override
    void run() throws IOException, InterruptedException {
        List<String> feeds = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            feeds.add("f" + i + "=publish");
        }
        while (!isOver()) {
            try (FuzzedProgram program = new FuzzedProgram(feeds)) {
                AtomicInteger threads = new AtomicInteger();
                onThreads(THREADS, () -> {
                    publish(program, "f" + threads.getAndIncrement());
                    return null;
                });
                if (!program.isAlive()) {
                    counts.serverDeaths.incrementAndGet();
                }
                counts.add(program);
            }
        }
    }

    private void publish(FuzzedProgram program, String feed) throws InterruptedException {
        FuzzMutation mutation = mutation();
        while (!isOver() && program.isAlive()) {
            byte[] input = mutation.of(seeds);
            try {
                HttpResponse<String> answer = program.put(feed, input);
                count(answer.statusCode(), answer.body().getBytes(StandardCharsets.UTF_8), input);
            } catch (IOException e) {
                countLost(program, input, e);
            }
        }
    }
}
