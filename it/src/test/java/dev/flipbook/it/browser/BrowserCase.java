package dev.flipbook.it.browser;

import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.Browser;
import dev.flipbook.it.kit.BrowserImage;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that are run in each browser; one browser serves all tests of a class, each in a tab of its own. */
@ParameterizedClass(name = "{0}")
@EnumSource(Browser.Kind.class)
@Timeout(300)
public abstract class BrowserCase {

    private static @Nullable Browser running;

    @Parameter
    Browser.Kind kind = Browser.Kind.CHROMIUM;

    @BeforeParameterizedClassInvocation
    static void startBrowser(Browser.Kind kind) throws IOException, InterruptedException {
        running = kind.start();
    }

    @AfterParameterizedClassInvocation
    static void endBrowser() {
        Browser browser = running;
        running = null;
        if (browser != null) {
            browser.close();
        }
    }

    static Browser browser() {
        Browser browser = running;
        if (browser == null) {
            throw new IllegalStateException("no browser has been started");
        }
        return browser;
    }

    static ConditionFactory soon() {
        return await().pollDelay(Duration.ofMillis(10)).pollInterval(Duration.ofMillis(50));
    }

    /** Waits while a condition holds for a second; for what must not happen. */
    static ConditionFactory forASecond() {
        return await().pollInterval(Duration.ofMillis(100)).during(Duration.ofSeconds(1));
    }

    /** Waits until the feed has its viewer, whose request is on its way when the page has its {@code <img>}. */
    static void awaitViewer(Feed feed) {
        soon().until(() -> feed.status().viewers() == 1);
    }

    /** Publishes one picture at once and one after each interval, and returns when each was handed over, in ms since 1970. */
    static List<Long> publish(Feed feed, List<byte[]> pictures, Duration interval) throws Exception {
        List<Long> times = new CopyOnWriteArrayList<>();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            for (int i = 0; i < pictures.size(); i++) {
                byte[] picture = pictures.get(i);
                Runnable one = () -> {
                    times.add(System.currentTimeMillis());
                    feed.publish(picture);
                };
                var _ = clock.schedule(one, i * interval.toNanos(), TimeUnit.NANOSECONDS);
            }
        } // waits for all of them
        return times;
    }

    /** Whether at least a fiftieth of the screen has this colour, which nothing of the page itself has. */
    static boolean screenShows(int colour) throws IOException, InterruptedException {
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
