package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.SocketClient;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is stopped for longer than its deadlines, as by a laptop's lid or a debugger, and then continues. */
@Timeout(180)
class StoppedServerIT {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /**
     * Longer than each deadline, so that a deadline that counts the time in which the process stood still has passed.
     */
    private static final Duration STOPPED = DEADLINE.plusSeconds(1);

    @Test
    void viewersOfAProcessThatWasStoppedAreNotCut() throws Exception {
        try (Program program = Program.startOwn(Served.class, Map.of())) {
            URI server = URI.create(program.line());
            try (SocketClient client = SocketClient.open(server);
                    Witness viewer = Witness.of(server.getPort(), "/feeds/cam.mjpg");
                    RawConnection resting = RawConnection.to(server.getPort())) {
                client.say("{\"watch\":1,\"feed\":\"cam\"}");
                client.awaitPictures(1);
                resting.send("GET /heal");

                program.signal("STOP");
                stay(STOPPED);
                program.signal("CONT");

                int seen = client.pictures.size();
                AtomicInteger painted = new AtomicInteger();
                await().until(() -> {
                    while (painted.get() < client.pictures.size()) {
                        client.painted(1);
                        painted.incrementAndGet();
                    }
                    return client.pictures.size() > seen + 5;
                });
                stay(DEADLINE.dividedBy(4)); // deadlines are checked once a second
                viewer.awaits(viewer.newest() + 5);
                client.settle();
                assertThat(client.closed).isNotDone();
                resting.send("thz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertThat(resting.line()).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @Test
    void publisherOfAProcessThatWasStoppedGoesOnWithItsPicture() throws Exception {
        byte[] picture = NumberedPicture.of(1);
        try (Program program = Program.startOwn(Served.class, Map.of());
                RawConnection publisher =
                        RawConnection.to(URI.create(program.line()).getPort())) {
            publisher.send("PUT /feeds/door HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + (picture.length * 5 / 2)
                    + "\r\n\r\n");
            publisher.send(picture).send(picture);
            await().until(() -> program.err().contains("feed=door state=LIVE"));
            publisher.send(Arrays.copyOf(picture, picture.length / 4));
            stay(Duration.ofSeconds(1)); // the server reads it in this time

            program.signal("STOP");
            stay(STOPPED);
            program.signal("CONT");
            stay(Duration.ofSeconds(1)); // each feed is checked ten times in this time
            publisher.send(
                    Arrays.copyOfRange(picture, picture.length / 4, picture.length * 5 / 2 - picture.length * 2));

            assertThat(publisher.line()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(program.err()).doesNotContain("STALLED");
        }
    }

    private static void stay(Duration time) {
        await().pollDelay(time).until(() -> true);
    }

    /** The program that is stopped; it prints its address. */
    static final class Served {

        private Served() {}

        /** Serves ten pictures a second until standard input ends. */
        public static void main(String[] arguments) throws IOException {
            ServerOptions options = ServerOptions.DEFAULT.withPort(0).withDeadlines(new Deadlines(DEADLINE, DEADLINE));
            AtomicInteger number = new AtomicInteger();
            try (Flipbook flipbook = Flipbook.start(options);
                    ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor()) {
                Feed feed = flipbook.feed("cam");
                flipbook.feeds().open("door");
                var _ = publisher.scheduleWithFixedDelay(
                        () -> feed.publish(NumberedPicture.of(number.incrementAndGet())),
                        0,
                        100,
                        TimeUnit.MILLISECONDS);
                System.out.println(flipbook.address());
                System.in.transferTo(OutputStream.nullOutputStream());
                publisher.shutdownNow();
            }
        }
    }
}
