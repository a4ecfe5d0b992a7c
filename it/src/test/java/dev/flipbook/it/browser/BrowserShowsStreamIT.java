package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plain {@code <img>} shows every picture when it is published, and not when the next one comes. */
class BrowserShowsStreamIT extends BrowserCase {

    /** A picture that is shown one too late is not brought up by its repeat while a test looks. */
    private static final FeedOptions NO_REPEATS = new FeedOptions(
            Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), 64 << 20);

    private final List<byte[]> colours;
    private final Flipbook flipbook;

    BrowserShowsStreamIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(NO_REPEATS));
    }

    @BeforeEach
    void openAnyPageOfTheServer() throws Exception {
        browser().open(flipbook.address().resolve("/healthz"));
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    @Test
    void everyPictureIsShownBeforeTheNextComes() throws Exception {
        Feed feed = flipbook.feed("colours");
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        awaitViewer(feed);

        for (int i = 0; i < 4; i++) {
            int shown = i;
            feed.publish(colours.get(shown));
            soon().until(() -> image.picture() == shown);
        }

        assertThat(image.pictures()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void emulatedCameraCountsThroughItsPictures() throws Exception {
        List<byte[]> three = new ArrayList<>();
        try (FrameSource demo = FrameSource.open("demo")) {
            for (int i = 0; i < 3; i++) {
                three.add(demo.next().bytes());
            }
        }
        Watched demo = new Watched(FrameSource.open("demo"));
        flipbook.feed("demo", demo);

        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", three);

        soon().until(() -> image.seen().size() >= 6);
        List<Integer> expected = demo.pictures.stream()
                .map(picture -> IntStream.range(0, 3)
                        .filter(i -> Arrays.equals(three.get(i), picture))
                        .findFirst()
                        .orElseThrow())
                .toList();
        assertThat(image.pictures().subList(0, 6)).isEqualTo(expected.subList(0, 6));
        assertThat(expected.subList(0, 3)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void lastPictureOfAFeedThatStopsIsShownAndStays() throws Exception {
        Feed feed = flipbook.feed("colours");
        BrowserImage image = BrowserImage.insert(browser(), "/feeds/colours.mjpg", colours);
        awaitViewer(feed);
        List<byte[]> second = new ArrayList<>(Collections.nCopies(29, colours.get(0)));
        second.add(colours.get(4));

        publish(feed, second, Duration.ofMillis(33));

        soon().until(() -> image.picture() == 4);
        forASecond().until(() -> image.picture() == 4 && image.onScreen() == 4);
        assertThat(image.pictures()).containsExactly(0, 4);
    }

    @Test
    void onlyPictureOfAStillFeedIsShownToWhoComesLater() throws Exception {
        flipbook.feed("colours").publish(colours.get(2));

        BrowserImage image = BrowserImage.insert(browser(), "/video_feed/colours", colours);

        soon().until(() -> image.picture() == 2);
        assertThat(image.onScreen()).isEqualTo(2);
    }

    /** A source that keeps what it has delivered. */
    private static final class Watched implements FrameSource {
        final List<byte[]> pictures = new CopyOnWriteArrayList<>();
        private final FrameSource source;

        Watched(FrameSource source) {
            this.source = source;
        }

        @Override
        public Frame next() throws IOException, InterruptedException {
            Frame frame = source.next();
            pictures.add(frame.bytes());
            return frame;
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
