package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.server.Flipbook;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Where things are in the server's own page, on a wall as on a phone: nothing is cut off, covered, or beside its place. */
class BrowserShowsTilesIT extends BrowserCase {

    private static final String LONG_NAME = "the-camera-over-the-back-door-of-the-house-in-the-yard.east-0001";

    private static final String LONG_REASON =
            "no picture within 30 s from rtsp://camera-in-the-yard.example.net:554/Streaming/Channels/101;"
                    + " the camera answers 401: give user and password as rtsp://USER:PASSWORD@camera";

    /** The boxes of the elements that the selector finds, with what they want to show beyond their own height. */
    private static String scriptOfBoxes(String selector) {
        return "[...document.querySelectorAll('" + selector + "')].filter(one => one.checkVisibility())"
                + ".map(one => ({ left: one.getBoundingClientRect().left, right: one.getBoundingClientRect().right,"
                + " top: one.getBoundingClientRect().top, bottom: one.getBoundingClientRect().bottom,"
                + " beyond: one.scrollHeight - one.clientHeight }))";
    }

    /** Where the letters of the elements are, be they within their element or not. */
    private static String scriptOfLetters(String selector) {
        return "[...document.querySelectorAll('" + selector + "')].map(one => {"
                + " const all = document.createRange(); all.selectNodeContents(one);"
                + " return { left: all.getBoundingClientRect().left, right: all.getBoundingClientRect().right }; })";
    }

    private final List<byte[]> colours;
    private final Flipbook flipbook;

    BrowserShowsTilesIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    /** 340 pixels are two columns, also beside a scrollbar. */
    @ParameterizedTest
    @ValueSource(ints = {320, 340, 390, 1280})
    void ageStaysInItsTileHoweverLongTheNameIs(int width) throws Exception {
        for (int i = 0; i < 9; i++) {
            flipbook.feed(i == 0 ? LONG_NAME : "feed" + i).publish(colours.get(0));
        }

        open("/", width, 800);

        soon().until(() -> boxes(".tile").size() == 9);
        soon().until(() -> browser()
                .evaluate("/\\d/.test(document.querySelector('.age').textContent)")
                .asBoolean());
        soon().untilAsserted(BrowserShowsTilesIT::assertAgesBesideNames); // once the tiles have found their places
    }

    private static void assertAgesBesideNames() throws Exception {
        JsonNode tiles = boxes(".tile");
        JsonNode names = boxes(".strip h2");
        JsonNode ages = browser().evaluate(scriptOfLetters(".age"));
        for (int i = 0; i < 9; i++) {
            double right = tiles.get(i).path("right").asDouble();
            assertThat(ages.get(i).path("right").asDouble()).isLessThanOrEqualTo(right - 4); // with some room
            assertThat(names.get(i).path("right").asDouble())
                    .isLessThanOrEqualTo(ages.get(i).path("left").asDouble() + 1);
            assertThat(names.get(i).path("left").asDouble())
                    .isGreaterThanOrEqualTo(tiles.get(i).path("left").asDouble());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 340, 390})
    void phoneHasTheWholeReasonOfAFeedThatIsOffline(int width) throws Exception {
        flipbook.feed("yard", new Broken(LONG_REASON));
        for (int i = 0; i < 8; i++) {
            flipbook.feed("feed" + i).publish(colours.get(0));
        }

        open("/", width, 640);
        soon().until(() -> text(".why p").equals(LONG_REASON));
        soon().untilAsserted(BrowserShowsTilesIT::assertWhole);

        open("/feeds/yard", width, 640);
        soon().until(() -> text(".why p").equals(LONG_REASON));
        soon().untilAsserted(BrowserShowsTilesIT::assertWhole);
    }

    @Test
    void phoneHeldSidewaysHasTheWholeReasonToo() throws Exception {
        flipbook.feed("yard", new Broken(LONG_REASON));
        for (int i = 0; i < 8; i++) {
            flipbook.feed("feed" + i).publish(colours.get(0));
        }

        open("/", 667, 375);
        // no browser here has a screen that is touched
        browser()
                .evaluate("[...document.styleSheets[0].cssRules].filter(rule => /coarse/.test(rule.media?.mediaText))"
                        + ".forEach(rule => { rule.media.mediaText = 'all'; })");

        soon().until(() -> text(".why p").equals(LONG_REASON));
        soon().untilAsserted(BrowserShowsTilesIT::assertWhole);
    }

