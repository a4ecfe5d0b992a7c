package dev.flipbook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.SourceOptions;
import dev.flipbook.app.console.Program;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedSourcesTest {

    private final NamedSources named = new NamedSources(SourceOptions.DEFAULT);

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
    void aNameIsFoundWhereNoneIsGiven(String source, String name) {
        assertThat(NamedSources.nameFor(source, Set.of())).isEqualTo(name);
        assertThat(NamedSources.nameFor(source, Set.of(name))).isEqualTo(name + "-2");
    }

    @Test
    void aCommandStandsAfterItsName() throws IOException {
        assertThat(named.open(List.of("demo", "robot=exec"), List.of("ssh", "robot")))
                .containsOnlyKeys("demo", "robot");
        assertThat(named.open(List.of("exec"), List.of("/usr/bin/ffmpeg"))).containsOnlyKeys("ffmpeg");
        assertThatThrownBy(() -> named.open(List.of("exec"), List.of())).hasMessageContaining("exec -- CMD ARGS");
    }

    @ParameterizedTest
    @CsvSource({"front door=demo, front door", "=demo, name", "a=, after 'a=' a source is missing"})
    void whatIsWrongWithANameIsSaid(String text, String said) {
        assertThatThrownBy(() -> named.open(List.of(text), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void aFeedThatWaitsForAPublisherHasNoSource() throws IOException {
        assertThat(named.open(List.of("door=publish", "demo", "publish"), List.of()))
                .containsOnlyKeys("door", "demo", "publish")
                .containsEntry("door", Optional.empty())
                .containsEntry("publish", Optional.empty());
    }

    @Test
    void standardInputIsOneFeedOnly() {
        assertThatThrownBy(() -> named.open(List.of("a=-", "b=-"), List.of())).hasMessageContaining("one feed only");
    }

    @Test
    void twoOfOneNameAreRefusedWithoutRepeatingWhatMayBeSecret() {
        assertThatThrownBy(() -> named.open(List.of("a=demo", "a=http://h/x?password=pw"), List.of()))
                .hasMessage("two feeds are named 'a'; give one another name: NAME=SOURCE");
    }

    @Test
    void passwordsAreTakenOutOfMessagesAndTheirFormIsNot() {
        assertThat(Program.withoutPassword("no http://me:pw@door/x; http://USER:PASSWORD@HOST is expected"))
                .isEqualTo("no http://door/x; http://USER:PASSWORD@HOST is expected");
    }
}
