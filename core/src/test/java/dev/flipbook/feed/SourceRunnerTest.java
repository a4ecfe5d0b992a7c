package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.origin.ScriptedSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class SourceRunnerTest {

    private final ScriptedSource source = new ScriptedSource();
    private final Stage stage = Stage.showing(source);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.pass(Duration.ofMillis(1300)); // for the source that has to be closed from outside
        stage.awaitNoThreads();
        assertThat(source.clashes()).isZero();
        assertThat(source.isOpen()).isFalse();
    }

    // opening and closing

    @Test
    void sourceStaysClosedWhileNobodyWatches() {
        stage.pass(Duration.ofSeconds(60));

        assertThat(source.opened()).isZero();
        assertThat(stage.sourceThreads()).isZero();
        assertThat(feed.status().state()).isEqualTo(State.IDLE);
        assertThat(feed.status().reason()).isEqualTo("nobody watches");
    }

    @Test
    void sourceOpensForTheFirstViewerOnly() {
        source.frames(1, 3);
        stage.quickViewer();
        stage.quickViewer();
        stage.awaitFrames(3);

        assertThat(source.opened()).isEqualTo(1);
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(feed.status().reason()).isEmpty();
        assertThat(feed.status().source()).isEqualTo("a script");
    }

    @Test
    void sourceIsStartingUntilItsFirstFrame() {
        stage.quickViewer();

        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        assertThat(feed.status().reason()).isEqualTo("starting a script");
    }

    @Test
    void sourceClosesTenSecondsAfterTheLastViewer() {
        source.frame(1);
        FakeSink viewer = stage.slowViewer();
        stage.awaitFrames(1);
        viewer.fail();

        stage.pass(Duration.ofMillis(9900));
        assertThat(source.isOpen()).isTrue();
        stage.pass(Duration.ofSeconds(2));

        stage.awaitState(State.IDLE);
        await().until(() -> !source.isOpen());
        stage.awaitNoThreads();
        stage.pass(Duration.ofMillis(100));
        assertThat(stage.quickViewer().writes()).as("no picture of before").isEmpty();
    }

    @Test
    void viewerWhoComesWithinTheTenSecondsKeepsTheSourceOpen() {
        source.frame(1);
        FakeSink first = stage.slowViewer();
        stage.awaitFrames(1);
        first.fail();
        stage.pass(Duration.ofSeconds(9));

        FakeSink second = stage.quickViewer();
        source.frame(2);
        stage.awaitFrames(2);
        stage.pass(Duration.ofSeconds(4));

        assertThat(second.numbers(feed)).containsExactly(1L, 2L);
        assertThat(source.opened()).isEqualTo(1);
    }

    @Test
    void viewerWhoComesWhileTheSourceIsBeingClosedSeesItOpenAgain() {
        CountDownLatch closing = new CountDownLatch(1);
        source.frame(1).onClose(() -> awaitUninterrupted(closing));
        FakeSink first = stage.slowViewer();
        stage.awaitFrames(1);
        first.fail();
        stage.pass(Duration.ofMillis(10_100));
        source.frame(99); // asked to stop, it comes out with a frame that nobody wants any more
        await().until(() -> source.closed() == 1);

        FakeSink second = stage.quickViewer();
        closing.countDown();
        stage.awaitState(State.IDLE);
        source.frame(2);
        stage.pass(Duration.ofMillis(100));
        stage.awaitFrames(2);

        assertThat(second.numbers(feed)).contains(2L).doesNotContain(99L);
        assertThat(source.opened()).isEqualTo(2);
    }

    @Test
    void viewerWhoLeavesBeforeTheFirstFrameLeavesNoOpenSource() {
        FakeSink viewer = stage.slowViewer();
        await().until(source::waits);
        stage.pass(Duration.ofMillis(1100)); // the placeholder
        viewer.fail();

        stage.pass(Duration.ofSeconds(11));

        stage.awaitState(State.IDLE);
        await().until(() -> !source.isOpen());
    }

    @Test
    void frameThatNobodyWantsAnyMoreIsCapturedAllTheSame() {
        source.frame(1);
        FakeSink viewer = stage.slowViewer();
        stage.awaitFrames(1);
        assertThat(feed.status().captured()).isEqualTo(1);
        viewer.fail();
        stage.pass(Duration.ofMillis(10_100));

        source.frame(2);

        await().until(() -> feed.status().captured() == 2);
        assertThat(feed.status().frames()).isEqualTo(1);
    }

    // failing

    @Test
    void failedSourceIsTriedAgainAfterTheBackOffOnTheSameConnection() {
        source.fail("the cable is unplugged").frame(2);
        FakeSink viewer = stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("the cable is unplugged");
        assertThat(feed.status().failures()).isEqualTo(1);
        assertThat(Duration.between(stage.ticker.now(), feed.status().nextTry().orElseThrow()))
                .isBetween(Duration.ofMillis(400), Duration.ofMillis(600));

        stage.pass(Duration.ofMillis(300));
        assertThat(source.opened()).isEqualTo(1);
        stage.pass(Duration.ofMillis(400));
        stage.awaitState(State.LIVE);
        stage.awaitFrames(1);

        assertThat(source.opened()).isEqualTo(2);
        await().untilAsserted(() ->
                assertThat(Pictures.number(last(viewer))).isEqualTo(2)); // a frame counts before it is sent
        assertThat(feed.status().failures()).isZero();
        assertThat(feed.status().nextTry()).isEmpty();
    }

    @Test
    void waitsGrowWhileItFailsAndOneFrameMakesThemShort() {
        for (int i = 0; i < 5; i++) {
            source.fail("no " + i);
        }
        stage.quickViewer();
        for (int tries = 1; tries <= 5; tries++) {
            awaitFailures(tries);
            if (tries < 5) {
                stage.pass(untilNextTry().plusMillis(100));
            }
        }
        assertThat(untilNextTry()).isBetween(Duration.ofMillis(6400), Duration.ofMillis(9600));

        source.frame(1);
        stage.pass(untilNextTry().plusMillis(100));
        stage.awaitFrames(1);
        source.fail("again");
        awaitFailures(1);

        assertThat(untilNextTry()).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
    }

    // one failure is not an outage

    @Test
    void twoFailuresInARowAreNoOutageAndTheThirdIs() {
        source.frame(1).fail("busy").fail("still busy");
        FakeSink viewer = stage.quickViewer();
        awaitFailures(1);
        stage.pass(untilNextTry().plusMillis(100));
        awaitFailures(2);
        stage.pass(untilNextTry().minusMillis(100));

        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(feed.status().reason()).isEqualTo("still busy");
        assertThat(feed.snapshot()).as("a snapshot is answered at once").isCompleted();
        assertThat(viewer.pictures(feed)).as("no placeholder").hasSize(1);

        source.fail("dead");
        stage.pass(Duration.ofMillis(200));
        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("dead");
        assertThat(feed.status().failures()).isEqualTo(3);
        stage.pass(Duration.ofMillis(100));
        assertThat(viewer.pictures(feed)).as("the placeholder").hasSize(2);
    }

    @Test
    void cameraThatRefusesOneQuestionInFiveShowsItsPicturesAndNoPlaceholder() {
        FakeSink viewer = stage.quickViewer();
        Duration passed = Duration.ZERO;
        Duration wait = Duration.ZERO;
        Duration longest = Duration.ZERO;
        int frames = 0;
        for (int question = 1; passed.compareTo(Duration.ofSeconds(60)) < 0; question++) {
            Duration untilNext = Duration.ofSeconds(1);
            if (question % 5 == 0) {
                source.fail("answered 503");
                awaitFailures(1);
                untilNext = untilNextTry().plusMillis(100); // the tick that begins it
            } else {
                source.frame(++frames);
                stage.awaitFrames(frames);
                longest = wait.compareTo(longest) > 0 ? wait : longest;
                wait = Duration.ZERO;
            }
            stage.pass(untilNext);
            passed = passed.plus(untilNext);
            wait = wait.plus(untilNext);
        }

        assertThat(frames).as("live pictures within a minute").isGreaterThanOrEqualTo(45);
        assertThat(longest).isLessThan(Duration.ofSeconds(2));
        assertThat(viewer.pictures(feed)).as("no placeholder").hasSize(frames);
    }

    @Test
    void sourceThatEndsAfterEachFrameStaysLive() {
        FakeSink viewer = stage.quickViewer();
        for (int number = 1; number <= 20; number++) {
            source.frame(number).fail("the command ended");
            stage.awaitFrames(number);
            awaitFailures(1);
            assertThat(feed.status().state()).isEqualTo(State.LIVE);
            assertThat(untilNextTry()).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
            stage.pass(untilNextTry().plusMillis(100));
        }

        assertThat(viewer.pictures(feed)).as("the frames and no placeholder").hasSize(20);
    }

    @Test
    void statusOfALiveFeedSaysWhyItsSourceFailedUntilTheNextPicture() {
        source.frame(1).fail("the decoder ended");
        stage.quickViewer();
        awaitFailures(1);
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(feed.status().reason()).isEqualTo("the decoder ended");

        source.frame(2);
        stage.pass(untilNextTry().plusMillis(100));
        stage.awaitFrames(2);

        assertThat(feed.status().reason()).isEmpty();
    }

    @Test
    void sourceThatDoesNotComeBackIsOfflineWhenASilentOneWouldBeStalled() {
        source.frames(1, 3).fail("the connection was closed");
        stage.quickViewer();
        stage.awaitFrames(3);
        awaitFailures(1);

        stage.pass(Duration.ofMillis(4900)); // it is open again, and gives nothing
        await().until(() -> source.opened() == 2);
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        stage.pass(Duration.ofMillis(200));

        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("the connection was closed");
        source.frame(4);
        stage.awaitState(State.LIVE);
    }

    @Test
    void sourceThatHasNeverGivenAFrameIsOfflineAtOnce() {
        source.fail("wrong password");
        stage.quickViewer();

        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("wrong password");
    }

    @Test
    void sourceThatIsLiveAndBeingOpenedAgainIsWorthATryAtOnceForAViewer() {
        source.frame(1).fail("busy").frame(2);
        stage.quickViewer();
        awaitFailures(1);

        stage.quickViewer();

        stage.awaitFrames(2);
    }

    @Test
    void sourceThatFailsWhileItIsLiveIsClosedWhenNobodyWatches() {
        source.frame(1).fail("busy");
        FakeSink viewer = stage.slowViewer();
        awaitFailures(1);
        viewer.fail();
        source.frame(2); // for the try that comes before the ten seconds are over
        stage.pass(Duration.ofSeconds(12));
        source.frame(3);

        stage.awaitState(State.IDLE);
        await().until(() -> !source.isOpen());
    }

    private void awaitFailures(int count) {
        await().until(() ->
                feed.status().failures() == count && feed.status().nextTry().isPresent());
    }

    private Duration untilNextTry() {
        return Duration.between(stage.ticker.now(), feed.status().nextTry().orElseThrow());
    }

    @Test
    void viewerWhoArrivesIsWorthATryAtOnce() {
        source.fail("no").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);

        stage.quickViewer();

        stage.awaitState(State.LIVE);
        assertThat(source.opened()).isEqualTo(2);
    }

    @Test
    void viewersWhoComeAndGoAreWorthOneTryASecond() {
        source.fail("no").fail("no").fail("no").fail("no").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        stage.quickViewer();
        await().until(() -> feed.status().failures() == 2);

        stage.quickViewer();
        stage.quickViewer();
        stage.pass(Duration.ofMillis(700));
        assertThat(source.opened()).isEqualTo(2);
        stage.pass(Duration.ofMillis(400));

        await().until(() -> feed.status().failures() == 3);
    }

    @Test
    void sourceThatSaysItIsBackIsTriedAtOnce() {
        source.fail("unplugged").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        stage.pass(Duration.ofMillis(100));
        assertThat(source.opened()).as("the back-off is half a second").isEqualTo(1);

        source.back(() -> true);
        stage.pass(Duration.ofMillis(100));

        stage.awaitState(State.LIVE);
        assertThat(source.opened()).isEqualTo(2);
    }

    @Test
    void sourceThatSaysSoAndFailsAgainIsTriedOnceASecond() {
        source.fail("no").fail("no").fail("no").fail("no").fail("no");
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        source.back(() -> true);
        stage.pass(Duration.ofMillis(100));
        await().until(() -> feed.status().failures() == 2);

        stage.pass(Duration.ofMillis(700));
        assertThat(source.opened()).isEqualTo(2);
        stage.pass(Duration.ofMillis(400));

        await().until(() -> feed.status().failures() >= 3); // the back-off of its own may have come first
    }

    @Test
    void sourceThatCannotSayWhetherItIsBackIsTriedAfterTheBackOff() {
        source.fail("no").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        source.back(() -> {
            throw new IllegalStateException("a careless driver");
        });
        stage.pass(Duration.ofMillis(700));

        stage.awaitState(State.LIVE);
    }

    @Test
    void encodingIsAskedForOnTheSourceThreadAlone() {
        List<String> askers = new CopyOnWriteArrayList<>();
        source.onEncoding(() -> askers.add(Thread.currentThread().getName()));
        source.frame(1);
        stage.quickViewer();
        stage.awaitFrames(1);

        assertThat(feed.status().encoding()).isEqualTo(new Encoding("scripted", 1, 0));
        assertThat(askers).isNotEmpty().allMatch(name -> name.startsWith("flipbook-source-"));
    }

    @Test
    void sourceThatIsSlowToCloseIsNotLiveMeanwhile() {
        CountDownLatch closing = new CountDownLatch(1);
        source.onClose(() -> awaitUninterrupted(closing));
        source.frame(1);
        FakeSink first = stage.slowViewer();
        stage.awaitFrames(1);
        first.fail();
        stage.pass(Duration.ofSeconds(11));
        await().until(() -> source.closed() == 1);
        assertThat(feed.status().state()).isEqualTo(State.IDLE);

        FakeSink viewer = stage.quickViewer();
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        assertThat(feed.status().reason()).contains("to close");
        assertThat(viewer.writes()).as("no picture of before").isEmpty();
        source.frame(2);
        closing.countDown();
        await().until(() -> {
            stage.pass(Duration.ofMillis(100));
            return feed.status().state() == State.LIVE;
        });
    }

    @Test
    void viewerWhoArrivesWhileAFailedTryIsEndingIsWorthATryAtOnce() {
        source.frame(1).frame(2).deaf();
        CountDownLatch closing = new CountDownLatch(1);
        source.onClose(() -> awaitUninterrupted(closing));
        stage.quickViewer();
        stage.awaitFrames(2);
        stage.pass(Duration.ofMillis(5200));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);

        stage.quickViewer();
        stage.pass(Duration.ofMillis(1200));
        closing.countDown();
        stage.awaitState(State.OFFLINE);
        source.frame(3);
        stage.pass(Duration.ofMillis(100));

        stage.awaitState(State.LIVE);
    }

    @Test
    void sourceThatReturnsNothingIsToldSo() {
        source.nothing();
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);

        assertThat(feed.status().reason()).isEqualTo("the source's next() returned null instead of a frame");
    }

    @Test
    void whateverASourceThrowsIsAFailureThatIsTriedAgain() {
        source.fail(new IllegalStateException("broken"))
                .fail(new AssertionError("wrong"))
                .fail(new StackOverflowError());
        stage.quickViewer();
        for (String reason : new String[] {"broken", "wrong", "StackOverflowError"}) {
            await().until(() -> feed.status().reason().equals(reason)
                    && feed.status().nextTry().isPresent());
            stage.pass(untilNextTry().plusMillis(100));
        }
        source.frame(1);

        stage.awaitState(State.LIVE);
    }

    @Test
    void reasonIsOneLineOf200Characters() {
        source.fail("first\r\nsecond\u001b[31m" + "x".repeat(500));
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);

        assertThat(feed.status().reason())
                .startsWith("first second [31mxxx")
                .hasSize(200)
                .endsWith("…");
    }

    @Test
    void reasonIsToldBeforeTheSourceIsClosed() {
        CountDownLatch closing = new CountDownLatch(1);
        source.onClose(() -> awaitUninterrupted(closing));
        source.fail("gone").frame(1);
        stage.quickViewer();

        await().until(() -> source.closed() == 1);
        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("gone");
        stage.pass(Duration.ofSeconds(60));
        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(source.opened()).isEqualTo(1);

        closing.countDown();
        await().until(() -> {
            stage.pass(Duration.ofMillis(100));
            return feed.status().state() == State.LIVE;
        });
        stage.awaitFrames(1); // it is live a moment before its frame is published
    }

    @Test
    void closeThatThrowsIsNoReasonToStop() {
        source.onClose(() -> {
            throw new IllegalStateException("close failed");
        });
        source.fail("gone").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("gone");

        stage.pass(Duration.ofMillis(700));

        stage.awaitState(State.LIVE);
    }

    @Test
    void closeThatThrowsAnErrorIsNoReasonToStop() {
        source.onClose(() -> {
            throw new AssertionError("close failed");
        });
        source.fail("gone").frame(1);
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);

        stage.pass(Duration.ofMillis(700));

        stage.awaitState(State.LIVE);
    }

    // silence

    @Test
    void sourceThatDoesNotStartIsStalledAndThenOffline() {
        stage.quickViewer();
        await().until(source::waits);

        stage.pass(Duration.ofSeconds(30));
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        stage.pass(Duration.ofMillis(100));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);
        stage.pass(Duration.ofMillis(600));

        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("no picture within 30 s of the start");
    }

    @Test
    void timeInWhichThisProcessWasStoppedIsNoSilenceOfASource() {
        source.frames(1, 3);
        stage.quickViewer();
        stage.awaitFrames(3);

        stage.ticker.advance(Duration.ofMinutes(1));
        feed.wokeUp();
        stage.pass(Duration.ofSeconds(4));
        source.frame(4);
        stage.awaitFrames(4);

        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(source.opened()).isEqualTo(1);
    }

    @Test
    void sourceThatDoesNotStartHasItsWholeTimeAfterThisProcessWasStopped() {
        stage.quickViewer();
        await().until(source::waits);

        stage.ticker.advance(Duration.ofMinutes(1));
        feed.wokeUp();
        stage.pass(Duration.ofSeconds(30));
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        stage.pass(Duration.ofMillis(100));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);
    }

    @Test
    void sourceThatFallsSilentIsInterruptedAndTriedAgain() {
        source.frames(1, 3);
        stage.quickViewer();
        stage.awaitFrames(3);

        stage.pass(Duration.ofMillis(5100));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);
        assertThat(feed.status().reason()).isEqualTo("no picture for 5 s");
        stage.pass(Duration.ofMillis(600));
        stage.awaitState(State.OFFLINE);
        source.frame(4);
        stage.pass(Duration.ofMillis(700));

        stage.awaitState(State.LIVE);
    }

    @Test
    void slowSourceMayBeSilentForTenOfItsIntervals() {
        stage.quickViewer();
        for (int number = 1; number <= 4; number++) {
            source.frame(number);
            stage.awaitFrames(number);
            stage.pass(Duration.ofSeconds(2));
        }

        stage.pass(Duration.ofSeconds(17));
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        stage.pass(Duration.ofSeconds(2));
        assertThat(feed.status().state()).isNotEqualTo(State.LIVE);
    }

    @Test
    void sourceThatIgnoresInterruptsIsClosedFromOutside() {
        source.frames(1, 2).deaf();
        stage.quickViewer();
        stage.awaitFrames(2);

        stage.pass(Duration.ofMillis(5800));
        await().until(source::waits);
        assertThat(source.closed()).isZero();
        stage.pass(Duration.ofMillis(600));

        stage.awaitState(State.OFFLINE);
        assertThat(feed.status().reason()).startsWith("no picture for 5 s");
    }

    @Test
    void noNewTryBeginsWhileACloseFromOutsideIsStillAtWork() {
        CountDownLatch closing = new CountDownLatch(1);
        source.frames(1, 2).deaf().onClose(() -> awaitUninterrupted(closing));
        stage.quickViewer();
        stage.awaitFrames(2);
        stage.pass(Duration.ofMillis(6400));
        await().until(() -> source.closed() >= 1);

        stage.pass(Duration.ofSeconds(5));
        stage.quickViewer();
        assertThat(source.opened()).isEqualTo(1);
        closing.countDown();

        stage.awaitState(State.OFFLINE);
    }

    @Test
    void closeIsNotInterrupted() {
        CountDownLatch closing = new CountDownLatch(1);
        boolean[] interrupted = new boolean[1];
        source.frame(1).onClose(() -> {
            awaitUninterrupted(closing);
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        FakeSink viewer = stage.slowViewer();
        stage.awaitFrames(1);
        viewer.fail();
        stage.pass(Duration.ofMillis(10_100));
        source.frame(2);
        await().until(() -> source.closed() == 1);

        stage.pass(Duration.ofSeconds(3));
        closing.countDown();
        stage.awaitState(State.IDLE);

        assertThat(interrupted[0]).isFalse();
        assertThat(source.closed()).isEqualTo(1);
    }

    // the end

    @Test
    void closeWhileStartingEndsTheSource() {
        stage.quickViewer();
        await().until(source::waits);

        feed.close();

        stage.awaitNoThreads();
        assertThat(source.isOpen()).isFalse();
        assertThat(feed.status().state()).isEqualTo(State.IDLE);
        assertThat(feed.status().reason()).isEqualTo("the feed was closed");
    }

    @Test
    void closedFeedOpensNoSource() {
        feed.close();
        stage.quickViewer();
        stage.pass(Duration.ofSeconds(1));

        assertThat(source.opened()).isZero();
    }

    private byte[] last(FakeSink viewer) {
        var pictures = viewer.pictures(feed);
        return pictures.get(pictures.size() - 1);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