    /** Nothing of the reason is cut off, and it neither covers state or name nor leaves its tile. */
    private static void assertWhole() throws Exception {
        JsonNode tile = boxes(".tile:has(.why:not([hidden]))").get(0);
        JsonNode why = boxes(".why").get(0);
        // Firefox rounds
        assertThat(why.path("beyond").asInt()).isLessThanOrEqualTo(1);
        assertThat(boxes(".why p").get(0).path("beyond").asInt()).isLessThanOrEqualTo(1);
        assertThat(why.path("left").asDouble())
                .isGreaterThanOrEqualTo(tile.path("left").asDouble());
        assertThat(why.path("right").asDouble())
                .isLessThanOrEqualTo(tile.path("right").asDouble());
        String tileOf = ".tile:has(.why:not([hidden])) > ";
        assertThat(why.path("top").asDouble())
                .isGreaterThanOrEqualTo(
                        boxes(tileOf + ".chip").get(0).path("bottom").asDouble());
        assertThat(why.path("bottom").asDouble())
                .isLessThanOrEqualTo(boxes(tileOf + ".strip").get(0).path("top").asDouble());
    }

    @Test
    void noLetterOfThePlaceholderShinesThroughWhereTheReasonStands() throws Exception {
        flipbook.feed("yard", new Broken("connection refused by 127.0.0.1:1"));

        open("/feeds/yard", 800, 600);
        soon().until(() -> text(".why").contains("connection refused"));
        soon().until(() -> browser()
                .evaluate("document.querySelector('flipbook-view').state")
                .asString()
                .equals("placeholder"));

        soon().untilAsserted(BrowserShowsTilesIT::assertDarkBesideTheReason); // it may not be painted yet
    }

    private static void assertDarkBesideTheReason() throws Exception {
        JsonNode tile = boxes(".tile").get(0);
        JsonNode why = boxes(".why").get(0);
        BufferedImage screen = browser().screenshot();
        for (int y = tile.path("top").asInt() + 60; y < tile.path("bottom").asInt() - 60; y++) {
            for (int x = tile.path("left").asInt() + 10; x < tile.path("right").asInt() - 10; x++) {
                boolean inside = x >= why.path("left").asInt() - 1
                        && x <= why.path("right").asInt() + 1
                        && y >= why.path("top").asInt() - 1
                        && y <= why.path("bottom").asInt() + 1;
                if (!inside && BrowserImage.distance(new Color(screen.getRGB(x, y)), new Color(8, 9, 11)) > 16) {
                    throw new AssertionError("something of the placeholder is at " + x + ", " + y);
                }
            }
        }
    }

    @Test
    void lastPictureStaysBehindTheReason() throws Exception {
        Broken source = new Broken("the cable has been pulled");
        source.picture = colours.get(0);
        flipbook.feed("yard", source);
        open("/feeds/yard", 800, 600);
        soon().until(() -> redness() > 200);

        source.picture = new byte[0];

        soon().until(() -> text(".why").contains("the cable has been pulled"));
        soon().until(() -> browser()
                .evaluate("document.querySelector('flipbook-view').state")
                .asString()
                .equals("placeholder"));
        soon().until(() -> redness() > 50 && redness() < 110); // 75 is three tenths of the picture's own
    }

