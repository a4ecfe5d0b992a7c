package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tab with the {@code <img>} stays alive and the {@code <img>} goes on, whatever becomes of pictures, sources and server. */
class BrowserSurvivesIT extends BrowserCase {

    private final List<byte[]> colours;
    private final Flipbook flipbook;

    BrowserSurvivesIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(0);
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
    void whatIsNotAPictureIsRefusedAndTheNextPicturesAreShown() throws Exception {
        Feed feed = flipbook.feed("colours");
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        awaitViewer(feed);
        byte[] jpeg = colours.get(7);
        byte[] garbage = "these are letters and no picture".getBytes(StandardCharsets.US_ASCII);
        List<byte[]> bad = List.of(garbage, Arrays.copyOf(jpeg, jpeg.length / 2), new byte[0]);

        for (int i = 0; i < bad.size(); i++) {
            int good = i;
            feed.publish(colours.get(good));
            soon().until(() -> image.picture() == good);
            assertThatThrownBy(() -> feed.publish(bad.get(good))).isInstanceOf(IllegalArgumentException.class);
        }
        feed.publish(colours.get(3));

        soon().until(() -> image.picture() == 3);
        assertThat(image.pictures()).containsExactly(0, 1, 2, 3);
        flipbook.close();
        assertLives(image, 3);
    }

    /** Proves that the other tests would notice a crash. */
    @Test
    void tabThatDiesIsNoticed() throws Exception {
        assertThat(browser().crashed()).isFalse();

        browser().killTab();

        soon().until(() -> browser().crashed());
    }

    @Test
    void lastPictureStaysWhenTheServerCloses() throws Exception {
        Feed feed = flipbook.feed("colours");
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        awaitViewer(feed);
        feed.publish(colours.get(5));
        soon().until(() -> image.picture() == 5);

        flipbook.close();

        assertLives(image, 5);
        assertThat(image.pictures()).containsExactly(5);
    }

    @Test
    void lastPictureStaysWhenTheServerClosesAmidAFastFeed() throws Exception {
        Scripted source = new Scripted();
        source.show(colours.get(6));
        flipbook.feed("colours", source);
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        soon().until(() -> image.picture() == 6);

        flipbook.close();

        assertLives(image, 6);
    }

    @Test
    void sourceThatFailsShowsThePlaceholderAndIsLiveAgainWithoutAReload() throws Exception {
        Scripted source = new Scripted();
        source.show(colours.get(0));
        flipbook.feed("door", source);
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        soon().until(() -> image.picture() == 0);

        source.fail();
        soon().until(() -> image.picture() == BrowserImage.UNKNOWN);
        assertThat(image.naturalWidth()).isEqualTo(320);
        source.show(colours.get(1));

        soon().until(() -> image.picture() == 1);
        assertThat(image.pictures()).containsExactly(0, BrowserImage.UNKNOWN, 1);
        assertThat(image.errors()).isZero();
    }

    @Test
    void sourceThatHasNeverWorkedShowsThePlaceholderAndThenItsPictures() throws Exception {
        Scripted source = new Scripted();
        source.fail();
        flipbook.feed("door", source);
        BrowserImage image = BrowserImage.insert(browser(), "/video_feed", colours);
        soon().until(() -> image.picture() == BrowserImage.UNKNOWN);

        source.show(colours.get(1));

        soon().until(() -> image.picture() == 1);
        flipbook.close();
        assertLives(image, 1);
    }

    private static void assertLives(BrowserImage image, int picture) {
        forASecond().until(() -> !browser().crashed() && image.picture() == picture && image.onScreen() == picture);
    }

    /** Fifty pictures a second, all the same, or a failure: as the test says at the time. */
    private static final class Scripted implements FrameSource {
        private volatile byte[] picture = {};
        private final CountDownLatch never = new CountDownLatch(1);

        void show(byte[] jpeg) {
            picture = jpeg;
        }

        void fail() {
            picture = new byte[0];
        }

        @Override
        public Frame next() throws IOException, InterruptedException {
            var _ = never.await(20, TimeUnit.MILLISECONDS);
            byte[] now = picture;
            if (now.length == 0) {
                throw new IOException("the cable has been pulled");
            }
            return Frame.ofJpeg(now);
        }
    }
}
