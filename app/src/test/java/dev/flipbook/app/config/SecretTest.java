package dev.flipbook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets reach the sources, and nobody else. */
class SecretTest {

    private static final String VALUE = "hunter2";

    @TempDir
    private Path folder;

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("flipbook.yaml"), yaml);
    }

    private Reading read(String yaml) throws IOException {
        return new ConfigReader(Map.of("PW", VALUE)).file(write(yaml), Map.of());
    }

    private static FeedOrigin door(Configuration configuration) {
        return Objects.requireNonNull(configuration.feeds().get("door")).origin();
    }

    private FeedOrigin origin(String yaml) throws IOException {
        Reading reading = read(yaml);
        assertThat(reading.problems()).isEmpty();
        return door(reading.configuration().orElseThrow());
    }

    @Test
    void variableIsExpandedForTheSourceAndShownByItsName() throws IOException {
        FeedOrigin origin = origin("feeds: {door: \"rtsp://door/${PW}/1?a=${PW}\"}");

        assertThat(origin).isEqualTo(FeedOrigin.of("rtsp://door/hunter2/1?a=hunter2"));
        assertThat(origin.toString()).contains("rtsp://door/${PW}/1?***").doesNotContain(VALUE);
    }

    @Test
    void elseStandsInWhenTheVariableIsUnsetOrEmptyAndIsNotShown() throws IOException {
        FeedOrigin origin = origin("feeds: {door: \"rtsp://door/${NOBODY:-hunter2}/1\"}");

        assertThat(origin).isEqualTo(FeedOrigin.of("rtsp://door/hunter2/1"));
        assertThat(origin.toString()).doesNotContain(VALUE);
    }

    @Test
    void dollarsAreKeptWhereTheyAreMeant() throws IOException {
        FeedOrigin origin = origin("feeds: {door: {exec: [echo, \"$${PW}\", $PW, \"$\", \"$$\", \"${PW}\"]}}");

        assertThat(((FeedOrigin.Exec) origin).words().stream().map(Secret::value))
                .containsExactly("echo", "${PW}", "$PW", "$", "$$", VALUE);
    }

    @Test
    void whatAVariableHoldsIsNotExpandedAgain() throws IOException {
        Reading reading = new ConfigReader(Map.of("A", "${B}", "B", VALUE))
                .file(write("feeds: {door: {exec: [echo, \"${A}\"]}}"), Map.of());

        FeedOrigin.Exec exec = (FeedOrigin.Exec) door(reading.configuration().orElseThrow());
        assertThat(exec.words().get(1).value()).isEqualTo("${B}");
    }

    @Test
    void fileIsReadBesideTheConfigurationAndLosesOneNewline() throws IOException {
        Files.writeString(folder.resolve("door"), "rtsp://me:hunter2@door/1\n");
        assertThat(origin("feeds: {door: {file: door}}")).isEqualTo(FeedOrigin.of("rtsp://me:hunter2@door/1"));

        Files.writeString(folder.resolve("door"), "two\n\n");
        FeedOrigin.Exec exec = (FeedOrigin.Exec)
                origin("feeds: {door: {exec: [echo, {file: door}], environment: {A: {file: \"./${X:-door}\"}}}}");
        assertThat(exec.words().get(1).value()).isEqualTo("two\n");
        assertThat(exec.environment())
                .hasEntrySatisfying("A", text -> assertThat(text.value()).isEqualTo("two\n"));
    }

    @Test
    void fileThatIsTooLargeIsNotRead() throws IOException {
        Files.write(folder.resolve("door"), new byte[65_537]);

        assertThat(read("feeds: {door: {file: door}}").problems())
                .singleElement()
                .extracting(Problem::sentence)
                .isEqualTo("feeds.door: 'door' is larger than 64 KiB; it has a secret, and nothing else");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feeds: {door: 'rtsp://me:hunter2@door/1'}",
                "feeds: {door: 'http://me:${PW}@door/1?token=${PW}'}",
                "feeds: {door: {file: door}}",
                "feeds: {door: {exec: [camera, --password, hunter2]}}",
                "feeds: {door: {exec: [camera, '${PW}']}}",
                "feeds: {door: {exec: [camera, --to, 'http://me:hunter2@x/']}}",
                "feeds: {door: {exec: [camera], environment: {A: hunter2, B: '${PW}'}}}"
            })
    void nothingThatIsPrintedHasASecret(String yaml) throws IOException {
        Files.writeString(folder.resolve("door"), "http://me:hunter2@door/1");
        Configuration configuration = read(yaml).configuration().orElseThrow();

        assertThat(configuration.yaml()).doesNotContain(VALUE);
        assertThat(configuration.toString()).doesNotContain(VALUE);
        assertThat(door(configuration).toString()).doesNotContain(VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feeds: {door: '${PW}'}",
                "feeds: {door: 'rtps://me:${PW}@door/1'}",
                "feeds: {door: {file: door}}",
                "feeds: {door: {source: test, fps: '${PW}', size: '${PW}', controls: {gain: '${PW}'}}}",
                "memory: ${PW}",
                "api: {sources: ['${PW}']}"
            })
    void noProblemHasASecret(String yaml) throws IOException {
        Files.writeString(folder.resolve("door"), VALUE);

        assertThat(read(yaml).problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.toString()).doesNotContain(VALUE));
    }

    // who can read the file

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feeds: {door: 'rtsp://me:hunter2@door/1'}",
                "feeds: {door: {exec: [camera, --password, hunter2]}}",
                "feeds: {door: {exec: [camera], environment: {CAMERA_TOKEN: hunter2}}}"
            })
    void fileWithASecretThatOthersCanReadIsWarnedOf(String yaml) throws IOException {
        Path file = write(yaml);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(new ConfigReader(Map.of()).file(file).warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        file + ": warning: others on this machine can read it, and it holds a secret; chmod 600");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(new ConfigReader(Map.of()).file(file).warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feeds: {door: 'rtsp://me:${PW}@door/1'}",
                "feeds: {door: 'rtsp://door/1'}",
                "feeds: {door: {exec: [camera, --password, '${PW}'], environment: {CAMERA_TOKEN: '${PW}', GAIN: 2}}}"
            })
    void fileWithoutASecretOfItsOwnMayBeRead(String yaml) throws IOException {
        Path file = write(yaml);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(read(yaml).warnings()).isEmpty();
    }
}
