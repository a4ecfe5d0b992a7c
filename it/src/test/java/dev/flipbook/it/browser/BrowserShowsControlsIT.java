package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.RefusingProxy;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the server's own page lets one do, by mouse, key and touch; and that nothing it asks for is missing. */
class BrowserShowsControlsIT extends BrowserCase {

    private final List<byte[]> colours;
    private final Flipbook flipbook;

    BrowserShowsControlsIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(0);
    }

    @BeforeEach
    void publishTwoFeeds() {
        flipbook.feed("door").publish(colours.get(0));
        flipbook.feed("yard").publish(colours.get(1));
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    @Test
    void nothingThatThePageAsksForIsMissing() throws Exception {
        open("/");
        browser().click(".open", 1);
        soon().until(() -> path().equals("/feeds/door"));
        soon().until(() -> state().equals("live") || state().equals("late"));

        String icon = "document.querySelector('link[rel=icon]')";
        assertThat(browser().evaluate(icon + ".href").asString())
                .isEqualTo(flipbook.address().resolve("/page/favicon.svg").toString());
        assertThat(status(icon + ".href")).isEqualTo(200);
        assertThat(status("'/favicon.ico'")).isEqualTo(200);
        for (String action : List.of("next", "snapshot", "figures", "freeze", "freeze", "share")) {
            browser().evaluate("document.querySelector('[data-do=" + action + "]').click()");
        }
        soon().until(() ->
                browser().evaluate("document.querySelector('#links').open").asBoolean());
        soon().until(() -> text("#toast").contains("Snapshot saved"));
        browser().evaluate("history.back()");
        soon().until(() -> path().equals("/"));
        assertThat(browser().complaints()).isEmpty();
    }

    @Test
    void nothingIsMissingBelowAPathOfAProxy() throws Exception {
        try (RefusingProxy proxy = new RefusingProxy(flipbook.port())) {
            browser().open(proxy.address().resolve("/cam/"));
            soon().until(() -> browser()
                            .evaluate("document.querySelectorAll('.tile').length")
                            .asInt()
                    == 2);

            browser().click(".open", 1);

            soon().until(() -> path().equals("/cam/feeds/door"));
            soon().until(() -> state().equals("live") || state().equals("late"));
            assertThat(browser()
                            .evaluate("document.querySelector('link[rel=icon]').href")
                            .asString())
                    .isEqualTo(proxy.address().resolve("/cam/page/favicon.svg").toString());
            assertThat(status("document.querySelector('link[rel=icon]').href")).isEqualTo(200);
            assertThat(browser().complaints()).isEmpty();
        }
    }

    @Test
    void nothingIsMissingWhereWebSocketsDoNotComeThrough() throws Exception {
        try (RefusingProxy proxy = RefusingProxy.withoutWebSockets(flipbook.port())) {
            browser().open(proxy.address());
            soon().until(() -> text("#note").contains("WebSockets do not come through"));
            soon().until(() -> browser()
                    .evaluate(
                            "document.querySelectorAll('flipbook-view')[1]?.shadowRoot.querySelector('img.shown') != null")
                    .asBoolean());
            browser().evaluate("document.querySelector('[data-do=freezeAll]').click()"); // ends the streams
            soon().until(() ->
                    flipbook.feeds().find("door").orElseThrow().status().viewers() == 0);

            assertThat(browser().complaints())
                    .as("but for the WebSocket itself")
                    .allMatch(one -> one.contains("/ws"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/feeds/door, freeze, Freeze, Unfreeze",
        "/feeds/door, figures, Figures, Hide figures",
        "/feeds/door, full, Full screen, Leave full screen",
        "/, freezeAll, Freeze all, Unfreeze all"
    })
    void buttonThatTurnsSomethingOnAndOffSaysWhichAndWhetherItIs(String page, String action, String off, String on)
            throws Exception {
        String button = "[data-do=" + action + "]";
        open(page);
        soon().until(() -> label(button).equals(off + ", " + off + ", false"));

        browser().click(button, 1);
        soon().until(() -> label(button).equals(on + ", " + on + ", true"));
        browser().click(button, 1);
        soon().until(() -> label(button).equals(off + ", " + off + ", false"));
    }

    @Test
    void buttonSaysSoToWhenTheStateIsChangedByKeyOrInThePicture() throws Exception {
        open("/feeds/door");

        browser().press(" ");
        soon().until(() -> label("[data-do=freeze]").startsWith("Unfreeze"));
        browser().click(".one .figures", 1);
        soon().until(() -> label("[data-do=figures]").startsWith("Hide figures"));
        browser().press("i");
        soon().until(() -> label("[data-do=figures]").startsWith("Figures"));
    }

    @Test
    void noFrameStandsRoundThePictureForWhoUsesTheMouse() throws Exception {
        open("/");

        browser().click(".open", 1);
        soon().until(() -> path().equals("/feeds/door"));
        assertThat(frames()).isEqualTo("none");
        browser().click(".one .open", 2);
        soon().until(() ->
                browser().evaluate("document.fullscreenElement != null").asBoolean());
        assertThat(frames()).isEqualTo("none");
        soon().until(() -> controlsAreGone());
        browser().press("ArrowRight");
        soon().until(() -> path().equals("/feeds/yard"));
        assertThat(frames()).as("after a key, in full screen").isEqualTo("none");
    }

    /** The mouse leaves the focus on the button; that is no reason for the controls to stay. */
    @Test
    void controlsLeaveInFullScreenAfterAClickOnTheirOwnButton() throws Exception {
        open("/feeds/door");

        browser().click("[data-do=full]", 1);
        soon().until(() ->
                browser().evaluate("document.fullscreenElement != null").asBoolean());

        soon().until(() -> controlsAreGone());
    }

    @Test
    void keyboardShowsWhereItIs() throws Exception {
        open("/");

        browser().press("ArrowRight");
        soon().until(() -> frames().equals("solid"));
        browser().press("Enter");
        soon().until(() -> path().equals("/feeds/door"));
        assertThat(frames()).isEqualTo("none");
        assertThat(browser()
                        .evaluate("getComputedStyle(document.querySelector('.one .strip h2')).outlineStyle")
                        .asString())
                .isEqualTo("solid");
    }

    @ParameterizedTest
    @ValueSource(ints = {320, 390, 1280})
    void helpHasKeysForAKeyboardAndGesturesForAPhone(int width) throws Exception {
        open("/");
        browser().resize(width, 800);

        browser().click("[data-do=help]", 1);

        soon().until(() -> text("dialog[open] h2").equals("Help"));
        String help = text("dialog[open]");
        if (width < 640) {
            assertThat(help).contains("Swipe left or right", "Tap a picture").doesNotContain("Esc", "Keys");
            assertThat(browser()
                            .evaluate("document.querySelectorAll('dialog[open] kbd').length")
                            .asInt())
                    .isZero();
        } else {
            assertThat(help).contains("Keys", "Esc", "Space").doesNotContain("Swipe", "phone");
        }
        assertThat(browser()
                        .evaluate("document.querySelector('dialog[open]').scrollWidth")
                        .asInt())
                .isLessThanOrEqualTo(width);
    }

    @Test
    void lineForOpenCvAsksForNoMorePicturesThanAProgramKeepsUpWith() throws Exception {
        open("/feeds/door");

        browser().click("[data-do=share]", 1);

        soon().until(() -> text("dialog[open]")
                .contains("cv2.VideoCapture(\"" + flipbook.address().resolve("/feeds/door.mjpg?fps=10") + "\")"));
    }

    private void open(String path) throws IOException, InterruptedException {
        browser().open(flipbook.address().resolve(path));
        soon().until(() ->
                browser().evaluate("document.querySelectorAll('.tile').length").asInt() == 2);
    }

    private static boolean controlsAreGone() throws IOException, InterruptedException {
        return browser()
                .evaluate("getComputedStyle(document.querySelector('body > header')).opacity")
                .asString()
                .equals("0");
    }

    /** The frame round the picture that has the focus. */
    private static String frames() throws IOException, InterruptedException {
        return browser()
                .evaluate(
                        "document.activeElement.matches('.open') ? getComputedStyle(document.activeElement).outlineStyle"
                                + " : 'none'")
                .asString();
    }

    private static String label(String button) throws IOException, InterruptedException {
        JsonNode said = browser()
                .evaluate(
                        "(one => [one.textContent.trim(), one.title.replace(/ \\(.*/, ''), one.ariaPressed].join(', '))"
                                + "(document.querySelector('" + button + "'))");
        return said.asString();
    }

    private static int status(String address) throws IOException, InterruptedException {
        return browser()
                .evaluate("fetch(" + address + ").then(({ status }) => status)")
                .asInt();
    }

    private static String state() throws IOException, InterruptedException {
        return browser()
                .evaluate("document.querySelector('.one flipbook-view')?.state ?? ''")
                .asString();
    }

    private static String path() throws IOException, InterruptedException {
        return browser().evaluate("location.pathname").asString();
    }

    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("(e => e && e.checkVisibility() ? e.innerText.trim() : '')(document.querySelector('"
                        + selector + "'))")
                .asString();
    }
}
