package dev.flipbook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.app.console.Arguments;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.cli.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line and the file say the same in the same words, and are served together. */
class ConfigurationTest {

    @TempDir
    private Path folder;

    private static Configuration line(String... words) {
        Options options = new Options();
        CommandLine.options().forEach(options::addOption);
        CommandLine line = new CommandLine(Arguments.read("flipbook", options, List.of(words)));
        Map<String, FeedSettings> feeds = new LinkedHashMap<>();
        List<String> sources = new ArrayList<>(List.of(words));
        sources.removeIf(word -> word.startsWith("-"));
        sources.forEach(name -> feeds.put(name, line.feed(FeedOrigin.of(name))));
        return line.configuration(feeds);
    }

    private Reading read(String yaml) throws IOException {
        return new ConfigReader(Map.of()).file(Files.writeString(folder.resolve("f.yaml"), yaml));
    }

    private Configuration file(String yaml) throws IOException {
        Reading reading = read(yaml);
        assertThat(reading.problems()).isEmpty();
        return reading.configuration().orElseThrow();
    }

    private static FeedSettings feed(Configuration configuration, String name) {
        return Objects.requireNonNull(configuration.feeds().get(name));
    }

    // one table

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fps | x | it is a whole number from 0 to 1000",
                "size | 1x1 | it is WIDTHxHEIGHT in pixels, each from 16 to 8192, such as 640x480",
                "quality | 101 | it is a whole number from 1 to 100",
                "rotate | 45 | it is 0, 90, 180 or 270, clockwise",
                "interval | 2d | it is a time with its unit from 0s to 1d, such as 500ms, 10s, 5m or 1d",
                "range | 5-5 | it is LOW-HIGH, two different values from 0 to 65535, such as 500-4500",
                "start_timeout | 0s | it is a time with its unit from 1s to 1d, such as 500ms, 10s, 5m or 1d",
                "stall_timeout | 5w | it is a time with its unit from 1s to 1d, such as 500ms, 10s, 5m or 1d",
                "idle_stop | 8d | it is a time with its unit from 0s to 7d, such as 500ms, 10s, 5m or 1d"
            })
    void fileAndLineRefuseAValueInTheSameWords(String key, String value, String right) throws IOException {
        String option = "--" + key.replace('_', '-');

        assertThat(read("feeds:\n  lobby:\n    source: test\n    " + key + ": " + value + "\n")
                        .problems())
                .extracting(Problem::toString)
                .containsExactly(folder.resolve("f.yaml") + ":4:" + (7 + key.length()) + ": feeds.lobby." + key
                        + " is '" + value + "'; " + right);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line(option + "=" + value))
                .withMessage(option + " is '" + value + "'; " + right);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line("test", "--set=feeds.test." + key + "=" + value))
                .withMessage("--set=feeds.test." + key + " is '" + value + "'; " + right);
    }

    @Test
    void everythingThatTheFileSaysTheLineSaysToo() throws IOException {
        Configuration file = file("""
                listen: '[::1]:8081'
                names: [a.example, b.example]
                embed: [https://wall.example]
                connections_per_address: 100
                memory: 64MiB
                api: {sources: [demo, http], keep: true}
                feeds:
                  test:
                    source: test
                    fps: 5
                    size: 640x480
                    quality: 70
                    rotate: 90
                    mirror: true
                    interval: 500ms
                    follow: true
                    format: YUYV
                    range: 500-4500
                    controls: {brightness: 20, gain: -3}
                    start_timeout: 1m
                    stall_timeout: 20s
                    idle_stop: 0s
                """);

        assertThat(line(
                        "test",
                        "--listen=[::1]:8081",
                        "--names=a.example",
                        "--host-name=b.example",
                        "--embed=https://wall.example",
                        "--connections-per-address=100",
                        "--memory=64",
                        "--set=api.sources=demo",
                        "--set=api.sources=http",
                        "--set=api.keep=true",
                        "--fps=5",
                        "--size=640x480",
                        "--quality=70",
                        "--rotate=90",
                        "--mirror",
                        "--interval=0.5",
                        "--follow",
                        "--format=YUYV",
                        "--range=500-4500",
                        "--control=brightness=20",
                        "--control=gain=-3",
                        "--start-timeout=60",
                        "--stall-timeout=20s",
                        "--idle-stop=0"))
                .extracting(
                        Configuration::feeds,
                        Configuration::api,
                        line -> line.server().options())
                .containsExactly(
                        file.feeds(),
                        file.api(),
                        file.server()
                                .options()
                                .withFeeds(line(
                                                "--fps=5",
                                                "--memory=64",
                                                "--start-timeout=60",
                                                "--stall-timeout=20s",
                                                "--idle-stop=0")
                                        .server()
                                        .options()
                                        .feeds()));
    }

    @Test
    void setSaysWhatAFileSaysOfOneFeed() {
        Configuration line =
                line("test", "demo", "--fps=3", "--set=feeds.demo.fps=15", "--set=feeds.demo.idle_stop=1m");

        assertThat(feed(line, "test").pictures().fps()).isEqualTo(3);
        assertThat(feed(line, "demo").pictures().fps()).isEqualTo(15);
        assertThat(feed(line, "demo").timeouts().idleStop()).isEqualTo(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--set=fps | --set is 'fps'; it is KEY=VALUE with a key of the file, such as feeds.door.fps=15",
                "--set=feeds.door.fps=5 | --set=feeds.door.fps is for a feed of the command line, and 'door' is none of these: test",
                "--set=apis.keep=true | --set=apis.keep is no setting; a key is written as in feeds.door.fps, defaults.fps or api.keep",
                "--set=api.kepp=true | --set=api.kepp is no setting; did you mean keep?",
                "--set=api.colour=red | --set=api.colour is no setting; there are sources, keep",
                "--set=feeds.test.fpss=3 | --set=feeds.test.fpss is no setting; did you mean fps?",
                "--set=defaults.idle-stop=3 | --set=defaults.idle-stop is no setting; did you mean idle_stop?",
                "--set=feeds.test.environment=A=b | --set=feeds.test.environment is NAME=VALUE for a feed with exec"
            })
    void wrongSetIsExplained(String option, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line("test", option))
                .withMessage(sentence);
    }

    @Test
    void listenAndPortAreNotSaidTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line("--listen=8080", "-p", "1"))
                .withMessage("--listen has the address and the port; leave out --port");
    }

    @ParameterizedTest
    @CsvSource({
        "8081, 127.0.0.1, 8081",
        ":8081, 127.0.0.1, 8081",
        "localhost:0, localhost, 0",
        "[::1]:8081, ::1, 8081",
        "127.0.0.2:8080, 127.0.0.2, 8080"
    })
    void listenHasAnAddressAndAPort(String text, String host, int port) {
        ServerOptions options = line("--listen=" + text).server().options();

        assertThat(options.host()).isEqualTo(host);
        assertThat(options.port()).isEqualTo(port);
    }

    // both together

    @Test
    void feedsOfBothAreServedAndTheSettingsOfTheLineWin() throws IOException {
        Configuration file = file("""
                listen: 127.0.0.2:8081
                memory: 64MiB
                names: [a.example]
                api: {keep: true}
                defaults: {quality: 60}
                feeds: {door: demo}
                """);

        Configuration both =
                line("test", "--port=81", "--names=b.example", "--fps=5").with(file);

        assertThat(both.feeds()).containsOnlyKeys("door", "test");
        assertThat(feed(both, "door")).isEqualTo(feed(file, "door"));
        assertThat(feed(both, "test").pictures().quality()).isEqualTo(80);
        ServerOptions options = both.server().options();
        assertThat(options.host()).isEqualTo("127.0.0.2");
        assertThat(options.port()).isEqualTo(81);
        assertThat(options.hostNames()).isEqualTo(Set.of("b.example"));
        assertThat(options.feeds().blockCeiling()).isEqualTo(64 << 20);
        assertThat(both.api().keep()).isTrue();
    }

    @Test
    void feedInBothIsAProblemAtItsPlaceInTheFile() throws IOException {
        Reading reading = read("feeds:\n  door: demo\n  test: demo\n");

        Reading both = reading.under(line("test"), "f.yaml");

        assertThat(both.configuration()).isEmpty();
        assertThat(both.problems())
                .extracting(Problem::toString)
                .containsExactly("f.yaml:3:9: feeds.test is on the command line too; give one another name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> line("test").with(reading.configuration().orElseThrow()))
                .withMessageContaining("the feed 'test' is given twice");
        assertThat(reading.under(line("demo"), "f.yaml")
                        .configuration()
                        .orElseThrow()
                        .feeds())
                .containsOnlyKeys("door", "test", "demo");
    }

    // printing

    @Test
    void whatIsPrintedHasEachValueAndNoAliases() throws IOException {
        String same = "{source: test, controls: {gain: 3}}";
        Configuration printed = file("defaults: {controls: {gain: 3}}\nfeeds: {a: test, b: test, c: " + same + "}");

        assertThat(printed.yaml()).contains("\nnames: []\n", "\nembed: []\n").doesNotContain("&id", "*id");
        assertThat(file(printed.yaml())).isEqualTo(printed);
    }

    // comparing

    @Test
    void feedIsTheSameWhereverItStands() throws IOException {
        FeedSettings before = feed(file("feeds: {a: demo, door: {source: test, fps: 5, quality: 80}}"), "door");
        FeedSettings after = feed(file("defaults: {fps: 5}\nfeeds:\n  door: test\n"), "door");

        assertThat(after).isEqualTo(before).hasSameHashCodeAs(before);
        assertThat(after.position()).isEqualTo(new Position(3, 9));
        assertThat(feed(file("feeds: {door: {source: test, fps: 6}}"), "door")).isNotEqualTo(before);
        assertThat(feed(file("feeds: {door: {source: demo, fps: 5}}"), "door")).isNotEqualTo(before);
        assertThat(feed(file("feeds: {door: {source: test, fps: 5, idle_stop: 1s}}"), "door"))
                .isNotEqualTo(before);
    }

    @Test
    void serverSettingsTellWhatNeedsARestart() throws IOException {
        ServerSettings usual = file("{}").server();

        assertThat(file("listen: 127.0.0.1:8080\ninsecure: false\n").server()).isEqualTo(usual);
        assertThat(file("listen: 8081\nmemory: 1MiB\nnames: [a]\nfeeds: {a: test}\n")
                        .server()
                        .restart(usual))
                .containsExactly("listen", "names", "memory");
        assertThat(file("defaults: {fps: 5}\napi: {keep: true}\n").server().restart(usual))
                .isEmpty();
    }

    @Test
    void onlySourcesThatAreNewOrChangedAreLookedAt() throws IOException {
        Configuration before = file("feeds: {a: gone.mp4, b: test}");
        Path file = folder.resolve("f.yaml");
        Files.writeString(file, "feeds: {a: gone.mp4, b: gone-too.mp4}");

        assertThat(new ConfigReader(Map.of()).file(file, before.feeds()).problems())
                .extracting(Problem::sentence)
                .containsExactly("feeds.b: there is no file 'gone-too.mp4': name a video file that exists");
        assertThat(new ConfigReader(Map.of()).file(file, Map.of()).problems()).hasSize(2);
    }
}
