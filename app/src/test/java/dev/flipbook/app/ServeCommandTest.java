package dev.flipbook.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.SourceOptions;
import dev.flipbook.app.config.CommandLine;
import dev.flipbook.app.config.FeedOrigin;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.ServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the options of a line, and of those that are left out. */
class ServeCommandTest {

    private static Arguments arguments(String... words) {
        return Arguments.read("flipbook", ServeCommand.options(), List.of(words));
    }

    private static CommandLine line(String... words) {
        return new CommandLine(arguments(words));
    }

    private static ServerOptions server(String... words) {
        return line(words).server().options();
    }

    private static SourceOptions pictures(String... words) {
        return line(words).feed(FeedOrigin.of("demo")).pictures();
    }

    @Test
    void defaultsAreThoseOfTheLibrary() {
        assertThat(server("demo")).isEqualTo(ServerOptions.DEFAULT);
        assertThat(pictures("demo")).isEqualTo(SourceOptions.DEFAULT);
    }

    @Test
    void everyServerOptionIsApplied() {
        ServerOptions usual = ServerOptions.DEFAULT;
        FeedOptions feeds = FeedOptions.DEFAULT;

        assertThat(server("--port=81")).isEqualTo(usual.withPort(81));
        assertThat(server("-p", "0")).isEqualTo(usual.withPort(0));
        assertThat(server("--host=::1")).isEqualTo(usual.withHost("::1", false));
        assertThat(server("--host=0.0.0.0", "--insecure")).isEqualTo(usual.withHost("0.0.0.0", true));
        assertThat(server("--host-name=a.example", "--host-name=b.example").hostNames())
                .containsExactlyInAnyOrder("a.example", "b.example");
        assertThat(server("--embed-origin=https://a.example").embedOrigins()).containsExactly("https://a.example");
        assertThat(server("--connections-per-address=20000")).isEqualTo(usual.withConnectionsPerAddress(20_000));
        assertThat(server("--memory=3")).isEqualTo(usual.withFeeds(feeds.withBlockCeiling(3 << 20)));
        assertThat(server("--memory=65536").feeds().blockCeiling()).isEqualTo(64L << 30);
        assertThat(server("--start-timeout=7").feeds())
                .isEqualTo(new FeedOptions(
                        feeds.idleStop(),
                        feeds.repeatAfter(),
                        Duration.ofSeconds(7),
                        feeds.stallTimeout(),
                        feeds.blockCeiling()));
        assertThat(server("--stall-timeout=8").feeds())
                .isEqualTo(new FeedOptions(
                        feeds.idleStop(),
                        feeds.repeatAfter(),
                        feeds.startTimeout(),
                        Duration.ofSeconds(8),
                        feeds.blockCeiling()));
        assertThat(server("--fps=5").deadlines()).isEqualTo(Deadlines.DEFAULT);
    }

    @Test
    void everyPictureOptionIsApplied() {
        assertThat(pictures("--fps=5").fps()).isEqualTo(5);
        assertThat(pictures("--size=640x480")).isEqualTo(new SourceOptions(0, 640, 480, 80));
        assertThat(pictures("--quality=1").quality()).isEqualTo(1);
        assertThat(pictures("--rotate=270").rotate()).isEqualTo(270);
        assertThat(pictures("--mirror").mirror()).isTrue();
        assertThat(pictures("--follow").follow()).isTrue();
        assertThat(pictures("--interval=0.5").interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(pictures("--format=YUYV").format()).isEqualTo("YUYV");
        assertThat(pictures("--control=a=-1", "--control=b=2").controls()).isEqualTo(Map.of("a", -1, "b", 2));
        assertThat(pictures("--range=500-4500").range()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port=65536",
                "--connections-per-address=0",
                "--connections-per-address=20001",
                "--memory=0",
                "--memory=65537",
                "--start-timeout=0",
                "--stall-timeout=86401"
            })
    void valueOutOfRangeIsRefusedByName(String option) {
        assertThatThrownBy(() -> server(option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option.substring(2, option.indexOf('=')));
    }
}
