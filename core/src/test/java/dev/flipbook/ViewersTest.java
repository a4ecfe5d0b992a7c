package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.mjpeg.Framing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In how many tasks viewers are woken. */
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
        List<Viewer> all = add(Viewers.FEW);

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
        List<Viewer> ready = add(Viewers.FEW);

        viewers.wake();

        assertThat(tasks).isEmpty();
        assertThat(ready).allMatch(viewer -> viewer.sent() == 1);
    }

    @Test
    void someAreWokenByOneTask() {
        add(Viewers.FULL);

        viewers.wake();

        assertThat(tasks).hasSize(1);
    }

    @Test
    void manyAreWokenByOneTaskForEachProcessor() {
        add(10 * Viewers.FULL);

        viewers.wake();

        assertThat(tasks).hasSize(2);
        assertThat(viewers.size()).isEqualTo(10 * Viewers.FULL);
    }

    @Test
    void aTaskThatHasNotRunYetIsNotAskedForAgain() {
        add(Viewers.FEW + 1);
        viewers.wake();
        viewers.wake();
        assertThat(tasks).hasSize(1);

        tasks.get(0).run();
        viewers.wake();

        assertThat(tasks).hasSize(2);
    }

    @Test
    void whoLeavesIsFoundInEachGroup() {
        List<Viewer> all = add(3 * Viewers.FULL);

        assertThat(all).allMatch(viewers::remove);
        assertThat(all).noneMatch(viewers::remove);
        assertThat(viewers.isEmpty()).isTrue();
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
