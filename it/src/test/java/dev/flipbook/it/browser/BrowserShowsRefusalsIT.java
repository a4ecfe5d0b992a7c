package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.Browser;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.RefusingProxy;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page tells apart a server that refuses, one that is gone, and WebSockets that do not come through; and finds back. */
class BrowserShowsRefusalsIT extends BrowserCase {

    private static final String NAME =
            "this server does not answer to the name 'wall.example'; ask by address or localhost, or start it with --host-name";

    private final Flipbook flipbook;
    private final RefusingProxy proxy;

    BrowserShowsRefusalsIT() throws IOException {
        flipbook = Flipbook.start(0);
        proxy = new RefusingProxy(flipbook.port());
    }

    @BeforeEach
    void publish() throws IOException {
        flipbook.feed("door").publish(BrowserImage.plainPictures().get(0));
    }

    @AfterEach
    void closeServer() throws IOException {
        proxy.close();
        flipbook.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            421 | GET     | this server does not answer to the name 'wall.example'; ask by address, or start it with --host-name
            421 | GET /ws | this server does not answer to the name 'wall.example'; ask by address, or start it with --host-name
            403 | GET /ws | <b>you</b> may not <img src=x onerror=this> see this
            429 | GET     | too many connections; try again in a minute
            503 | GET /ws | there is no place for another viewer
            """)
    void serverThatRefusesIsQuotedAndLetsIn(int status, String what, String sentence) throws Exception {
        browser().open(proxy.address());
        soon().until(() -> state().equals("live") || state().equals("late"));

        proxy.refuse(what + (what.endsWith("ws") ? " " : ""), status, "text/plain;charset=utf-8", sentence + "\n");

        soon().until(() -> text("#away").contains("The server answers: “" + sentence + "”"));
        assertThat(text("#away")).contains("What you see is from ", "Try now");
        assertThat(text("#note")).isEmpty();
        assertThat(browser()
                        .evaluate("document.querySelectorAll('#away b, #away img').length")
                        .asInt())
                .isZero();
        proxy.pass();
        soon().until(() -> text("#away").isEmpty() && !state().equals("lost"));
        assertThat(browser()
                        .evaluate("document.querySelector('flipbook-view').figures.transport")
                        .asString())
                .isEqualTo("ws");
    }

    @Test
    void serverThatDoesNotKnowItsNameIsSaidHowToBeStarted() throws Exception {
        proxy.refuse("GET /ws ", 421, "text/plain", NAME);

        browser()
                .open(proxy.address()
                        .resolve("//" + Browser.FOREIGN + ":" + proxy.address().getPort() + "/"));
        soon().until(() -> text("#away").contains(NAME));
        assertThat(text("#away")).contains("start Flipbook with --host-name " + Browser.FOREIGN + ".");

        // an address is always right: the name that was refused was put in on the way
        browser().open(proxy.address());
        soon().until(() -> text("#away").contains(NAME));
        assertThat(text("#away")).contains("start Flipbook with --host-name NAME.");
        assertThat(text("#note")).isEmpty();
    }

    @Test
    void pageOfHtmlThatAProxySendsIsNoSentence() throws Exception {
        browser().open(proxy.address());
        soon().until(() -> !state().isEmpty());

        proxy.refuse("GET ", 502, "text/html", "<h1>Bad Gateway</h1>");

        soon().until(() -> text("#away").contains("The server answers: “HTTP 502"));
        assertThat(text("#away")).doesNotContain("<h1>");
    }

    @Test
    void serverThatIsGoneIsNotSaidToAnswer() throws Exception {
        browser().open(proxy.address());
        soon().until(() -> !state().isEmpty());

        proxy.close();

        soon().until(() -> text("#away").contains("No contact with Flipbook since"));
        assertThat(text("#away")).doesNotContain("answers");
    }

    @Test
    void webSocketsThatAreBlockedAreDistinguishedFromAServerThatRefuses() throws Exception {
        proxy.refuse("GET /ws ", 403, "text/html", "<p>no");

        browser().open(proxy.address());

        soon().until(() -> text("#note").contains("WebSockets do not come through"));
        assertThat(text("#away")).isEmpty();
        proxy.refuse("GET ", 421, "text/plain", NAME);
        soon().until(() -> text("#away").contains(NAME));
    }

    private static String state() throws IOException, InterruptedException {
        return browser()
                .evaluate("document.querySelector('flipbook-view')?.state ?? ''")
                .asString();
    }

    private static String text(String selector) throws IOException, InterruptedException {
        return browser()
                .evaluate("(e => e && e.checkVisibility() ? e.innerText.trim() : '')(document.querySelector('"
                        + selector + "'))")
                .asString();
    }
}
