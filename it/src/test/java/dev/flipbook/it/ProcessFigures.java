package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds now.
 *
 * @param threads names of those that Flipbook started, sorted; the pools, which have a fixed most and fill as they are used, left out
 * @param descriptors open sockets, pipes and selectors; 0 where the system does not tell. Files are left out: the JVM opens those of
 *     its class path when it likes
 */
record ProcessFigures(List<String> threads, long descriptors) {

    private static final Path OPEN = Path.of("/proc/self/fd");

    /** Those of now, to be compared with later ones: what the JVM opens once, at its first socket of each kind, is open already. */
    static ProcessFigures now() {
        openWhatTheJvmKeeps();
        return read();
    }

    private static ProcessFigures read() {
        List<String> threads = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("flipbook-") && !name.matches("flipbook-(http|wake).*"))
                .sorted()
                .toList();
        return new ProcessFigures(threads, openDescriptors());
    }

    private static long openDescriptors() {
        if (!Files.isDirectory(OPEN)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(OPEN)) {
            return all.filter(ProcessFigures::isOfTheNetwork).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOfTheNetwork(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().matches("(socket|pipe|anon_inode):.*");
        } catch (IOException e) {
            return false; // it has just been closed
        }
    }

    /** A socket that waits and one that is closed, on a thread of each kind; and a selector. */
    private static void openWhatTheJvmKeeps() {
        for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
            Thread thread = kind.start(() -> {
                InetAddress here = InetAddress.getLoopbackAddress();
                try (Selector selector = Selector.open();
                        ServerSocket listening = new ServerSocket(0, 1, here);
                        Socket client = new Socket()) {
                    client.connect(new InetSocketAddress(here, listening.getLocalPort()));
                    try (Socket server = listening.accept()) {
                        Thread writer = Thread.ofVirtual().start(() -> write(server));
                        client.getInputStream().read();
                        writer.join();
                    }
                    selector.selectNow();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void write(Socket server) {
        try {
            server.getOutputStream().write(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That no more is held than then; waits for it. */
    static void awaitAsBefore(ProcessFigures then) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            ProcessFigures now = read();
            assertThat(now.moreThan(then)).isEmpty();
            assertThat(now.descriptors).as("open descriptors").isLessThanOrEqualTo(then.descriptors);
        });
    }

    /** The threads that were not there then. Fewer than then are no fault: an earlier test's server may still have been ending. */
    private List<String> moreThan(ProcessFigures then) {
        List<String> more = new ArrayList<>(threads);
        then.threads.forEach(more::remove);
        return more;
    }
}
