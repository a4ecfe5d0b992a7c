package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.mjpeg.Framing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks in how many tasks viewers are woken, and that each of them is. */
@Timeout(180)
class ViewersTest {

    private final Stage stage = Stage.forProgram();
    private final List<Runnable> tasks = new ArrayList<>();
    private final Viewers viewers = new Viewers(2, tasks::add);

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void nobodyIsWokenByNothing() {
        viewers.wake();

        assertThat(tasks).isEmpty();
    }

    @Test
    void fewAreWokenByWhoPublishes() {
        stage.publish(1);
        List<Viewer> all = add(Viewers.MAX_WOKEN_DIRECTLY);

        viewers.wake();

        assertThat(tasks).isEmpty();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void theFewThatAreReadyAreWokenByWhoPublishesHoweverManyAreBusy() {
        stage.publish(1);
        for (int i = 0; i < 100; i++) {
            Viewer busy = new Viewer(stage.feed, FakeSink.slow(), Framing.STRICT, 0);
            viewers.add(busy);
            busy.wake();
        }
        List<Viewer> ready = add(Viewers.MAX_WOKEN_DIRECTLY);

        viewers.wake();

        assertThat(tasks).isEmpty();
        assertThat(ready).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void someAreWokenByOneTask() {
        stage.publish(1);
        List<Viewer> all = add(Viewers.FULL);

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
        stage.publish(1);
        for (int i = 0; i < Viewers.FULL; i++) {
            Viewer busy = new Viewer(stage.feed, FakeSink.slow(), Framing.STRICT, 0);
            viewers.add(busy);
            busy.wake();
        }
        Viewer ready = add(1).get(0);

        viewers.wake();

        assertThat(tasks).hasSize(2);
        runTasks();
        assertThat(ready.sent()).isEqualTo(1);
    }

    @Test
    void manyAreWokenByOneTaskForEachProcessor() {
        stage.publish(1);
        List<Viewer> all = add(10 * Viewers.FULL);

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
        stage.publish(1);
        List<Viewer> all = add(Viewers.MAX_WOKEN_DIRECTLY + 1);
        viewers.wake();
        stage.publish(2);
        viewers.wake();
        assertThat(tasks).hasSize(1);

        runTasks();
        assertThat(all).allMatch(viewer -> viewer.sent() == 1);
        stage.publish(3);
        viewers.wake();

        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(all).allMatch(viewer -> viewer.sent() == 2);
    }

    @Test
    void aTaskWakesNoneThatLeftSinceTheOneBefore() {
        stage.publish(1);
        List<Viewer> all = add(Viewers.MAX_WOKEN_DIRECTLY + 2);
        viewers.wake();
        runTasks();
        Viewer gone = all.remove(0);
        assertThat(viewers.remove(gone)).isTrue();
        stage.publish(2);

        viewers.wake();
        runTasks();

        assertThat(gone.sent()).as("it is not even held any more").isEqualTo(1);
        assertThat(all).allMatch(viewer -> viewer.sent() == 2);
    }

    @Test
    void aTaskWakesThoseWhoCameSinceTheOneBefore() {
        stage.publish(1);
        add(Viewers.MAX_WOKEN_DIRECTLY + 1);
        viewers.wake();
        runTasks();
        Viewer come = add(1).get(0);
        stage.publish(2);

        viewers.wake();
        runTasks();

        assertThat(come.sent()).isEqualTo(1);
    }

    @Test
    void anEmptyGroupHasNoTask() {
        List<Viewer> all = add(2 * Viewers.FULL);
        all.subList(0, Viewers.FULL).forEach(viewers::remove);

        viewers.wake();

        assertThat(tasks).hasSize(1);
    }

    @Test
    void whoComesIsPutWhereThereIsRoom() {
        stage.publish(1);
        List<Viewer> all = add(2 * Viewers.FULL);
        viewers.remove(all.get(0));
        Viewer late = add(1).get(0);

        viewers.wake();
        tasks.get(0).run();

        assertThat(late.sent()).as("in the first group, where one has left").isEqualTo(1);
        assertThat(viewers.isEmpty()).isFalse();
    }

    @Test
    void whoLeavesIsFoundInEachGroup() {
        List<Viewer> all = add(3 * Viewers.FULL);

        assertThat(all).allMatch(viewers::remove);
        assertThat(all).noneMatch(viewers::remove);
        assertThat(viewers.isEmpty()).isTrue();
    }

    private void runTasks() {
        List<Runnable> asked = List.copyOf(tasks);
        tasks.clear();
        asked.forEach(Runnable::run);
    }

    private List<Viewer> add(int count) {
        List<Viewer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Viewer viewer = new Viewer(stage.feed, FakeSink.quick(), Framing.STRICT, 0);
            viewers.add(viewer);
            all.add(viewer);
        }
        return all;
    }
}
