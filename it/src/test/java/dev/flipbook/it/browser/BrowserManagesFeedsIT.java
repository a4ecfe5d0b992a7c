package dev.flipbook.it.browser;

import static dev.flipbook.it.kit.FakeAdministration.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.Browser;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.FakeAdministration;
import dev.flipbook.it.kit.RefusingProxy;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page lets viewers add, remove, pause and resume feeds where the server says that they may, and nobody else. */
class BrowserManagesFeedsIT extends BrowserCase {

    private final List<byte[]> colours;
    private final Flipbook flipbook;
    private final FakeAdministration administration;

    BrowserManagesFeedsIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withHostNames(Set.of(Browser.FOREIGN)));
        administration = new FakeAdministration(flipbook, this::open);
        flipbook.feed(FakeAdministration.IN_THE_FILE, picture(0));
        flipbook.feed("yard", picture(1));
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    // who may

    @Test
    void viewerWhoMayNotSeesNothingOfItAndAsksTheServerOnce() throws Exception {
        browser().open(flipbook.address().resolve("//" + Browser.FOREIGN + ":" + flipbook.port() + "/"));
        soon().until(() -> screenShows(0) && requests("/api/config") == 1);
        browser().evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        browser().press("m");

        forASecond().until(() -> requests("/api/config") == 1 && requests("/page/panel.js") == 0);
        assertThat(visible("[data-do=add], [data-do=manage], .more, #config, #panel"))
                .isZero();
        browser().click(".open", 1);
        soon().until(() -> visible("[data-do=next]") == 1);
        assertThat(visible("[data-do=add], [data-do=manage], .more, #config, #panel"))
                .isZero();
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void viewerOfAProgramThatAddsNoFeedsMayPauseThemStill() throws Exception {
        try (Flipbook alone = Flipbook.start(0)) {
            alone.feed("door", picture(0));
            browser().open(alone.address());
            soon().until(() -> visible(".more") == 1);

            browser().press("m");

            soon().until(() -> text("#panel").contains("Privacy"));
            assertThat(text("#panel")).doesNotContain("Remove");
            assertThat(visible("[data-do=add]")).isZero();
        }
    }

    @Test
    void viewerBehindAProxyIsOfferedNothingAndNothingGoesWrong() throws Exception {
        try (RefusingProxy proxy = RefusingProxy.withoutWebSockets(flipbook.port())) {
            browser().open(proxy.address());
            soon().until(() -> text("#note").contains("WebSockets do not come through"));

            assertThat(browser().complaints()).allMatch(one -> one.contains("/ws"));
        }
    }

    // adding and removing

    @Test
    void whatIsWrongWithANewFeedStandsBesideTheFormAndNothingThatWasTypedIsLost() throws Exception {
        openPage("/");

        openForm();
        assertThat(text("dialog[open]")).contains("Possible here: http://camera/video.mjpg, publish");
        fill("add-name", "yard");
        fill("add-source", "colour:2");
        fill("add-fps", "5");
        browser().press("Enter");

        soon().until(() -> text("dialog[open] .error").equals("there is a feed 'yard' already"));
        assertThat(value("add-name") + value("add-source") + value("add-fps")).isEqualTo("yardcolour:25");
        fill("add-source", "color:2");
        fill("add-name", "lobby");
        browser().press("Enter");
        soon().until(() -> text("dialog[open] .error").contains("color:2 is no source"));
        fill("add-source", "colour:2");
        browser().press("Enter");

        soon().until(() -> text("dialog[open]").isEmpty() && screenShows(2));
        assertThat(text("#grid")).contains("lobby");
    }

    @Test
    void formKeepsWhatWasTypedWhenItIsClosed() throws Exception {
        openPage("/");
        openForm();
        fill("add-source", "rtsp://door/1");
        browser().press("Escape");
        soon().until(() -> visible("#add-source") == 0);

        browser().click("#tools [data-do=add]", 1);

        soon().until(() -> visible("#add-source") == 1);
        assertThat(value("add-source")).isEqualTo("rtsp://door/1");
    }

    @Test
    void feedIsRemovedAfterAQuestionThatNamesIt() throws Exception {
        openPage("/feeds/yard");
        browser().click("[data-do=manage]", 1);
        soon().until(() -> text("#panel h2").equals("Manage “yard”"));

        button("#panel", "Remove…");
        soon().until(() -> text("dialog[open] h2").equals("Remove “yard”?"));
        button("dialog[open]", "Cancel");
        soon().until(() -> text("dialog[open]").isEmpty());
        assertThat(flipbook.feeds().find("yard")).isPresent();
        button("#panel", "Remove…");
        button("dialog[open]", "Remove “yard”");

        soon().until(() -> path().equals("/") && !text("#grid").contains("yard"));
        assertThat(visible("#panel")).isZero();
        assertThat(flipbook.feeds().find("yard")).isEmpty();
    }

    @Test
    void feedOfTheFileStaysAndTheServersSentenceSaysWhereToRemoveIt() throws Exception {
        openPage("/feeds/door");
        browser().click("[data-do=manage]", 1);
        soon().until(() -> visible("#panel") == 1);

        button("#panel", "Remove…");
        button("dialog[open]", "Remove “door”");

        soon().until(() -> text("dialog[open] .error").equals("'door' is in flipbook.yaml; remove it there"));
        assertThat(flipbook.feeds().find("door")).isPresent();
    }

    // pausing

    @Test
    void feedIsPausedAndResumedByKeysAlone() throws Exception {
        openPage("/");
        soon().until(() -> screenShows(0) && visible(".more") == 2);

        browser().press("ArrowRight");
        browser().press("m");
        soon().until(() -> browser()
                .evaluate("document.activeElement.id === 'panel-title'")
                .asBoolean());
        tabTo("pause-reason");
        for (int letter : "in use".codePoints().toArray()) {
            browser().press(Character.toString(letter));
        }
        browser().press("Enter");

        soon().until(() -> door().status().state() == FeedStatus.State.PAUSED);
        assertThat(door().paused()).contains("in use");
        soon().until(() -> text(".chip").equals("Paused · in use") && !screenShows(0));
        assertThat(attribute(".open", "title")).isEqualTo("door: Paused: in use");
        assertThat(text("#summary")).contains("1 paused");
        assertThat(text("#panel")).contains("Paused · since ").contains("in use");
        soon().until(() -> browser()
                .evaluate("document.activeElement.textContent === 'Resume'")
                .asBoolean());
        browser().press("Enter");
        soon().until(() -> screenShows(0));
        browser().press("Escape");
        soon().until(() -> visible("#panel") == 0);
        assertThat(attribute("*:focus", "aria-label")).isEqualTo("Manage “door”");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seen", "frozen", "without WebSockets"})
    void pausedFeedShowsNothingOfItsLastPicture(String how) throws Exception {
        try (RefusingProxy proxy = RefusingProxy.withoutWebSockets(flipbook.port())) {
            browser()
                    .open((how.equals("without WebSockets") ? proxy.address() : flipbook.address())
                            .resolve("/feeds/door"));
            soon().until(() -> screenShows(0));
            if (how.equals("frozen")) {
                browser().press(" ");
                soon().until(() -> text(".one .chip").contains("Frozen"));
            }

            door().pause("meeting");

            soon().until(() -> !screenShows(0) && text(".one .chip").equals("Paused · meeting"));
            forASecond().until(() -> !screenShows(0));
            assertThat(browser().evaluate("document.title").asString()).isEqualTo("door – Paused – Flipbook");
            soon().until(() -> screenIsGrey());
            door().resume();
            if (how.equals("frozen")) {
                browser().press(" ");
            }
            soon().until(() -> screenShows(0));
        }
    }

    // the configuration

    @Test
    void pageSaysWhatKeepsTheFileFromBeingTheRunningConfigurationUntilItIs() throws Exception {
        String wrong = "flipbook.yaml:14:9: feeds.lobby.fpss is no setting of a feed; did you mean fps?";
        administration.says(status(false, List.of(wrong), List.of()), status(false, List.of(), List.of("listen")));
        openPage("/");

        soon().until(() ->
                text("#config").contains("The running configuration is not the file’s: /etc/flipbook/flipbook.yaml"));
        assertThat(text("#config")).contains(wrong).doesNotContain("restart");
        browser().click("[data-do=reload]", 1);
        soon().until(() -> text("#config").contains("Needs a restart: listen"));
        assertThat(text("#config")).doesNotContain(wrong);
        administration.says(status(true, List.of(), List.of()), status(true, List.of(), List.of()));
        browser().click("[data-do=reload]", 1);

        soon().until(() -> visible("#config") == 0 && text("#toast").equals("The configuration was reloaded"));
    }

    @Test
    void pageThatBecomesVisibleAsksWhetherTheFileHasChanged() throws Exception {
        openPage("/");
        soon().until(() -> visible(".more") == 2);
        administration.says(
                status(false, List.of("flipbook.yaml:1:1: wrong"), List.of()), status(true, List.of(), List.of()));

        browser().evaluate("document.dispatchEvent(new Event('visibilitychange'))");

        soon().until(() -> text("#config").contains("flipbook.yaml:1:1: wrong"));
    }

    // how it looks

    @ParameterizedTest
    @ValueSource(ints = {320, 390, 1280})
    void panelLeavesThePictureInSightAndFitsTheScreen(int width) throws Exception {
        openPage("/feeds/door");
        browser().resize(width, 800);
        soon().until(() -> visible("[data-do=manage]") == 1);

        browser().click("[data-do=manage]", 1);

        soon().until(() -> visible("#panel") == 1 && screenShows(0));
        String clear = "(([a, b]) => a.right <= b.left + 1 || a.bottom <= b.top + 1)"
                + "(['.one flipbook-view', '#panel'].map(one => document.querySelector(one).getBoundingClientRect()))";
        soon().until(() -> browser().evaluate(clear).asBoolean());
        assertThat(browser()
                        .evaluate("document.documentElement.scrollWidth + document.querySelector('#panel').scrollWidth"
                                + " - document.querySelector('#panel').clientWidth")
                        .asInt())
                .isLessThanOrEqualTo(width);
    }

    private void openPage(String path) throws IOException, InterruptedException {
        browser().open(flipbook.address().resolve(path));
        soon().until(() -> visible("[data-do=add], [data-do=manage]") > 0);
    }

    private Feed door() {
        return flipbook.feeds().find("door").orElseThrow();
    }

    /** The source of an address {@code colour:N}. */
    private FrameSource open(String address) {
        if (!address.startsWith("colour:")) {
            throw new IllegalArgumentException(address + " is no source");
        }
        return picture(Integer.parseInt(address.substring(7)));
    }

    private FrameSource picture(int colour) {
        try {
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(colours.get(colour)));
            return FrameSource.drawing(20, () -> picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the middle of the screen is grey, neither black nor a colour. */
    private static boolean screenIsGrey() throws IOException, InterruptedException {
        BufferedImage screen = browser().screenshot();
        int pixel = screen.getRGB(screen.getWidth() / 4, screen.getHeight() / 3);
        int[] parts = {pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255};
        return Math.abs(parts[0] - parts[1]) < 16 && Math.abs(parts[1] - parts[2]) < 16 && parts[0] > 20;
    }

    /** Goes on with Tab until this element has the focus. */
    private static void tabTo(String id) throws IOException, InterruptedException {
        for (int i = 0; i < 20; i++) {
            if (browser().evaluate("document.activeElement.id").asString().equals(id)) {
                return;
            }
            browser().press("Tab");
        }
        throw new AssertionError("Tab does not lead to " + id);
    }

    /** Opens the form for a new feed. The toolbar may still move while the page learns what it may do. */
    private static void openForm() {
        soon().until(() -> {
            if (visible("#add-source") == 0 && visible("#tools [data-do=add]") == 1) {
                browser().click("#tools [data-do=add]", 1);
            }
            return text("dialog[open] h2").equals("Add a feed");
        });
    }

    private static void fill(String id, String text) throws IOException, InterruptedException {
        browser().evaluate("(e => { e.focus(); e.value = '" + text + "'; })(document.getElementById('" + id + "'))");
    }

    private static String value(String id) throws IOException, InterruptedException {
        return browser().evaluate("document.getElementById('" + id + "').value").asString();
    }

    /** Clicks the button with this text. */
    private static void button(String within, String text) {
        soon().until(() -> browser()
                .evaluate("(b => { b?.click(); return b !== undefined; })([...document.querySelectorAll('" + within
                        + " button')].find(b => b.textContent === '" + text + "'))")
                .asBoolean());
    }

    private static String attribute(String selector, String name) throws IOException, InterruptedException {
        return browser()
                .evaluate("document.querySelector('" + selector + "').getAttribute('" + name + "')")
                .asString();
    }

    /** Number of elements that are shown. */
    private static int visible(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("[...document.querySelectorAll('" + selector + "')].filter(e => e.checkVisibility()).length")
                .asInt();
    }

    /** Number of requests of the page for this path. */
    private static int requests(String path) throws IOException, InterruptedException {
        return browser()
                .evaluate("performance.getEntriesByType('resource').filter(e => new URL(e.name).pathname === '" + path
                        + "').length")
                .asInt();
    }

    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("(e => e && e.checkVisibility() ? e.innerText.trim() : '')(document.querySelector('"
                        + selector + "'))")
                .asString();
    }

    private static String path() throws IOException, InterruptedException {
        return browser().evaluate("location.pathname").asString();
    }
}