    /** How red the screen is where the red picture is, and no word: 0 for a grey placeholder, and for the light ground before the tile is there. */
    private static int redness() throws Exception {
        Color colour = new Color(browser().screenshot().getRGB(400, 500));
        return colour.getRed() - Math.max(colour.getGreen(), colour.getBlue());
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 1280})
    void cardsStandInTheMiddle(int width) throws Exception {
        open("/", width, 900);
        soon().until(() -> !text("#none").isEmpty());
        soon().untilAsserted(() -> assertCentred("#none", width));

        open("/feeds/dor", width, 900);
        soon().until(() -> !text("#unknown").isEmpty());
        soon().untilAsserted(() -> assertCentred("#unknown", width));

        // none of the modules runs, as in a browser that is too old for them
        browser().open(flipbook.address(), "Object.defineProperty(window, 'customElements', { value: null })");
        browser().resize(width, 900);
        soon().until(() -> !text("#old").isEmpty());
        soon().untilAsserted(() -> assertCentred("#old", width));
    }

    private static void assertCentred(String card, int width) throws Exception {
        JsonNode box = boxes(card).get(0);
        JsonNode main = boxes("main").get(0);
        double above = box.path("top").asDouble() - main.path("top").asDouble();
        // the controls of a phone stand below, and have a padding
        double below = main.path("bottom").asDouble() - box.path("bottom").asDouble() - (width < 640 ? 56 : 16);
        assertThat(above).as("room above %s", card).isGreaterThan(0).isBetween(below - 40, below + 40);
        double left = box.path("left").asDouble();
        assertThat(left)
                .isBetween(
                        width - box.path("right").asDouble() - 2,
                        width - box.path("right").asDouble() + 2);
    }

    @Test
    void allControlsOfALargeFeedFitOnTheSmallestPhone() throws Exception {
        flipbook.feed(LONG_NAME).publish(colours.get(0));

        open("/feeds/" + LONG_NAME, 320, 640);

        soon().until(() -> boxes("#tools button").size() >= 7);
        soon().untilAsserted(BrowserShowsTilesIT::assertControlsWithin320);
    }

    private static void assertControlsWithin320() throws Exception {
        for (JsonNode button : boxes("#tools button")) {
            assertThat(button.path("left").asDouble()).isGreaterThanOrEqualTo(0);
            assertThat(button.path("right").asDouble()).isLessThanOrEqualTo(320);
        }
        assertThat(browser().evaluate("document.documentElement.scrollWidth").asInt())
                .isEqualTo(320);
    }

    /** The size of a picture stands there without "of", where the server does not know its own yet. */
    @Test
    void figuresHaveNoWordsWithoutTheirValue() throws Exception {
        Feed feed = flipbook.feed("door");
        feed.publish(colours.get(0));
        flipbook.feed("yard", new Broken("connection refused by 127.0.0.1:1"));
        open("/", 1280, 800);
        soon().until(() -> boxes(".tile").size() == 2 && text(".why").contains("refused"));

        browser()
                .evaluate(
                        "import('/page/tile.js').then(({ Tile }) => { window.tiles = [{}, { state: 'live' }]"
                                + ".map((more) => { const tile = new Tile({ name: 'new', state: 'starting', ...more }, '/');"
                                + " Object.assign(tile.view.figures, { width: 640, height: 360, sequence: 1 }); tile.expand();"
                                + " document.querySelector('#grid').append(tile.element); tile.tick(); return tile; }); return true; })");
        browser().evaluate("document.querySelectorAll('.panel[hidden] ~ .strip .figures').forEach(one => one.click())");

        soon().until(() -> boxes(".panel").size() == 4);
        JsonNode rows =
                browser().evaluate("[...document.querySelectorAll('.panel dd')].map(one => one.textContent.trim())");
        assertThat(rows.valueStream().map(JsonNode::asString))
                .contains("640×360")
                .noneMatch(row -> row.matches("(?s).*( of|,|since|–.+|of –|half of them below)$"));
    }

    private void open(String path, int width, int height) throws IOException, InterruptedException {
        browser().open(flipbook.address().resolve(path));
        browser().resize(width, height);
    }

    private static JsonNode boxes(String selector) throws IOException, InterruptedException {
        return browser().evaluate(scriptOfBoxes(selector));
    }

    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("[...document.querySelectorAll('" + selector
                        + "')].filter(one => one.checkVisibility()).map(one => one.innerText.trim())[0] ?? ''")
                .asString();
    }

    /** Twenty pictures a second, or none and a reason. */
    private static final class Broken implements FrameSource {

        private final String reason;
        volatile byte[] picture = {};
        private final CountDownLatch never = new CountDownLatch(1);

        Broken(String reason) {
            this.reason = reason;
        }

        @Override
        public Frame next() throws IOException, InterruptedException {
            if (picture.length == 0) {
                throw new IOException(reason);
            }
            var _ = never.await(50, TimeUnit.MILLISECONDS);
            return Frame.ofJpeg(picture);
        }
    }
}
