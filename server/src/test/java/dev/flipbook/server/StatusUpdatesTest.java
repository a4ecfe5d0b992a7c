package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.FeedLookup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which listener learns what, and with which look; the test takes each look. */
@Timeout(60)
class StatusUpdatesTest {

    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, new FakeTicker());
    private final Checks checks = new Checks();
    private final StatusUpdates news =
            new StatusUpdates(feeds, new StatusEndpoint(feeds, new FeedLookup(feeds)), checks);
    private final List<String> told = new ArrayList<>();

    /** Keeps the one task that is planned. */
    private static final class Checks extends AbstractLifeCycle implements Scheduler {

        private final List<Runnable> planned = new ArrayList<>();

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            assertThat(unit.toMillis(delay)).as("a change is told so soon").isEqualTo(250);
            planned.add(task);
            return () -> planned.remove(task);
        }

        private void take() {
            assertThat(planned).as("checks that are planned").hasSize(1);
            planned.removeFirst().run();
        }

        private void take(int times) {
            for (int i = 0; i < times; i++) {
                take();
            }
        }
    }

    @AfterEach
    void close() {
        feeds.close();
    }

    @Test
    void listenerGetsTheStatusAtOnce() {
        feeds.feed("door");

        news.listen(told::add);

        assertThat(told).singleElement().asString().startsWith("{\"feeds\":[{\"name\":\"door\",\"state\":\"starting\"");
    }

    @Test
    void nothingIsCheckedWithoutAListener() {
        assertThat(checks.planned).isEmpty();

        Runnable end = news.listen(told::add);
        end.run();
        checks.take();

        assertThat(checks.planned).isEmpty();
        assertThat(told).hasSize(1);
    }

    @Test
    void documentIsSentWithEachFourthCheckWithoutAChange() {
        news.listen(told::add);
        checks.take(3);
        assertThat(told).hasSize(1);

        checks.take();
        assertThat(told).hasSize(2);
        checks.take(3);
        assertThat(told).hasSize(2);
        checks.take();

        assertThat(told).hasSize(3);
    }

    @Test
    void addedOrRemovedFeedIsSentByTheNextCheck() {
        feeds.feed("door");
        news.listen(told::add);
        checks.take(2);
        int before = told.size();

        feeds.feed("garden");
        checks.take();
        assertThat(told).hasSize(before + 1);
        assertThat(told.getLast()).contains("\"name\":\"garden\"");
        checks.take();
        assertThat(told).as("told once").hasSize(before + 1);
        feeds.remove("garden");
        checks.take();

        assertThat(told).hasSize(before + 2);
        assertThat(told.getLast()).doesNotContain("garden");
    }

    @Test
    void stateAndReasonAreSentByTheNextCheck() {
        Feed feed = feeds.feed("door", new FrameSource() {
            @Override
            public Frame next() throws IOException {
                throw new IOException("the camera is unplugged");
            }

            @Override
            public void close() {}
        });
        news.listen(told::add);
        checks.take(2);
        int before = told.size();

        feed.watch(new Taking(), Framing.STRICT);
        await().until(() -> feed.status().reason().equals("the camera is unplugged"));
        checks.take();

        assertThat(told).hasSize(before + 1);
        assertThat(told.getLast()).contains("\"reason\":\"the camera is unplugged\"");
    }

    @Test
    void pauseItsReasonAndItsEndAreSentByTheNextCheck() {
        Feed feed = feeds.feed("door");
        news.listen(told::add);
        checks.take();

        feed.pause("meeting");
        checks.take();
        assertThat(told.getLast()).contains("\"state\":\"paused\",\"reason\":\"meeting\"");
        feed.pause("lunch");
        checks.take();
        assertThat(told.getLast()).contains("\"state\":\"paused\",\"reason\":\"lunch\"");
        feed.resume();
        checks.take();

        assertThat(told.getLast()).doesNotContain("paused");
    }

    @Test
    void controlThatWasSetIsSentByTheNextCheck() {
        Feed feed = feeds.feed("door", new FakeCamera());
        news.listen(told::add);
        feed.watch(new Taking(), Framing.STRICT);
        await().until(() -> !feed.status().controls().isEmpty());
        checks.take(2);
        int before = told.size();

        feed.control(Map.of("brightness", 5));
        checks.take();

        assertThat(told).hasSize(before + 1);
        assertThat(told.getLast()).contains("\"value\":5");
    }

    @Test
    void afterAChangeAWholeSecondPassesUntilTheNextDocument() {
        news.listen(told::add);
        checks.take(3);
        feeds.feed("door");
        checks.take();
        int before = told.size();

        checks.take(3);
        assertThat(told).hasSize(before);
        checks.take();

        assertThat(told).hasSize(before + 1);
    }

    @Test
    void allListenersGetTheSameDocumentUntilTheyEnd() {
        List<String> others = new ArrayList<>();
        Consumer<String> twice = others::add;
        Runnable one = news.listen(twice);
        news.listen(twice);
        news.listen(told::add);
        checks.take();
        told.clear();
        others.clear();

        feeds.feed("door");
        checks.take();
        assertThat(told).hasSize(1);
        assertThat(others).containsExactly(told.getFirst(), told.getFirst());
        one.run();
        feeds.feed("garden");
        checks.take();

        assertThat(others).hasSize(3);
        assertThat(told).hasSize(2);
    }

    @Test
    void listenerBesideOthersPlansNoCheckOfItsOwn() {
        news.listen(told::add);
        news.listen(told::add);

        assertThat(checks.planned).hasSize(1);
    }

    @Test
    void checksGoOnAlthoughAListenerFails() {
        boolean[] fails = {false};
        news.listen(document -> {
            if (fails[0]) {
                throw new IllegalStateException("a listener's fault");
            }
        });
        fails[0] = true;
        feeds.feed("door");
        try {
            checks.take();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("a listener's fault");
        }

        assertThat(checks.planned).hasSize(1);
    }

    @Test
    void checksStartAgainForAListenerAfterAllHaveGone() {
        news.listen(told::add).run();
        checks.take();
        assertThat(checks.planned).isEmpty();

        news.listen(told::add);

        assertThat(checks.planned).hasSize(1);
    }

    /** A viewer's connection that takes all. */
    private static final class Taking implements FrameSink {

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            completion.drained();
        }
    }
}
