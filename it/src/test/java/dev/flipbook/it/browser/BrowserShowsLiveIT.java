package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.RefusingProxy;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.Color;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The element {@code <flipbook-view>}: the newest picture over the WebSocket, and the truth about it. */
class BrowserShowsLiveIT extends BrowserCase {

    /** An element of its own in an empty page, which writes down each picture it has painted. */
    private static final String INSERT = """
            import('/page/flipbook.js').then(({ FlipbookView }) => {
              const view = new FlipbookView();
              view.feed = 'door';
              view.style.cssText = 'width: 320px; height: 240px';
              document.body.style.margin = 0;
              window.view = view;
              window.painted = [];
              view.addEventListener('frame', ({ detail: { sequence, age, paintedAt } }) =>
                painted.push({ sequence, age, paintedAt, at: Date.now() }));
              document.body.replaceChildren(view);
              return true;
            })
            """;

    private final List<byte[]> colours;
    private Flipbook flipbook;

    BrowserShowsLiveIT() throws IOException {
        colours = BrowserImage.plainPictures();
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void closeServer() {
        flipbook.close();
    }

    @Test
    void eachPictureIsOnTheScreenBeforeTheNextComesWithItsNumberAndItsAge() throws Exception {
        Feed feed = flipbook.feed("door");
        show(flipbook.address());
        awaitViewer(feed);

        List<byte[]> pictures = colours.stream().map(BrowserShowsLiveIT::large).toList();
        for (int i = 0; i < 6; i++) {
            int count = i + 1;
            long before = System.currentTimeMillis();
            feed.publish(pictures.get(i));
            soon().until(() -> frames().size() == count);
            long most = System.currentTimeMillis() - before;
            JsonNode frame = frames().get(i);
            assertThat(frame.path("sequence").asInt()).isEqualTo(count);
            // the page knows the server's clock within half a round trip, which takes long on a busy machine
            assertThat(frame.path("age").asDouble()).isBetween(0.0, most + 100.0);
        }
        assertThat(browser().evaluate("view.state").asString()).isEqualTo("live");
        soon().until(() -> shows(5));
    }

    /** The stream has gone on meanwhile in a worker; without a worker it was sent no more than it could show. */
    @Test
    void pageThatWasBusyGoesOnWithTheNewestPicture() throws Exception {
        Feed feed = flipbook.feed("door");
        feed.publish(colours.getFirst());
        show(flipbook.address());
        soon().until(() -> !frames().isEmpty());
        ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
        var _ = publisher.scheduleAtFixedRate(() -> feed.publish(colours.get(1)), 0, 33, TimeUnit.MILLISECONDS);
        soon().until(() -> frames().size() > 3);

        long before = feed.status().delivered();
        JsonNode busy = browser()
                .evaluate("(() => { const count = painted.length, from = Date.now();"
                        + " while (Date.now() < from + 1500); return { count, from }; })()");
        long meanwhile = feed.status().delivered() - before;
        publisher.close(); // ends when the picture that is being published has been

        long newest = feed.status().frames();
        soon().until(() -> last().path("sequence").asLong() == newest);
        if (browser()
                .evaluate("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('worker.js'))")
                .asBoolean()) {
            long from = busy.path("from").asLong();
            assertThat(frames()).anyMatch(frame -> {
                double at = frame.path("paintedAt").asDouble();
                return at > from + 200 && at < from + 1500;
            });
        } else {
            // two under way when it began, and perhaps those that were asked for just before and just after
            assertThat(meanwhile).isLessThanOrEqualTo(6);
            List<JsonNode> frames = frames();
            int count = busy.path("count").asInt();
            int behind = frames.get(Math.min(count + 3, frames.size() - 1))
                            .path("sequence")
                            .asInt()
                    - frames.get(count - 1).path("sequence").asInt();
            assertThat(behind).as("pictures passed over").isGreaterThan(6);
        }
    }

    @Test
    void frozenViewKeepsItsPictureAndEndsTheTraffic() throws Exception {
        Feed feed = flipbook.feed("door");
        feed.publish(colours.get(0));
        show(flipbook.address());
        soon().until(() -> frames().size() == 1);

        browser().evaluate("view.freeze()");

        soon().until(() -> feed.status().viewers() == 0);
        feed.publish(colours.get(2));
        assertThat(browser().evaluate("[view.state, view.frozen]").toString()).isEqualTo("[\"frozen\",true]");
        forASecond().until(() -> shows(0));
        browser().evaluate("view.unfreeze()");
        soon().until(() -> shows(2));
    }

    @Test
    void unknownFeedIsSaidToBeAndAppearsWhenItIsThere() throws Exception {
        flipbook.feed("gate");
        show(flipbook.address());
        soon().until(() -> state().equals("refused"));
        assertThat(browser().evaluate("view.reason").asString()).contains("'door'", "gate");

        flipbook.feed("door").publish(colours.get(4));

        soon().until(() -> shows(4));
        flipbook.feeds().remove("door");
        soon().until(() -> state().equals("refused"));
    }

    @Test
    void pageIsLiveAgainSoonAfterTheServer() throws Exception {
        flipbook.feed("door").publish(colours.get(0));
        show(flipbook.address());
        soon().until(() -> frames().size() == 1);
        int port = flipbook.port();
        flipbook.close();
        soon().until(() -> state().equals("lost"));
        assertThat(shows(0)).as("the last picture stays").isTrue();

        flipbook = Flipbook.start(port);
        flipbook.feed("door").publish(colours.get(2));

        soon().until(() -> shows(2));
        assertThat(state()).isIn("live", "late");
    }

    @Test
    void picturesComeByImgWhereWebSocketsDoNotComeThrough() throws Exception {
        Feed feed = flipbook.feed("door");
        feed.publish(colours.get(0));
        try (RefusingProxy proxy = RefusingProxy.withoutWebSockets(flipbook.port())) {
            show(proxy.address());

            soon().until(() -> shows(0));
            feed.publish(colours.get(2));
            soon().until(() -> shows(2));
            assertThat(browser().evaluate("view.figures.transport").asString()).isEqualTo("img");
            soon().until(() -> browser()
                            .evaluate("view.shadowRoot.querySelector('img.shown')?.naturalWidth ?? 0")
                            .asInt()
                    == 320);
            soon().until(() -> state().equals("live"));
        }
    }

    @Test
    void pageOfAnotherOriginThatIsListedShowsIt() throws Exception {
        try (Flipbook page = Flipbook.start(0);
                Flipbook open = Flipbook.start(new ServerOptions(
                        "127.0.0.1",
                        0,
                        false,
                        Set.of(),
                        Set.of("http://127.0.0.1:" + page.port()),
                        FeedOptions.DEFAULT,
                        Deadlines.DEFAULT))) {
            open.feed("door").publish(colours.get(0));
            browser().open(page.address().resolve("/healthz"));
            browser().evaluate(INSERT.replace("'/page", "'" + open.address().resolve("/page")));

            soon().until(() -> shows(0));
            assertThat(browser().evaluate("view.figures.transport").asString()).isEqualTo("ws");
        }
    }

    /** Opens a page of nothing but this server's {@code ok}, which has no policy that an element could break. */
    private static void show(URI server) throws IOException, InterruptedException {
        browser().open(server.resolve("/healthz"));
        browser().evaluate(INSERT);
    }

    /** The same picture, with a comment in it that makes it as large as a camera's. */
    private static byte[] large(byte[] jpeg) {
        return ByteBuffer.allocate(jpeg.length + 2 + 0xffff)
                .put(jpeg, 0, 2)
                .putShort((short) 0xfffe)
                .putShort((short) 0xffff)
                .put(new byte[0xffff - 2])
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    private static List<JsonNode> frames() throws IOException, InterruptedException {
        return browser().evaluate("painted").valueStream().toList();
    }

    private static JsonNode last() throws IOException, InterruptedException {
        return browser().evaluate("painted.at(-1)");
    }

    private static String state() throws IOException, InterruptedException {
        return browser().evaluate("view.state").asString();
    }

    /** Whether the screen has this colour where the element is. */
    private static boolean shows(int colour) throws IOException, InterruptedException {
        Color pixel = new Color(browser().screenshot().getRGB(100, 100));
        return BrowserImage.distance(pixel, BrowserImage.COLOURS.get(colour)) < 30;
    }
}
