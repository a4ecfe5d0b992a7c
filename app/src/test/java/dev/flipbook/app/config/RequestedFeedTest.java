package dev.flipbook.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.SourceOptions;
import dev.flipbook.app.config.ConfigReader.NamedFeed;
import dev.flipbook.app.config.Settings.Given;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests may say of one feed, and what is refused. */
class RequestedFeedTest {

    private static final Configuration HOLDING = holding(ApiSettings.DEFAULT.sources());

    private final ConfigReader reader = new ConfigReader(Map.of("SECRET", "of this machine"));

    private static Configuration holding(Set<SourceKind> sources) {
        Given defaults = Given.NONE.with(Settings.QUALITY, 60).with(Settings.STALL_TIMEOUT, Duration.ofSeconds(9));
        return new Configuration(new ServerSettings(Given.NONE, defaults), new ApiSettings(sources, false), Map.of());
    }

    private NamedFeed feed(String json) {
        return feed(json, HOLDING);
    }

    private NamedFeed feed(String json, Configuration holding) {
        return reader.feed(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), holding);
    }

    private FeedSettings change(FeedSettings feed, String json) {
        return reader.change("yard", feed, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), HOLDING);
    }

    // adding

    @Test
    void feedHasWhatTheRequestSaysAndElseTheDefaultsOfTheFile() {
        NamedFeed yard = feed("{'name': 'yard', 'source': 'rtsp://me:pw@yard/1', 'fps': 5, 'size': '640x480',"
                + " 'mirror': true, 'controls': {'gain': 3}, 'idle_stop': '1m'}");

        assertThat(yard.name()).isEqualTo("yard");
        assertThat(yard.settings().origin()).isEqualTo(FeedOrigin.of("rtsp://me:pw@yard/1"));
        SourceOptions pictures = yard.settings().pictures();
        assertThat(pictures.fps()).isEqualTo(5);
        assertThat(pictures.width()).isEqualTo(640);
        assertThat(pictures.mirror()).isTrue();
        assertThat(pictures.controls()).isEqualTo(Map.of("gain", 3));
        assertThat(pictures.quality()).isEqualTo(60);
        assertThat(yard.settings().timeouts().idleStop()).isEqualTo(Duration.ofMinutes(1));
        assertThat(yard.settings().timeouts().stallTimeout()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void feedForPublishersIsOpen() {
        assertThat(feed("{'name': 'robot', 'source': 'publish'}").settings().origin())
                .isEqualTo(new FeedOrigin.Publish());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name': 'a', 'source': 'publish', 'fps': 'x'} | fps is the text 'x'; it is a whole number from 0 to 1000, without quotes",
                "{'name': 'a', 'source': 'publish', 'fps': 1001} | fps is '1001'; it is a whole number from 0 to 1000",
                "{'name': 'a', 'source': 'publish', 'fpss': 1} | fpss is no setting of a feed; did you mean fps?",
                "{'name': 'a', 'source': 'publish', 'fps': -1, 'quality': 0} | fps is '-1'; it is a whole number from 0 to 1000; quality is '0'; it is a whole number from 1 to 100",
                "{'source': 'publish'} | name is missing; a feed has a name and a source",
                "{'name': 'a'} | source is missing; a feed has a name and a source",
                "{'name': 'a', 'source': ['publish']} | source is a list; it is a text",
                "{'name': 5, 'source': 'publish'} | name is 5; it is a text, in quotes",
                "{'name': 'a', 'source': true} | source is true; it is a text, in quotes",
                "{'name': 'a', 'source': 'publish', 'controls': 5} | controls is '5'; it is a map of names and whole numbers, such as {brightness: 20}",
                "{'name': 'a', 'name': 'b', 'source': 'publish'} | name is here for the second time; the first is in line 1",
                "[] | the file is a list; it is an object with name and source"
            })
    void whatIsWrongIsSaidInTheSentenceOfTheFile(String json, String sentence) {
        assertThatIllegalArgumentException().isThrownBy(() -> feed(json)).withMessage(sentence);
    }

    @Test
    void wrongNameIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed("{'name': '../x', 'source': 'publish'}"))
                .withMessageContaining("'../x' is not a name for a feed");
    }

    // refusing

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'name': 'a', 'exec': ['sh', '-c', 'id']}",
                "{'name': 'a', 'source': 'publish', 'environment': {'A': 'b'}}",
                "{'name': 'a', 'source': {'file': '/etc/passwd'}}",
                "{'name': 'a', 'source': 'exec'}",
                "{'name': 'a', 'source': '/etc/passwd'}",
                "{'name': 'a', 'source': 'car.mp4'}",
                "{'name': 'a', 'source': '/home'}",
                "{'name': 'a', 'source': '-'}",
                "{'name': 'a', 'source': 'file:///etc/passwd'}",
                "{'name': 'a', 'source': 'ftp://host/x'}",
                "{'name': 'a', 'source': '/dev/v4l/by-id/../../../etc/passwd'}",
                "{'name': 'a', 'source': '/dev/v4l/by-id/..'}",
                "{'name': 'a', 'source': 'rtsp://h/\\n/../etc/passwd'}",
                "{'name': 'a', 'source': '*.jpg'}",
                "{'name': 'a', 'source': ''}"
            })
    void commandsAndFilesComeFromTheConfigurationOnly(String json) {
        Configuration all = holding(EnumSet.allOf(SourceKind.class));

        assertThatExceptionOfType(RefusedSourceException.class)
                .isThrownBy(() -> feed(json, all))
                .withMessage("commands and files come from the configuration only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'name': 'a', 'source': 'rtsp://${SECRET}@yard/1'}",
                "{'name': 'a', 'source': 'publish', 'format': '${SECRET}'}",
                "{'name': '${SECRET}', 'source': 'publish'}",
                "{'name': 'a', 'source': 'http://h/$${SECRET}'}"
            })
    void variablesComeFromTheConfigurationOnly(String json) {
        assertThatExceptionOfType(RefusedSourceException.class)
                .isThrownBy(() -> feed(json))
                .withMessage("variables come from the configuration only");
    }

    @ParameterizedTest
    @CsvSource({
        "http://h/x, HTTP",
        "HTTPS://h/x, HTTP",
        "rtsp://h/x, RTSP",
        "rtsps://h/x, RTSP",
        "srt://h:1, RTSP",
        "publish, PUBLISH",
        "demo, DEMO",
        "test, TEST",
        "webcam, CAMERA",
        "picam:1, CAMERA",
        "/dev/video0, CAMERA",
        "/dev/v4l/by-id/usb-x, CAMERA",
        "screen, SCREEN",
        "screen::0, SCREEN"
    })
    void sourceIsAllowedByItsKindAlone(String source, SourceKind kind) {
        String json = "{'name': 'a', 'source': '" + source + "'}";
        Set<SourceKind> others = EnumSet.complementOf(EnumSet.of(kind));

        assertThat(feed(json, holding(Set.of(kind))).settings().origin()).isEqualTo(FeedOrigin.of(source));
        assertThatExceptionOfType(RefusedSourceException.class).isThrownBy(() -> feed(json, holding(others)));
    }

    @Test
    void refusalNamesWhatIsAllowed() {
        assertThatExceptionOfType(RefusedSourceException.class)
                .isThrownBy(() -> feed("{'name': 'a', 'source': 'demo'}"))
                .withMessage("sources of the kind demo come from the configuration only;"
                        + " requests may add http, rtsp, publish");
    }

    // changing

    @Test
    void givenKeysReplaceAndNullBringsTheDefaultBack() {
        FeedSettings yard = feed("{'name': 'yard', 'source': 'publish', 'fps': 5, 'quality': 90}")
                .settings();

        FeedSettings changed = change(yard, "{'fps': 7, 'quality': null}");

        assertThat(changed.origin()).isEqualTo(yard.origin());
        assertThat(changed.pictures().fps()).isEqualTo(7);
        assertThat(changed.pictures().quality()).isEqualTo(60);
        assertThat(change(yard, "{}")).isEqualTo(yard);
        assertThat(change(yard, "{'source': 'http://h/x'}").origin()).isEqualTo(FeedOrigin.of("http://h/x"));
    }

    @Test
    void changeIsRefusedAsAnAdditionIs() {
        FeedSettings yard = feed("{'name': 'yard', 'source': 'publish'}").settings();

        assertThatExceptionOfType(RefusedSourceException.class)
                .isThrownBy(() -> change(yard, "{'source': '/etc/passwd'}"));
        assertThatExceptionOfType(RefusedSourceException.class).isThrownBy(() -> change(yard, "{'exec': ['id']}"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change(yard, "{'name': 'other'}"))
                .withMessageContaining("name is 'yard' and stays so");
    }

    // keeping

    @Test
    void keptFeedIsTheSameAfterARestart() {
        NamedFeed yard = feed("{'name': 'yard', 'source': 'rtsp://me:p\\\\w@yard/1', 'fps': 5, 'range': '5-9',"
                + " 'controls': {'gain': 3}, 'interval': '0.5s', 'size': '64x48'}");

        String kept = yard.settings().json("yard");

        assertThat(reader.feed(kept.getBytes(StandardCharsets.UTF_8), HOLDING)).isEqualTo(yard);
        assertThat(kept).contains("me:p\\\\w@yard");
    }

    @Test
    void keptFeedStaysAsItIsWhenTheDefaultsChange() {
        NamedFeed yard = feed("{'name': 'yard', 'source': 'publish'}");
        Configuration other = new Configuration(ServerSettings.DEFAULT, ApiSettings.DEFAULT, Map.of());

        assertThat(feed(yard.settings().json("yard"), other)).isEqualTo(yard);
    }

    @Test
    void aFileThatIsNamedLikeACameraIsNoCamera(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("C920"));
        FeedOrigin origin = FeedOrigin.of(file.toString());

        assertThat(SourceKind.of(origin, () -> java.util.List.of(file.toString())))
                .isEqualTo(SourceKind.OTHER);
    }
}
