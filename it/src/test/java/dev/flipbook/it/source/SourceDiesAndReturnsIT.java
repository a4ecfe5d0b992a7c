package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.ScriptedSource;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A camera is unplugged and plugged in again; the viewers' connections stay open. */
@Timeout(300)
class SourceDiesAndReturnsIT {

    /** A camera that is silent for a second counts as gone. */
    private static final FeedOptions FEEDS = new FeedOptions(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(1), 64 << 20);

    @Test
    void viewersStayAndSeeThePlaceholderOnceASecondAndThenTheSourceAgain() throws Exception {
        ScriptedSource source = new ScriptedSource();
        try (Flipbook flipbook =
                Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(FEEDS))) {
            Feed feed = flipbook.feed("cam", source);
            source.deliver(NumberedPicture.of(1));
            try (RawConnection connection = RawConnection.to(flipbook.port());
                    Witness browser = Witness.of(flipbook.port(), "/video_feed?framing=browser")) {
                PartReader viewer = PartReader.of(connection, "/video_feed");
                assertThat(viewer.nextNumber()).isEqualTo(1);
                ProcessFigures before = ProcessFigures.now();

                source.fail("the cable was pulled");
                await().until(() -> feed.status().state() == State.OFFLINE);
                assertThat(feed.status().reason()).isEqualTo("the cable was pulled");
                List<Double> placeholders = new ArrayList<>();
                while (placeholders.size() < 4) {
                    PartReader.Part part = viewer.next().orElseThrow();
                    if (part.number() == 0) {
                        assertThat(ImageIO.read(new ByteArrayInputStream(part.picture())))
                                .as("a picture of the feed's size")
                                .returns(64, image -> image.getWidth())
                                .returns(48, image -> image.getHeight());
                        placeholders.add(Double.valueOf(part.headers().get("X-Timestamp")));
                    }
                }
                for (int i = 1; i < placeholders.size(); i++) {
                    assertThat(placeholders.get(i) - placeholders.get(i - 1))
                            .as("seconds from one to the next, by the server's own stamps")
                            .isBetween(0.5, 30.0);
                }
                assertThat(feed.status().viewers()).isEqualTo(2);
                assertThat(feed.status().failures()).isPositive();

                source.mend();
                source.deliver(NumberedPicture.of(2));
                int number = 0;
                while (number != 2) {
                    number = viewer.nextNumber();
                }
                browser.awaits(2);
                assertThat(feed.status().state()).isEqualTo(State.LIVE);
                assertThat(feed.status().reason()).isEmpty();
                ProcessFigures.awaitAsBefore(before);
            }
        }
    }

    @Test
    void aSourceThatFailsFromTheStartShowsWhy() throws Exception {
        ScriptedSource source = new ScriptedSource();
        source.fail("no camera is there");
        try (Flipbook flipbook = Flipbook.start(0)) {
            Feed feed = flipbook.feed("cam", source);
            try (RawConnection connection = RawConnection.to(flipbook.port())) {
                PartReader viewer = PartReader.of(connection, "/video_feed");
                assertThat(viewer.nextNumber()).as("drawn by the server").isZero();
                assertThat(feed.status().reason()).isEqualTo("no camera is there");
                source.mend();
                source.deliver(NumberedPicture.of(1));
                int number = 0;
                while (number != 1) {
                    number = viewer.nextNumber();
                }
            }
        }
    }

    @Test
    void aSnapshotOfADeadSourceSaysWhyWithinItsPatience() throws Exception {
        ScriptedSource source = new ScriptedSource();
        source.fail("no camera is there");
        try (Flipbook flipbook = Flipbook.start(0)) {
            flipbook.feed("cam", source);
            try (RawConnection connection = RawConnection.to(flipbook.port())) {
                ResponseHead head = connection.ask("GET", "/feeds/cam.jpg").head();
                assertThat(head.status()).isEqualTo(503);
                assertThat(head.header("Retry-After")).isEqualTo("1");
                assertThat(new String(
                                connection.read(Integer.parseInt(head.header("Content-Length"))),
                                StandardCharsets.UTF_8))
                        .isEqualTo("the feed 'cam' has no picture: no camera is there\n");
            }
        }
    }
}
