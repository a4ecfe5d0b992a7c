package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Feed;
import dev.flipbook.server.Flipbook;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server's own page shows its feeds live. What counts is what is on the screen, by whichever way it came there. */
class BrowserShowsPageIT extends BrowserCase {

    private final List<byte[]> colours;
    private final Flipbook flipbook;

    BrowserShowsPageIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    @Test
    void pageShowsATileWithTheLivePictureOfEachFeed() throws Exception {
        Feed left = flipbook.feed("left");
        Feed right = flipbook.feed("right");
        left.publish(colours.get(0));
        right.publish(colours.get(2));

        browser().open(flipbook.address());

        assertThat(browser().evaluate("document.title").asString()).isEqualTo("Flipbook");
        soon().until(() -> shows(0) && shows(2));
        assertThat(browser().evaluate("document.body.innerText").asString()).contains("left", "right");
        right.publish(colours.get(4));
        soon().until(() -> shows(0) && shows(4) && !shows(2));
    }

    @Test
    void feedThatComesLaterAppearsWithoutAReload() throws Exception {
        browser().open(flipbook.address());
        forASecond().until(() -> !shows(0));

        flipbook.feed("late").publish(colours.get(0));

        soon().until(() -> shows(0));
    }

    @Test
    void pageOfOneFeedShowsItLive() throws Exception {
        Feed feed = flipbook.feed("door");
        feed.publish(colours.get(0));

        browser().open(flipbook.address().resolve("/feeds/door"));

        assertThat(browser().evaluate("document.title").asString()).contains("door");
        soon().until(() -> shows(0));
        feed.publish(colours.get(2));
        soon().until(() -> shows(2) && !shows(0));
    }

    /** Whether at least a fiftieth of the screen has this colour, which nothing of the page itself has. */
    private static boolean shows(int colour) throws IOException, InterruptedException {
        BufferedImage screen = browser().screenshot();
        Color wanted = BrowserImage.COLOURS.get(colour);
        int[] pixels = screen.getRGB(0, 0, screen.getWidth(), screen.getHeight(), null, 0, screen.getWidth());
        int found = 0;
        for (int pixel : pixels) {
            if (BrowserImage.distance(wanted, new Color(pixel)) < 30) {
                found++;
            }
        }
        return found > pixels.length / 50;
    }
}
