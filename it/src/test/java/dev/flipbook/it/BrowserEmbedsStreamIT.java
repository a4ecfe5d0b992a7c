package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.flipbook.FeedOptions;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages of other servers: those of this machine may show a feed in an {@code <img>}, foreign ones only when they are listed. */
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
        Set<String> listed = Set.of(origin(Browser.FOREIGN));
        ServerOptions options =
                new ServerOptions("127.0.0.1", 0, false, Set.of(), listed, FeedOptions.DEFAULT, Deadlines.DEFAULT);
        try (Flipbook open = Flipbook.start(options)) {
            openPage(open, Browser.FOREIGN, "");

            assertShown();
        }
    }

    private String origin(String host) {
        return "http://" + host + ":" + pages.getAddress().getPort();
    }

    private void openPage(Flipbook shown, String host, String attributes) throws IOException, InterruptedException {
        shown.feed("colours").publish(BrowserImage.plainPictures().getFirst());
        byte[] page = ("<!DOCTYPE html><title>A page of another server</title><img " + attributes + " src=\""
                        + shown.address().resolve("/video_feed") + "\">")
                .getBytes(StandardCharsets.UTF_8);
        pages.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        browser().open(URI.create(origin(host) + "/"));
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
