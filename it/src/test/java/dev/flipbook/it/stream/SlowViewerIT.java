package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A viewer that does not keep up affects no other viewer, and itself sees only fewer pictures. */
@Timeout(300)
class SlowViewerIT {

    private static final int PICTURE = 200_000;
    /** Number of pictures: far more than the kernel's buffers hold between server and viewer. */
    private static final int PICTURES = 60;

    private static final FeedOptions FEEDS = new FeedOptions(
            Duration.ofSeconds(10), Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(30), 64 << 20);

    @Test
    void otherViewersLoseNoFrameWhileOneDoesNotRead() throws Exception {
        try (Flipbook flipbook = start(Deadlines.DEFAULT)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, PICTURE));
            try (RawConnection slow = notReading(flipbook);
                    Witness one = Witness.of(flipbook.port(), "/video_feed");
                    Witness two = Witness.of(flipbook.port(), "/video_feed?framing=browser")) {
                for (int number = 2; number <= PICTURES; number++) {
                    feed.publish(NumberedPicture.of(number, PICTURE));
                    one.awaits(number); // each frame arrives before the next is made: nobody waits for the slow one
                    two.awaits(number);
                }
                one.sawAllUpTo(PICTURES);
                two.sawAllUpTo(PICTURES);
                assertThat(feed.status().viewers()).isEqualTo(3);
                await().untilAsserted(() -> assertThat(flipbook.feeds().usedBytes())
                        .as("the newest frame and the one that the slow viewer is at")
                        .isLessThan(3L * PICTURE));
                assertThat(PartReader.on(slow).nextNumber()).isEqualTo(1);
            }
        }
    }

    @Test
    void aViewerThatReadsAgainGetsWholeFramesThatGrowNewerUpToTheNewest() throws Exception {
        for (String framing : List.of("strict", "browser")) {
            try (Flipbook flipbook = start(Deadlines.DEFAULT)) {
                Feed feed = flipbook.feed("cam");
                feed.publish(NumberedPicture.of(1, PICTURE));
                try (RawConnection slow = RawConnection.withReceiveBuffer(flipbook.port(), 16 << 10)
                                .ask("GET", "/video_feed?framing=" + framing);
                        Witness witness = Witness.of(flipbook.port(), "/video_feed")) {
                    for (int number = 2; number <= PICTURES; number++) {
                        feed.publish(NumberedPicture.of(number, PICTURE));
                        witness.awaits(number);
                    }
                    PartReader parts = PartReader.on(slow);
                    List<Integer> seen = new ArrayList<>(List.of(parts.nextNumber()));
                    while (seen.getLast() < PICTURES) {
                        seen.add(parts.nextNumber()); // the reader throws at a torn one
                    }
                    assertThat(seen).as(framing).doesNotHaveDuplicates().isSorted();
                    assertThat(seen.size())
                            .as("pictures from the kernel's buffers, the one being sent, and then the newest: %s", seen)
                            .isLessThanOrEqualTo(12);
                    await().untilAsserted(() ->
                            assertThat(feed.status().skipped()).isGreaterThanOrEqualTo(PICTURES - seen.size() - 1));
                }
            }
        }
    }

    @Test
    void aViewerThatTakesNoByteIsClosedAndOneThatReadsIsNot() throws Exception {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(4));
        try (Flipbook flipbook = start(deadlines)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, 4_000_000));
            try (RawConnection dead = notReading(flipbook);
                    Witness witness = Witness.of(flipbook.port(), "/video_feed")) {
                witness.awaits(1);
                assertThat(feed.status().viewers()).isEqualTo(2);
                await().until(() -> feed.status().viewers() == 1);
                assertThat(dead.ends()).as("its connection is closed").isTrue();
                feed.publish(NumberedPicture.of(2, 4_000_000));
                witness.sawAllUpTo(2);
                await().untilAsserted(() ->
                        assertThat(flipbook.feeds().usedBytes()).isLessThan(6_000_000L)); // its block is free
            }
        }
    }

    @Test
    void aViewerThatHasTakenPicturesAndTakesNoMoreIsClosedToo() throws Exception {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(4));
        try (Flipbook flipbook = start(deadlines)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, 20_000));
            try (RawConnection dead = notReading(flipbook);
                    Witness witness = Witness.of(flipbook.port(), "/video_feed")) {
                for (int number = 2; number <= PICTURES; number++) { // the kernel takes some of them, and then no more
                    feed.publish(NumberedPicture.of(number, PICTURE));
                    witness.awaits(number);
                }
                await().until(() -> feed.status().viewers() == 1);
                assertThat(dead.ends()).as("its connection is closed").isTrue();
                feed.publish(NumberedPicture.of(PICTURES + 1, PICTURE));
                witness.sawAllUpTo(PICTURES + 1);
            }
        }
    }

    private static Flipbook start(Deadlines deadlines) throws IOException {
        return Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(FEEDS).withDeadlines(deadlines));
    }

    private static RawConnection notReading(Flipbook flipbook) throws IOException {
        RawConnection connection = RawConnection.withReceiveBuffer(flipbook.port(), 16 << 10);
        connection.ask("GET", "/video_feed");
        await().until(() -> flipbook.feeds().viewers() > 0);
        return connection;
    }
}
