package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The resources that this process holds now.
 *
 * @param threads names of the threads that Flipbook started, sorted, without those of pools, which have a fixed maximum
 *     and grow with use
 * @param descriptors number of open descriptors; 0 if the system does not report it
 */
public record ProcessFigures(List<String> threads, long descriptors) {

    public static ProcessFigures now() {
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("flipbook-") && !name.matches("flipbook-(http|wake).*"))
                .sorted()
                .toList();
        return new ProcessFigures(
                threads,
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                        ? unix.getOpenFileDescriptorCount()
                        : 0);
    }

    /**
     * Waits until this process holds no more than it did then, except for three descriptors that the JVM itself may
     * have opened since.
     */
    public static void awaitAsBefore(ProcessFigures then) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            ProcessFigures now = now();
            assertThat(now.moreThan(then)).isEmpty();
            assertThat(now.descriptors).isLessThanOrEqualTo(then.descriptors + 3);
        });
    }

    /**
     * The threads that did not exist then. Fewer threads than then are not a fault, because an earlier test's server
     * may still have been ending.
     */
    private List<String> moreThan(ProcessFigures then) {
        List<String> more = new ArrayList<>(threads);
        then.threads.forEach(more::remove);
        return more;
    }
}
