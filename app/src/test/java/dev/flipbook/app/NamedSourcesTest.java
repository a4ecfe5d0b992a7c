package dev.flipbook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.SourceOptions;
import dev.flipbook.app.config.FeedOrigin;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Position;
import dev.flipbook.text.Secrets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedSourcesTest {

    private final NamedSources named = new NamedSources(
            origin -> new FeedSettings(origin, SourceOptions.DEFAULT, FeedOptions.DEFAULT, Position.NONE));

    @ParameterizedTest
    @CsvSource({
        "demo, demo",
        "/films/car.mp4, car",
        "shots/, shots",
        "frames/*.png, frames",
        "rtsp://me:pw@door.local:554/stream1, door.local",
        "http://10.0.0.7/x?password=pw, 10.0.0.7",
        "-, stdin",
        "/dev/video0, video0",
        "HD Webcam, HD-Webcam"
    })
    void nameIsDerivedFromTheSource(String source, String name) {
        assertThat(NamedSources.nameFor(source, Set.of())).isEqualTo(name);
        assertThat(NamedSources.nameFor(source, Set.of(name))).isEqualTo(name + "-2");
    }

    @Test
    void commandFollowsItsName() {
        assertThat(named.read(List.of("demo", "robot=exec"), List.of("ssh", "robot")))
                .containsOnlyKeys("demo", "robot");
        assertThat(named.read(List.of("exec"), List.of("/usr/bin/ffmpeg"))).containsOnlyKeys("ffmpeg");
        assertThatThrownBy(() -> named.read(List.of("exec"), List.of())).hasMessageContaining("exec -- CMD ARGS");
    }

    @ParameterizedTest
    @CsvSource({"front door=demo, front door", "=demo, name", "a=, after 'a=' a source is missing"})
    void invalidNameIsExplained(String text, String said) {
        assertThatThrownBy(() -> named.read(List.of(text), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void feedForPublishersHasNoSource() {
        assertThat(named.read(List.of("door=publish", "demo", "publish"), List.of()))
                .containsOnlyKeys("door", "demo", "publish")
                .extractingFromEntries(feed -> feed.getValue().origin())
                .containsExactly(new FeedOrigin.Publish(), FeedOrigin.of("demo"), new FeedOrigin.Publish());
    }

    @Test
    void standardInputIsOneFeedOnly() {
        assertThatThrownBy(() -> named.read(List.of("a=-", "b=-"), List.of())).hasMessageContaining("one feed only");
    }

    @Test
    void duplicateNamesAreRefusedWithoutSecrets() {
        assertThatThrownBy(() -> named.read(List.of("a=demo", "a=http://h/x?password=pw"), List.of()))
                .hasMessage("two feeds are named 'a'; give one another name: NAME=SOURCE");
    }

    @Test
    void passwordsAreRemovedFromMessages() {
        assertThat(Secrets.withoutLogins("no http://me:pw@door/x; http://USER:PASSWORD@HOST is expected"))
                .isEqualTo("no http://door/x; http://USER:PASSWORD@HOST is expected");
    }
}
