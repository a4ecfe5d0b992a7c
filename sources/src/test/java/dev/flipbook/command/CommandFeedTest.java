package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that die, hang and come back, in a feed with viewers. The clock of the retries runs ten times as fast. */
@Timeout(300)
class CommandFeedTest {

    /** Repetitions in each of four runs: together they are a hundred, and none of the runs takes long. */
    private static final int KILLS = 25;

    /** Maximum wait, which is only reached on a very busy machine. */
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Timeouts of the feed: a process counts as hanging after four seconds, and a start may take any time. */
    private static final FeedOptions PATIENCE = new FeedOptions(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(3000), Duration.ofSeconds(200), 64 << 20);

    @TempDir
    Path folder;

    private final Processes processes = new Processes();
    private final Feeds feeds = new Feeds(PATIENCE, new FiftyTimesAsFast());

    @AfterEach
    void end() {
        feeds.close();
        processes.kill();
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 8, 9, 10})
    void killsAtRandomMomentsAreMended(int seed) throws Exception {
        Random random = new Random(seed);
        FakeSink viewer = FakeSink.quick();
        Feed feed = feeds.feed("command", camera());
        feed.watch(viewer, Framing.STRICT);
        for (int kill = 1; kill <= KILLS; kill++) {
            within(LONG, () -> feed.status().state() == State.LIVE);
            long frames = feed.status().frames() + random.nextInt(20);
            within(LONG, () -> feed.status().frames() >= frames);

            within(LONG, () -> processes.commands().size() == 1);
            ProcessHandle killed = processes.commands().get(0);
            killed.destroyForcibly();

            within(LONG, () -> processes.commands().stream().anyMatch(next -> next.pid() != killed.pid()));
            feed.watch(FakeSink.slow(), Framing.STRICT);
        }
        feeds.close();

        processes.awaitRunning(0);
        assertThat(numbers(viewer, feed)).as("whole pictures").isGreaterThan(KILLS);
    }

    @Test
    void commandThatStandsStillIsStartedAnewAndNeverTwice() throws Exception {
        Feed feed = feeds.feed("command", camera());
        feed.watch(FakeSink.quick(), Framing.STRICT);
        within(LONG, () -> feed.status().state() == State.LIVE);
        within(LONG, () -> feed.status().frames() > 20);
        long pid = processes.commands().get(0).pid();

        Processes.signal("STOP", "-" + pid);
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(processes.commands()).hasSizeLessThan(2);
            return feed.status().state() == State.STALLED;
        });
        assertThat(feed.status().reason()).startsWith("no picture for");
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(processes.commands()).hasSizeLessThan(2);
            return feed.status().state() == State.LIVE;
        });

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void commandThatGoesOnInTimeIsLeftAlone() throws Exception {
        Feed feed = feeds.feed("command", camera());
        feed.watch(FakeSink.quick(), Framing.STRICT);
        within(LONG, () -> feed.status().frames() > 20);
        long pid = processes.commands().get(0).pid();

        Processes.signal("STOP", "-" + pid);
        long frames = feed.status().frames();
        Processes.signal("CONT", "-" + pid);

        within(LONG, () -> feed.status().frames() > frames + 20);
        assertThat(processes.commands()).extracting(ProcessHandle::pid).containsExactly(pid);
    }

    @Test
    void lastViewersLeavingEndsTheCommand() throws Exception {
        Feed feed = feeds.feed("command", camera());
        FakeSink viewer = FakeSink.slow();
        feed.watch(viewer, Framing.STRICT);
        within(LONG, () -> feed.status().state() == State.LIVE && viewer.busy());

        viewer.fail();

        within(LONG, () -> feed.status().state() == State.IDLE);
        within(LONG, () -> processes.running().isEmpty());
    }

    @Test
    void closingTheFeedsEndsTheCommandsThatDoNotWantToEnd() {
        int count = 40; // one after the other, they would take 40 s
        for (int i = 0; i < count; i++) {
            Feed feed = feeds.feed(
                    "deaf-" + i,
                    new CommandSource(
                            processes.shell("trap '' TERM; while :; do sleep 10; done"), SourceOptions.DEFAULT));
            feed.watch(FakeSink.quick(), Framing.STRICT);
        }
        within(LONG, () -> processes.commands().size() == count);

        long start = System.nanoTime();
        feeds.close();

        within(LONG, () -> processes.commands().isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(count));
    }

    /** A command that prints pictures in an endless loop, twenty at a time. */
    private CommandSource camera() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int number = 1; number <= 20; number++) {
            bytes.writeBytes(Pictures.numbered(number, 5000));
        }
        Path file = Files.write(folder.resolve("pictures"), bytes.toByteArray());
        return new CommandSource(
                processes.shell("while :; do cat \"$1\"; sleep 0.02; done", file), SourceOptions.DEFAULT);
    }

    /**
     * Number of the command's pictures that came. Every byte of them is checked, and of the placeholders between them.
     */
    private static long numbers(FakeSink viewer, Feed feed) {
        return viewer.pictures(feed).stream()
                .filter(picture -> {
                    boolean numbered = picture[3] == (byte) 0xFE;
                    assertThat(numbered ? Pictures.number(picture) : Pictures.decode(picture))
                            .isNotNull();
                    return numbered;
                })
                .count();
    }

    private static void within(Duration time, BooleanSupplier what) {
        await().atMost(time).pollInterval(Duration.ofMillis(5)).until(what::getAsBoolean);
    }

    private static final class FiftyTimesAsFast implements Ticker {
        private final Instant begin = Instant.now();
        private final long beginNanos = System.nanoTime();

        @Override
        public long nanos() {
            return (System.nanoTime() - beginNanos) * 50;
        }

        @Override
        public Instant now() {
            return begin.plusNanos(nanos());
        }

        @Override
        public void sleepUntil(long nanos) throws InterruptedException {
            Ticker.system().sleepUntil(beginNanos + nanos / 50);
        }
    }
}
