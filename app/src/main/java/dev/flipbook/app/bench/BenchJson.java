package dev.flipbook.app.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Formats the results as JSON. Written by hand, because everything but the address is a number and the program has no
 * JSON library of its own.
 */
final class BenchJson {

    private BenchJson() {}

    /** The whole document. The address needs no escaping, because {@code java.net.URI} has accepted it. */
    static String of(String url, int seconds, List<LoadStep> steps) {
        return String.format(
                Locale.ROOT,
                "{\"url\":\"%s\",\"seconds\":%d,\"clock\":\"%s\",\"steps\":[%s]}",
                url,
                seconds,
                BenchTable.clock(steps).key(),
                steps.stream().map(BenchJson::step).collect(Collectors.joining(",")));
    }

    private static String step(LoadStep step) {
        return String.format(
                Locale.ROOT,
                "{\"viewers\":%d,\"connected\":%d,\"cutOff\":%d,\"seconds\":%.3f,"
                        + "\"fps\":{\"median\":%.3f,\"min\":%.3f,\"max\":%.3f},"
                        + "\"bytesPerSecond\":%.0f,\"frames\":%d,\"missed\":%d,\"ageMs\":%s}",
                step.viewers(),
                step.connected(),
                step.cutOff(),
                step.seconds(),
                step.medianFps(),
                step.slowestFps(),
                step.fastestFps(),
                step.bytesPerSecond(),
                step.allFrames(),
                step.missed(),
                ages(step));
    }

    private static String ages(LoadStep step) {
        if (step.clock() == AgeClock.NONE) {
            return "null";
        }
        return String.format(
                Locale.ROOT,
                "{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}",
                step.ages().percentile(0.50) / 1e6,
                step.ages().percentile(0.90) / 1e6,
                step.ages().percentile(0.99) / 1e6,
                step.ages().max() / 1e6);
    }
}
