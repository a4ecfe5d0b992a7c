package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.flipbook.it.kit.Browser;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other servers: those of this machine may show a feed in an {@code <img>} or a frame, foreign ones only when they are listed. */
class BrowserEmbedsStreamIT extends BrowserCase {

    private final HttpServer pages;
    private final Flipbook flipbook;

    BrowserEmbedsStreamIT() throws IOException {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.start();
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void closeServers() {
        pages.stop(0);
        flipbook.close();
    }

    @Test
    void pageOfAnotherPortShowsTheFeed() throws Exception {
        openPage(flipbook, "127.0.0.1", "");

        assertShown();
    }

    @Test
    void pageOfLocalhostShowsTheFeed() throws Exception {
        openPage(flipbook, "localhost", "");

        assertShown();
    }

    @Test
    void pageOfThisMachineThatHidesItsAddressIsRefused() throws Exception {
        openPage(flipbook, "127.0.0.1", "referrerpolicy=no-referrer");

        assertRefused();
    }

    @Test
    void foreignPageIsRefused() throws Exception {
        openPage(flipbook, Browser.FOREIGN, "referrerpolicy=unsafe-url");

        assertRefused();
    }

    @Test
    void foreignPageThatHidesItsAddressIsRefused() throws Exception {
        openPage(flipbook, Browser.FOREIGN, "referrerpolicy=no-referrer");

        assertRefused();
    }

    @Test
    void foreignPageThatIsListedShowsTheFeed() throws Exception {
        try (Flipbook open = Flipbook.start(listing(origin(Browser.FOREIGN)))) {
            openPage(open, Browser.FOREIGN, "");

            assertShown();
        }
    }

    // in a frame

    @ParameterizedTest
    @ValueSource(strings = {"/", "/feeds/colours", "/feeds/colours.mjpg"})
    void foreignPageThatIsListedHasUsInAFrame(String path) throws Exception {
        try (Flipbook open = Flipbook.start(listing(origin(Browser.FOREIGN)))) {
            openFrame(open, path, Browser.FOREIGN);

            assertFramed(open);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/feeds/colours", "/feeds/colours.mjpg"})
    void foreignPageThatIsNotListedHasNot(String path) throws Exception {
        try (Flipbook open = Flipbook.start(listing("https://another.example"))) {
            openFrame(open, path, Browser.FOREIGN);

            soon().until(() ->
                    browser().evaluate("document.readyState").asString().equals("complete"));
            forASecond().until(() -> !shownInFrame(open));
        }
    }

    @Test
    void pageOfAnotherPortOfThisMachineHasUsInAFrame() throws Exception {
        openFrame(flipbook, "/", "localhost");

        assertFramed(flipbook);
    }

    @Test
    void pageThatWasOpenedFromAFileHasUsInAFrameWhenFilesAreListed() throws Exception {
        Path file = Files.createTempFile("flipbook-it", ".html");
        try (Flipbook open = Flipbook.start(listing("null"))) {
            open.feed("colours");
            Files.writeString(file, frame(open, "/"));
            browser().open(file.toUri());

            assertFramed(open);
        } finally {
            Files.delete(file);
        }
    }

    /** The page in the frame has its feed over the WebSocket, which is for pages of our own: in a frame it is one too. */
    private static void assertFramed(Flipbook shown) {
        soon().until(() -> shownInFrame(shown));
        assertThat(shown.feed("colours").status().viewers()).isPositive();
    }

    /** Publishes again each time: a picture that stands still is dimmed. */
    private static boolean shownInFrame(Flipbook shown) throws IOException, InterruptedException {
        shown.feed("colours").publish(BrowserImage.plainPictures().getFirst());
        return screenShows(0);
    }

    private void openFrame(Flipbook shown, String path, String host) throws IOException, InterruptedException {
        shown.feed("colours");
        serve(frame(shown, path));
        browser().open(URI.create(origin(host) + "/"));
    }

    /** A page that puts the frame in once it has loaded itself: with a stream in it, it never would. */
    private static String frame(Flipbook shown, String path) {
        return """
                <!DOCTYPE html><title>A page around ours</title><script>
                addEventListener('load', () => {
                  const frame = document.createElement('iframe');
                  frame.style = 'width: 700px; height: 500px';
                  frame.src = '%s';
                  document.body.append(frame);
                });
                </script>""".formatted(shown.address().resolve(path));
    }

    private static ServerOptions listing(String origin) {
        return ServerOptions.DEFAULT.withPort(0).withEmbedOrigins(Set.of(origin));
    }

    private String origin(String host) {
        return "http://" + host + ":" + pages.getAddress().getPort();
    }

    private void openPage(Flipbook shown, String host, String attributes) throws IOException, InterruptedException {
        shown.feed("colours").publish(BrowserImage.plainPictures().getFirst());
        serve("<!DOCTYPE html><title>A page of another server</title><img " + attributes + " src=\""
                + shown.address().resolve("/video_feed") + "\">");
        browser().open(URI.create(origin(host) + "/"));
    }

    private void serve(String html) {
        byte[] page = html.getBytes(StandardCharsets.UTF_8);
        pages.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
    }

    private static void assertShown() {
        soon().until(() -> width() == 320);
    }

    /** The browser has its answer when it says so of the picture, and of an answer that it refused it shows nothing. */
    private static void assertRefused() throws IOException, InterruptedException {
        soon().until(() -> browser().evaluate("document.images[0].complete").asBoolean());
        assertThat(width()).isZero();
        forASecond().until(() -> width() == 0);
    }

    private static int width() throws IOException, InterruptedException {
        return browser().evaluate("document.images[0].naturalWidth").asInt();
    }
}
