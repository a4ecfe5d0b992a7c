package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Feed;
import dev.flipbook.FeedOptions;
import dev.flipbook.Feeds;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.FrameSource;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.FeedLookup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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

    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, new StoppedTicker());
    private final Looks looks = new Looks();
    private final StatusUpdates news =
            new StatusUpdates(feeds, new StatusEndpoint(feeds, new FeedLookup(feeds)), looks);
    private final List<String> told = new ArrayList<>();

    /** Keeps the one task that is planned. */
    private static final class Looks extends AbstractLifeCycle implements Scheduler {

        private final List<Runnable> planned = new ArrayList<>();

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            assertThat(unit.toMillis(delay)).as("a change is told so soon").isEqualTo(250);
            planned.add(task);
            return () -> planned.remove(task);
        }

        private void take() {
            assertThat(planned).as("looks that are planned").hasSize(1);
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
    void listenerLearnsTheStatusAtOnce() {
        feeds.feed("door");

        news.listen(told::add);

        assertThat(told).singleElement().asString().startsWith("{\"feeds\":[{\"name\":\"door\",\"state\":\"starting\"");
    }

    @Test
    void nobodyListensAndNothingIsLookedAt() {
        assertThat(looks.planned).isEmpty();

        Runnable end = news.listen(told::add);
        end.run();
        looks.take();

        assertThat(looks.planned).isEmpty();
        assertThat(told).hasSize(1);
    }

    @Test
    void anotherDocumentComesWithEachFourthLookAlthoughNothingHappens() {
        news.listen(told::add);
        looks.take(3);
        assertThat(told).hasSize(1);

        looks.take();
        assertThat(told).hasSize(2);
        looks.take(3);
        assertThat(told).hasSize(2);
        looks.take();

        assertThat(told).hasSize(3);
    }

    @Test
    void feedThatComesOrGoesIsReportedByTheNextLook() {
        feeds.feed("door");
        news.listen(told::add);
        looks.take(2);
        int before = told.size();

        feeds.feed("garden");
        looks.take();
        assertThat(told).hasSize(before + 1);
        assertThat(told.getLast()).contains("\"name\":\"garden\"");
        looks.take();
        assertThat(told).as("told once").hasSize(before + 1);
        feeds.remove("garden");
        looks.take();

        assertThat(told).hasSize(before + 2);
        assertThat(told.getLast()).doesNotContain("garden");
    }

    @Test
    void stateAndReasonAreReportedByTheNextLook() {
        Feed feed = feeds.feed("door", new FrameSource() {
            @Override
            public Frame next() throws IOException {
                throw new IOException("the camera is unplugged");
            }

            @Override
            public void close() {}
        });
        news.listen(told::add);
        looks.take(2);
        int before = told.size();

        feed.watch(new Taking(), Framing.STRICT);
        await().until(() -> feed.status().reason().equals("the camera is unplugged"));
        looks.take();

        assertThat(told).hasSize(before + 1);
        assertThat(told.getLast()).contains("\"reason\":\"the camera is unplugged\"");
    }

    @Test
    void afterAChangeAWholeSecondPassesUntilTheNextDocument() {
        news.listen(told::add);
        looks.take(3);
        feeds.feed("door");
        looks.take();
        int before = told.size();

        looks.take(3);
        assertThat(told).hasSize(before);
        looks.take();

        assertThat(told).hasSize(before + 1);
    }

    @Test
    void allListenersLearnTheSameAndEndedOnesNothing() {
        List<String> others = new ArrayList<>();
        Consumer<String> twice = others::add;
        Runnable one = news.listen(twice);
        news.listen(twice);
        news.listen(told::add);
        looks.take();
        told.clear();
        others.clear();

        feeds.feed("door");
        looks.take();
        assertThat(told).hasSize(1);
        assertThat(others).containsExactly(told.getFirst(), told.getFirst());
        one.run();
        feeds.feed("garden");
        looks.take();

        assertThat(others).hasSize(3);
        assertThat(told).hasSize(2);
    }

    @Test
    void whoComesWhileOthersListenPlansNoLookOfItsOwn() {
        news.listen(told::add);
        news.listen(told::add);

        assertThat(looks.planned).hasSize(1);
    }

    @Test
    void looksGoOnAlthoughAListenerFails() {
        boolean[] fails = {false};
        news.listen(document -> {
            if (fails[0]) {
                throw new IllegalStateException("a listener's fault");
            }
        });
        fails[0] = true;
        feeds.feed("door");
        try {
            looks.take();
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("a listener's fault");
        }

        assertThat(looks.planned).hasSize(1);
    }

    @Test
    void looksBeginAgainForAListenerAfterAllHaveGone() {
        news.listen(told::add).run();
        looks.take();
        assertThat(looks.planned).isEmpty();

        news.listen(told::add);

        assertThat(looks.planned).hasSize(1);
    }

    /** A viewer's connection that takes all. */
    private static final class Taking implements FrameSink {

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            completion.drained();
        }
    }
}
