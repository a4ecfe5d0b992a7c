package dev.flipbook.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.server.Flipbook;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Fifty feeds on one page, of which a browser's six connections to a host would carry five. */
class BrowserShowsManyFeedsIT extends BrowserCase {

    private static final int FEEDS = 50;
    /** Five a second. */
    private static final int INTERVAL_MS = 200;

    /** All tiles are in sight on the smallest screen, and it is known how many WebSockets there are, as no worker runs. */
    private static final String BEFORE = """
            window.Worker = class {
              constructor() {
                setTimeout(() => this.onerror(new Event('error')));
              }
              postMessage() {}
              terminate() {}
            };
            window.sockets = 0;
            window.WebSocket = class extends WebSocket {
              constructor(...all) {
                super(...all);
                sockets++;
              }
            };
            addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '6px');
            """;

    @Test
    void fiftyFeedsMoveOverOneWebSocketWhileTheServerAnswers() throws Exception {
        List<byte[]> colours = BrowserImage.plainPictures();
        try (Flipbook flipbook = Flipbook.start(0);
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            List<Feed> feeds = new ArrayList<>();
            for (int i = 0; i < FEEDS; i++) {
                feeds.add(flipbook.feed("feed" + i));
            }
            int[] round = {0};
            var _ = clock.scheduleAtFixedRate(
                    () -> {
                        byte[] picture = colours.get(round[0]++ % colours.size());
                        feeds.forEach(feed -> feed.publish(picture));
                    },
                    0,
                    INTERVAL_MS,
                    TimeUnit.MILLISECONDS);

            browser().open(flipbook.address(), BEFORE);

            soon().until(() -> least(sequences()) > 0);
            JsonNode before = sequences();
            assertThat(before).hasSize(FEEDS);
            soon().until(() -> {
                JsonNode now = sequences();
                for (int i = 0; i < FEEDS; i++) {
                    if (now.get(i).asLong() < before.get(i).asLong() + 10) {
                        return false;
                    }
                }
                return true;
            });
            assertThat(browser().evaluate("sockets").asInt()).isEqualTo(1);
            assertThat(millisToAnswer(flipbook)).isLessThan(10_000);
            clock.shutdownNow();
        }
    }

    /** The numbers of the pictures that have been painted, tile after tile. */
    private static JsonNode sequences() throws Exception {
        return browser()
                .evaluate("[...document.querySelectorAll('flipbook-view')].map(one => one.figures.sequence ?? 0)");
    }

    private static long least(JsonNode numbers) {
        long least = numbers.size() < FEEDS ? 0 : Long.MAX_VALUE;
        for (JsonNode number : numbers) {
            least = Math.min(least, number.asLong());
        }
        return least;
    }

    /** From another program, over a connection of its own. */
    private static long millisToAnswer(Flipbook flipbook) throws Exception {
        long start = System.nanoTime();
        HttpURLConnection asked = (HttpURLConnection)
                flipbook.address().resolve("/api/feeds").toURL().openConnection();
        assertThat(asked.getResponseCode()).isEqualTo(200);
        assertThat(asked.getInputStream().readAllBytes()).isNotEmpty();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
}
