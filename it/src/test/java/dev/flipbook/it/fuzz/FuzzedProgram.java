package dev.flipbook.it.fuzz;

import dev.flipbook.Ticker;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.Witness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The running program that is fuzzed. Beside the fuzzed feeds it has a feed of twenty numbered pictures a second, with
 * a viewer that counts the pictures that it misses. Thread-safe.
 */
final class FuzzedProgram implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String WITNESS = "witness";
    private static final long INTERVAL = 50_000_000;

    private final Program program;
    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Witness witness;
    private final Thread publisher;
    private final List<RawConnection> viewers = new CopyOnWriteArrayList<>();
    private volatile boolean ending;

    /** @param sources as on the command line, each with its name */
    FuzzedProgram(List<String> sources) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("--port=0", WITNESS + "=publish"));
        arguments.addAll(sources);
        program = Program.start(arguments.toArray(String[]::new));
        port = program.port();
        put(WITNESS, NumberedPicture.of(1));
        witness = Witness.of(port, "/feeds/" + WITNESS + ".mjpg");
        publisher = Thread.ofPlatform().daemon().start(this::publish);
    }

    private void publish() {
        for (int number = 2; !ending; number++) {
            try {
                put(WITNESS, NumberedPicture.of(number));
                Ticker.system().sleepUntil(System.nanoTime() + INTERVAL);
            } catch (IOException e) {
                return; // the program has ended, which the fuzzer notices
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Publishes a body to a feed, as one picture or a stream of them, and gives the answer. */
    HttpResponse<String> put(String feed, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/feeds/" + feed))
                .timeout(PATIENCE)
                .PUT(BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /** The status of all feeds of the program. */
    String status() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/feeds"))
                .timeout(PATIENCE)
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    /** Asks for a feed's next picture, which opens the feed's source. */
    HttpResponse<byte[]> snapshot(String feed) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/feeds/" + feed + ".jpg?max_delay=3000"))
                .timeout(PATIENCE)
                .build();
        return client.send(request, BodyHandlers.ofByteArray());
    }

    /** Watches a feed, so that its source is open, and ignores the pictures. */
    void watch(String feed) throws IOException {
        RawConnection viewer = RawConnection.to(port);
        viewers.add(viewer);
        viewer.ask("GET", "/feeds/" + feed + ".mjpg");
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (viewer.read() >= 0) {
                    // pictures that were made from damaged input may be damaged too
                }
            } catch (IOException e) {
                // the program has ended, or the test has
            }
        });
    }

    boolean isAlive() {
        return program.isAlive();
    }

    /** Waits this long, and returns whether the program has ended, which it must not. */
    boolean diesWithin(Duration time) throws InterruptedException {
        return program.endsWithin(time);
    }

    /** Number of pictures that the viewer has missed between the first and the last that it saw. */
    int gaps() {
        List<Integer> seen = witness.numbers();
        return seen.isEmpty() ? 0 : seen.get(seen.size() - 1) - seen.get(0) + 1 - seen.size();
    }

    /** How many pictures its viewer has seen. */
    int seen() {
        return witness.numbers().size();
    }

    /** How many lines of stack traces its log has. */
    long traces() throws IOException {
        return program.err().lines().filter(line -> line.startsWith("\tat ")).count();
    }

    String log() throws IOException {
        return program.err();
    }

    @Override
    public void close() throws IOException {
        ending = true;
        publisher.interrupt();
        witness.close();
        for (RawConnection viewer : viewers) {
            viewer.close();
        }
        client.shutdownNow();
        program.close();
    }
}
