package dev.flipbook.it.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The results of one target's inputs. Inputs that killed or broke something are saved. Thread-safe. */
final class FuzzCounts {

    private final String target;
    private final Path finds;
    final AtomicLong inputs = new AtomicLong();
    final AtomicLong shown = new AtomicLong();
    final AtomicLong refused = new AtomicLong();
    final AtomicLong hung = new AtomicLong();
    final AtomicLong failed = new AtomicLong();
    final AtomicLong decoderDeaths = new AtomicLong();
    final AtomicLong serverDeaths = new AtomicLong();
    final AtomicLong gaps = new AtomicLong();
    final AtomicLong witnessed = new AtomicLong();
    final AtomicLong traces = new AtomicLong();
    private final AtomicLong saved = new AtomicLong();

    FuzzCounts(String target, Path finds) {
        this.target = target;
        this.finds = finds;
    }

    /** Keeps an input. */
    void save(String what, byte[] input) {
        try {
            Files.createDirectories(finds);
            Files.write(finds.resolve(target + "-" + what + "-" + saved.incrementAndGet()), input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the counts of a program that has ended. */
    void add(FuzzedProgram program) throws IOException {
        gaps.addAndGet(program.gaps());
        witnessed.addAndGet(program.seen());
        long lines = program.traces();
        traces.addAndGet(lines);
        if (lines > 0) {
            save("log", program.log().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether something happened that must not. */
    boolean isBad() {
        return serverDeaths.get() + gaps.get() + failed.get() + hung.get() + traces.get() > 0;
    }

    static String head() {
        return "%-10s %8s %8s %8s %6s %6s %8s %7s %6s %9s %7s"
                .formatted(
                        "target",
                        "inputs",
                        "shown",
                        "refused",
                        "hung",
                        "5xx",
                        "decoders",
                        "servers",
                        "gaps",
                        "witnessed",
                        "traces");
    }

    @Override
    public String toString() {
        return "%-10s %8d %8d %8d %6d %6d %8d %7d %6d %9d %7d"
                .formatted(
                        target,
                        inputs.get(),
                        shown.get(),
                        refused.get(),
                        hung.get(),
                        failed.get(),
                        decoderDeaths.get(),
                        serverDeaths.get(),
                        gaps.get(),
                        witnessed.get(),
                        traces.get());
    }
}
