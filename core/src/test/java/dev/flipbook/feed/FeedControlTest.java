package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.origin.ScriptedSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The controls of a feed's camera. */
@Timeout(180)
class FeedControlTest {

    private final ScriptedSource source = new ScriptedSource()
            .controls(
                    new Control("brightness", "integer", -64, 64, 1, 0, 5, List.of()),
                    new Control("focus", "integer", 0, 100, 10, 0, 50, List.of()),
                    new Control("auto", "boolean", 0, 1, 1, 1, 1, List.of()),
                    new Control("mains", "menu", 1, 3, 1, 1, 1, List.of("50 Hz", "", "60 Hz")));
    private final Stage stage = Stage.showing(source);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.awaitNoThreads();
    }

    private void open() {
        source.frame(1);
        stage.quickViewer();
        stage.awaitFrames(1);
        await().until(source::waits);
    }

    @Test
    void controlsAreSetWhileTheSourceWaitsForAPictureAndTheStatusFollows() {
        open();

        List<Control> now = feed.control(Map.of("brightness", 20));

        assertThat(source.set()).containsExactly("brightness=20");
        assertThat(now).hasSize(4).isEqualTo(feed.status().controls());
        assertThat(now.get(0).value()).isEqualTo(20);
        assertThat(source.waits()).isTrue();
    }

    @Test
    void switchesAreSetBeforeNumbers() {
        open();
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("brightness", 1);
        values.put("mains", 3);
        values.put("focus", 10);
        values.put("auto", 0);

        feed.control(values);

        assertThat(source.set()).containsExactly("mains=3", "auto=0", "brightness=1", "focus=10");
    }

    @Test
    void valueThatIsRefusedIsToldWithWhatIsTakenAndNoneIsSet() {
        open();

        refuses("brightness", 99, "brightness is 99; it goes from -64 to 64");
        refuses("focus", 15, "focus is 15; it goes from 0 to 100 in steps of 10");
        refuses("auto", 2, "auto is 2; it goes from 0 to 1");
        refuses("mains", 2, "mains is 2; it is one of 1 (50 Hz), 3 (60 Hz)");
        refuses("colour", 1, "there is no control 'colour'; there are brightness, focus, auto, mains");
        assertThat(source.set()).isEmpty();
    }

    private void refuses(String name, int value, String why) {
        Map<String, Integer> values = new LinkedHashMap<>();
        values.put("auto", 0);
        values.put("brightness", 10);
        values.put(name, value);
        assertThatThrownBy(() -> feed.control(values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @Test
    void refusalOfTheDriverIsASentence() {
        open();
        source.refuse("focus");

        assertThatThrownBy(() -> feed.control(Map.of("auto", 0, "focus", 10)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it does not take focus now");
        assertThat(feed.status().controls().get(2).value())
                .as("what was set before")
                .isZero();
    }

    @Test
    void closedSourceIsSetWhenItsControlsAreKnown() {
        assertThatThrownBy(() -> feed.control(Map.of("brightness", 20)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a script has no controls, or has not been open yet");
        open();
        feed.pause("");
        stage.awaitNoThreads();

        assertThat(feed.control(Map.of("brightness", 20)).get(0).value()).isEqualTo(20);
        assertThat(source.isOpen()).isFalse();
    }

    @Test
    void programHasNoControls() {
        try (Stage own = Stage.forProgram()) {
            assertThatThrownBy(() -> own.feed.control(Map.of("brightness", 20)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a program has no controls");
        }
    }
}
