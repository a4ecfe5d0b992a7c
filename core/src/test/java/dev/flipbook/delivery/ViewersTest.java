package dev.flipbook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks in how many tasks viewers are woken, and that each of them is. */
@Timeout(180)
class ViewersTest {

    private final FakeTicker ticker = new FakeTicker();
    private final CurrentEdition current = new CurrentEdition("b", ticker, new BlockPool(1 << 20));
    private final Broadcast broadcast = new Broadcast(current, Runnable::run, ticker, viewer -> {});
    private final List<Runnable> tasks = new ArrayList<>();
    private final Viewers viewers = new Viewers(2, tasks::add);

    @Test
    void nobodyIsWokenByNothing() {
        viewers.wake();

        assertThat(tasks).isEmpty();
    }

    @Test
    void fewAreWokenByWhoPublishes() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(Viewers.MAX_WOKEN_DIRECTLY);

        viewers.wake();

        assertThat(tasks).isEmpty();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void theFewThatAreReadyAreWokenByWhoPublishesHoweverManyAreBusy() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        for (int i = 0; i < 100; i++) {
            FeedViewer busy = new FeedViewer(broadcast, FakeSink.slow(), Framing.STRICT, 0);
            viewers.add(busy);
            busy.wake();
        }
        List<FeedViewer> ready = add(Viewers.MAX_WOKEN_DIRECTLY);

        viewers.wake();

        assertThat(tasks).isEmpty();
        assertThat(ready).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void someAreWokenByOneTask() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(Viewers.FULL);

        viewers.wake();

        assertThat(tasks).hasSize(1);
        assertThat(all).as("not by this thread").allMatch(viewer -> viewer.sent() == 0);
        runTasks();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void oneMoreThanFewIsATask() {
        add(Viewers.MAX_WOKEN_DIRECTLY + 1);

        viewers.wake();

        assertThat(tasks).hasSize(1);
    }

    @Test
    void amongManyNobodyIsCountedAndAllAreWokenByTasks() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        for (int i = 0; i < Viewers.FULL; i++) {
            FeedViewer busy = new FeedViewer(broadcast, FakeSink.slow(), Framing.STRICT, 0);
            viewers.add(busy);
            busy.wake();
        }
        FeedViewer ready = add(1).get(0);

        viewers.wake();

        assertThat(tasks).hasSize(2);
        runTasks();
        assertThat(ready.sent()).isEqualTo(1);
    }

    @Test
    void manyAreWokenByOneTaskForEachProcessor() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(10 * Viewers.FULL);

        viewers.wake();

        assertThat(tasks).hasSize(2);
        assertThat(viewers.size()).isEqualTo(10 * Viewers.FULL);
        tasks.get(0).run();
        assertThat(all.stream().filter(viewer -> viewer.sent() == 1))
                .as("half of them each")
                .hasSize(5 * Viewers.FULL);
        tasks.get(1).run();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void aTaskThatHasNotRunYetIsNotAskedForAgainAndWakesAllForTheNewest() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(Viewers.MAX_WOKEN_DIRECTLY + 1);
        viewers.wake();
        current.publish(Frame.ofJpeg(Pictures.numbered(2, 100)));
        viewers.wake();
        assertThat(tasks).hasSize(1);

        runTasks();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
        current.publish(Frame.ofJpeg(Pictures.numbered(3, 100)));
        viewers.wake();

        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(all).allMatch(viewer -> viewer.sent() == 2);
    }

    @Test
    void aTaskWakesNoneThatLeftSinceTheOneBefore() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(Viewers.MAX_WOKEN_DIRECTLY + 2);
        viewers.wake();
        runTasks();
        FeedViewer gone = all.remove(0);
        assertThat(viewers.remove(gone)).isTrue();
        current.publish(Frame.ofJpeg(Pictures.numbered(2, 100)));

        viewers.wake();
        runTasks();

        assertThat(gone.sent()).as("it is not even held any more").isEqualTo(1);
        assertThat(all).allMatch(viewer -> viewer.sent() == 2);
    }

    @Test
    void aTaskWakesThoseWhoCameSinceTheOneBefore() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        add(Viewers.MAX_WOKEN_DIRECTLY + 1);
        viewers.wake();
        runTasks();
        FeedViewer come = add(1).get(0);
        current.publish(Frame.ofJpeg(Pictures.numbered(2, 100)));

        viewers.wake();
        runTasks();

        assertThat(come.sent()).isEqualTo(1);
    }

    @Test
    void anEmptyGroupHasNoTask() {
        List<FeedViewer> all = add(2 * Viewers.FULL);
        all.subList(0, Viewers.FULL).forEach(viewers::remove);

        viewers.wake();

        assertThat(tasks).hasSize(1);
    }

    @Test
    void whoComesIsPutWhereThereIsRoom() {
        current.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        List<FeedViewer> all = add(2 * Viewers.FULL);
        viewers.remove(all.get(0));
        FeedViewer late = add(1).get(0);

        viewers.wake();
        tasks.get(0).run();

        assertThat(late.sent()).as("in the first group, where one has left").isEqualTo(1);
        assertThat(viewers.isEmpty()).isFalse();
    }

    @Test
    void whoLeavesIsFoundInEachGroup() {
        List<FeedViewer> all = add(3 * Viewers.FULL);

        assertThat(all).allMatch(viewers::remove);
        assertThat(all).noneMatch(viewers::remove);
        assertThat(viewers.isEmpty()).isTrue();
    }

    private void runTasks() {
        List<Runnable> asked = List.copyOf(tasks);
        tasks.clear();
        asked.forEach(Runnable::run);
    }

    private List<FeedViewer> add(int count) {
        List<FeedViewer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FeedViewer viewer = new FeedViewer(broadcast, FakeSink.quick(), Framing.STRICT, 0);
            viewers.add(viewer);
            all.add(viewer);
        }
        return all;
    }
}
