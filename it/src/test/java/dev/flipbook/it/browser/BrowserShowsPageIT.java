package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.Installed;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The server's own page shows its feeds live. What counts is what is on the screen, by whichever way it came there. */
class BrowserShowsPageIT extends BrowserCase {

    private final List<byte[]> colours;
    private Flipbook flipbook;

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
        soon().until(() -> screenShows(0) && screenShows(2));
        assertThat(text("main")).contains("left", "right");
        awaitPublishing(right, 4, () -> screenShows(0) && screenShows(4) && !screenShows(2));
    }

    @Test
    void feedThatComesLaterAppearsWithoutAReload() throws Exception {
        browser().open(flipbook.address());
        soon().until(() -> text("main").contains("No feeds yet"));

        flipbook.feed("late").publish(colours.get(0));

        soon().until(() -> screenShows(0) && !text("main").contains("No feeds yet"));
    }

    @Test
    void addressOfOneFeedShowsItLarge() throws Exception {
        Feed feed = flipbook.feed("door");
        flipbook.feed("yard").publish(colours.get(1));
        feed.publish(colours.get(0));

        browser().open(flipbook.address().resolve("/feeds/door"));

        soon().until(() -> screenShows(0) && !screenShows(1));
        assertThat(browser().evaluate("document.title").asString()).contains("door");
        awaitPublishing(feed, 2, () -> screenShows(2) && !screenShows(0));
    }

    @Test
    void addressOfAFeedThatIsNotThereNamesThoseThatAreAndWaitsForIt() throws Exception {
        flipbook.feed("yard").publish(colours.get(1));

        browser().open(flipbook.address().resolve("/feeds/dor"));

        soon().until(() -> text("#unknown").contains("There is no feed called “dor”"));
        assertThat(text("#unknown li")).isEqualTo("yard");
        flipbook.feed("dor").publish(colours.get(0));
        soon().until(() -> screenShows(0) && text("#unknown").isEmpty());
    }

    @Test
    void keysLeadFromFeedToFeedAndMakeOneLargeAndFreezeIt() throws Exception {
        Feed one = flipbook.feed("one");
        Feed two = flipbook.feed("two");
        one.publish(colours.get(0));
        two.publish(colours.get(1));
        browser().open(flipbook.address());
        soon().until(() -> screenShows(0) && screenShows(1));

        browser().press("ArrowRight"); // the first key finds the first feed
        browser().press("ArrowRight");
        browser().press("Enter");
        soon().until(() -> screenShows(1) && !screenShows(0));
        assertThat(path()).isEqualTo("/feeds/two");
        browser().press("ArrowRight");
        soon().until(() -> screenShows(0) && !screenShows(1));
        assertThat(path()).isEqualTo("/feeds/one");

        browser().press(" ");
        soon().until(() -> text(".tile:not([hidden]) .chip").contains("Frozen"));
        one.publish(colours.get(2));
        forASecond().until(() -> !screenShows(2));
        browser().press(" ");
        soon().until(() -> screenShows(2));

        browser().press("Escape");
        awaitPublishing(one, 2, () -> screenShows(2) && screenShows(1));
        assertThat(path()).isEqualTo("/");
        assertThat(browser()
                        .evaluate("document.activeElement.getAttribute('aria-label')")
                        .asString())
                .contains("one");
    }

    @Test
    void dialogsOpenByKeyAndCloseByKeyWithoutLeavingTheLargePicture() throws Exception {
        flipbook.feed("door").publish(colours.get(0));
        browser().open(flipbook.address().resolve("/feeds/door"));
        soon().until(() -> screenShows(0));

        browser().press("?");
        soon().until(() -> text("dialog[open] h2").equals("Help"));
        browser().press("Escape");
        soon().until(() -> text("dialog[open]").isEmpty());
        assertThat(path()).isEqualTo("/feeds/door");

        browser().evaluate("document.querySelector('[data-do=share]').click()");
        soon().until(() -> !text("dialog[open] h2").isEmpty());
        assertThat(text("dialog[open]"))
                .contains(
                        "<img src=\"" + flipbook.address().resolve("/feeds/door.mjpg") + "\">",
                        "cv2.VideoCapture(",
                        "ffplay ",
                        "vlc ",
                        "<flipbook-view feed=\"door\">",
                        "A phone cannot reach this address");
    }

    @Test
    void pageSpeaksChineseWhereTheBrowserDoes() throws Exception {
        browser()
                .open(
                        flipbook.address(),
                        "Object.defineProperty(navigator, 'languages', { get: () => ['fr', 'zh-CN', 'en'] })");

        soon().until(() -> text("main").contains("还没有画面"));
        assertThat(browser().evaluate("document.documentElement.lang").asString())
                .isEqualTo("zh-CN");
    }

    @Test
    void feedThatFailsSaysWhyAtOnceAndIsLiveAgain() throws Exception {
        Scripted source = new Scripted();
        source.picture = colours.get(0);
        flipbook.feed("door", source);
        browser().open(flipbook.address());
        soon().until(() -> screenShows(0));

        source.picture = new byte[0];

        soon().until(() -> text(".why").contains("the cable has been pulled"));
        assertThat(text(".why")).contains("since ", "next try ");
        assertThat(text(".chip")).isEqualTo("Offline");
        source.picture = colours.get(1);
        soon().until(() -> screenShows(1) && text(".why").isEmpty());
    }

    @Test
    void serverThatIsStartedAgainIsShownWithoutAReload() throws Exception {
        flipbook.feed("door").publish(colours.get(0));
        int port = flipbook.port();
        browser().open(flipbook.address());
        soon().until(() -> screenShows(0));

        flipbook.close();
        soon().until(() -> text("#away").contains("No contact with Flipbook since"));
        assertThat(text("#away button")).isEqualTo("Try now");
        flipbook = Flipbook.start(port);
        flipbook.feed("door").publish(colours.get(1));

        soon().until(() -> screenShows(1) && text("#away").isEmpty());
    }

    @Test
    void everyControlHasANameAndOneTileAloneIsReachedByTab() throws Exception {
        for (int i = 0; i < 3; i++) {
            flipbook.feed("feed" + i).publish(colours.get(i));
        }
        browser().open(flipbook.address());
        soon().until(() -> screenShows(2));

        String unnamed = "[...document.querySelectorAll('a, button, canvas, flipbook-view, dialog, [role=group]')]"
                + ".filter(one => !one.closest('[hidden], dialog:not([open])') && !one.ariaLabel && !one.innerText.trim()"
                + " && !one.title).map(one => one.outerHTML)";
        assertThat(browser().evaluate(unnamed).toString()).isEqualTo("[]");
        String links = "[...document.querySelectorAll('.open')].map(one => one.tabIndex).join()";
        assertThat(browser().evaluate(links).asString()).isEqualTo("0,-1,-1");
        assertThat(browser()
                        .evaluate("document.querySelectorAll('[style], script:not([src])').length")
                        .asInt())
                .as("elements with a style of their own, but for what the script has measured")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void anotherProgramReadsTheCodesForPhones() throws Exception {
        String reader = Installed.program("zbarimg", "the QR codes say what they should (Debian: zbar-tools)");
        browser().open(flipbook.address());
        List<String> addresses = List.of(
                "http://a",
                "http://192.168.178.20:8080/",
                "http://wall.example:8080/video/feeds/the-back-door-of-the-house",
                "https://a-host-with-a-long-name.of-a-long-domain.example/flipbook/feeds/" + "door".repeat(16),
                "https://wall.example/" + "0123456789abcdef".repeat(12));

        for (String address : addresses) {
            String rows = "import('" + flipbook.address() + "page/qr.js').then(({ qr }) => qr('" + address + "'))";
            assertThat(read(reader, browser().evaluate(rows))).isEqualTo(address);
        }
        String tooLong =
                "import('" + flipbook.address() + "page/qr.js').then(({ qr }) => qr('x'.repeat(214)) === null)";
        assertThat(browser().evaluate(tooLong).asBoolean()).isTrue();
    }

    /** What a code says: rows of 0 and 1, around which a code needs four light ones. */
    private static String read(String reader, JsonNode rows) throws IOException, InterruptedException {
        int side = rows.size() + 8;
        BufferedImage picture = new BufferedImage(4 * side, 4 * side, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                boolean dark = rows.path(y / 4 - 4).path(x / 4 - 4).asInt(0) == 1;
                picture.setRGB(x, y, dark ? 0 : 0xffffff);
            }
        }
        Path file = Files.createTempFile("flipbook-it", ".png");
        try {
            ImageIO.write(picture, "png", file.toFile());
            Process process = new ProcessBuilder(reader, "-q", "--raw", file.toString()).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("whether it finds a code in %s", rows)
                    .isZero();
            return said.strip();
        } finally {
            Files.delete(file);
        }
    }

    /** Publishes the picture until the condition holds: one that stands still grows stale and is dimmed. */
    private void awaitPublishing(Feed feed, int colour, Callable<Boolean> condition) {
        soon().until(() -> {
            feed.publish(colours.get(colour));
            return condition.call();
        });
    }

    /** What an element says that is shown; empty when there is none. */
    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("(e => e && e.checkVisibility() ? e.innerText.trim() : '')(document.querySelector('"
                        + selector + "'))")
                .asString();
    }

    private static String path() throws IOException, InterruptedException {
        return browser().evaluate("location.pathname").asString();
    }

    /** Twenty pictures a second, all the same, or a failure: as the test says at the time. */
    private static final class Scripted implements FrameSource {

        volatile byte[] picture = {};

        private final CountDownLatch never = new CountDownLatch(1);

        @Override
        public Frame next() throws IOException, InterruptedException {
            var _ = never.await(50, TimeUnit.MILLISECONDS);
            byte[] now = picture;
            if (now.length == 0) {
                throw new IOException("the cable has been pulled");
            }
            return Frame.ofJpeg(now);
        }
    }
}
