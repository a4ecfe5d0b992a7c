package dev.flipbook.app.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Formats the results as a table. */
final class BenchTable {

    static final String HEADER =
            " viewers   fps median   slowest   fastest     MB/s   missed    age p50       p90       p99       max";

    private BenchTable() {}

    static String row(LoadStep step) {
        return String.format(
                Locale.ROOT,
                "%8d %12.1f %9.1f %9.1f %8s %8d %10s %9s %9s %9s",
                step.viewers(),
                step.medianFps(),
                step.slowestFps(),
                step.fastestFps(),
                megabytes(step.bytesPerSecond()),
                step.missed(),
                age(step, ages -> ages.percentile(0.50)),
                age(step, ages -> ages.percentile(0.90)),
                age(step, ages -> ages.percentile(0.99)),
                age(step, Ages::max));
    }

    private static String megabytes(double bytes) {
        return String.format(Locale.ROOT, bytes < 10e6 ? "%.2f" : "%.1f", bytes / 1e6);
    }

    private static String age(LoadStep step, ToDoubleFunction<Ages> figure) {
        double millis = figure.applyAsDouble(step.ages()) / 1e6;
        if (step.clock() == AgeClock.NONE) {
            return "-";
        }
        if (millis >= 1000) {
            return String.format(Locale.ROOT, "%.2f s", millis / 1000);
        }
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }

    /** The clock that the ages were measured by: that of the first step that has one. */
    static AgeClock clock(List<LoadStep> steps) {
        return steps.stream()
                .map(LoadStep::clock)
                .filter(clock -> clock != AgeClock.NONE)
                .findFirst()
                .orElse(AgeClock.NONE);
    }
}
