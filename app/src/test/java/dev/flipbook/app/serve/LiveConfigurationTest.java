package dev.flipbook.app.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.app.config.CommandLine;
import dev.flipbook.app.config.ConfigReader;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedOrigin;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Problem;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.yaml.YamlText;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server, its configuration file, and clients that change its feeds over HTTP. */
class LiveConfigurationTest {

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> line = new ArrayList<>(List.of("--port=0"));
    private Optional<Path> given = Optional.empty();
    private Path file;
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.flipbook");
    private final Kept kept = new Kept();
    private @Nullable Running running;

    /** A server with its configuration. */
    private record Running(LiveConfiguration configuration, Flipbook flipbook) {}

    /** What is logged. */
    private static final class Kept extends AppenderBase<ILoggingEvent> {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent line) {
            lines.add(line.getFormattedMessage());
        }
    }

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("flipbook.yaml");
        given = Optional.of(file);
        write("feeds:", "  door: demo", "  yard: test");
    }

    @AfterEach
    void stop() throws IOException {
        log.detachAppender(kept);
        if (running != null) {
            running.configuration.close();
            running.flipbook.close();
            running = null;
        }
    }

    // The file.

    @Test
    void whatTheFileSaysIsServedTogetherWithTheCommandLine() throws IOException {
        start("lobby", "test");
        assertThat(names()).containsExactlyInAnyOrder("lobby", "door", "yard");
        assertThat(running().configuration.feeds()).containsExactlyInAnyOrder("lobby", "door", "yard");
    }

    @Test
    void aWrongFileStopsTheStartWithEverythingThatIsWrong() throws IOException {
        write("feeds:", "  door: {source: demo, fpss: 5}", "  yard: {source: nothing.jpg}");
        assertThatThrownBy(this::start)
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(file + ":2:24: ", "fpss", "did you mean fps");
    }

    @Test
    void aChangedSourceIsExchangedInTheSameFeedAndTheOthersAreNotTouched() throws Exception {
        start();
        Feed door = feed("door");
        Feed yard = feed("yard");
        awaitPicture("yard");
        awaitPicture("door");
        var since = yard.status().since();
        write("feeds:", "  door: test", "  yard: test");
        await().until(() -> door.status().source().equals("test"));
        assertThat(feed("door")).isSameAs(door);
        assertThat(feed("yard")).isSameAs(yard);
        assertThat(yard.status().since()).isEqualTo(since);
        awaitPicture("door");
        assertThat(config()).contains("\"current\":true", "\"error\":[]");
    }

    @Test
    void feedsComeAndGoWithTheFile() throws Exception {
        start();
        write("feeds:", "  yard: test", "  lobby: publish");
        await().until(() -> names().equals(List.of("yard", "lobby")));
        assertThat(feed("lobby").isOpen()).isTrue();
        assertThat(get("/feeds/door.jpg").statusCode()).isEqualTo(404);
    }

    @Test
    void timeoutsAreChangedWithoutANewStartOfTheSource() throws Exception {
        write("feeds:", "  yard: {source: test, idle_stop: 7d}");
        start();
        awaitPicture("yard");
        long captured = feed("yard").status().captured();
        write("feeds:", "  yard: {source: test, idle_stop: 0s}");
        await().until(() -> feed("yard").status().state() == State.IDLE);
        assertThat(feed("yard").status().reason()).isEqualTo("nobody watches");
        assertThat(feed("yard").status().captured()).isGreaterThanOrEqualTo(captured);
    }

    @Test
    void aWrongFileChangesNothingAndSaysWhatIsWrong() throws Exception {
        start();
        write("feeds:", "  door: test", "  yard: no-such-file.mp4");
        await().until(() -> config().contains("\"current\":false"));
        assertThat(config()).contains(file + ":3:9: feeds.yard: ");
        assertThat(feed("door").status().source()).isEqualTo("demo");
        write("feeds:", "  door: test");
        await().until(() -> names().equals(List.of("door")));
        assertThat(config()).contains("\"current\":true", "\"error\":[]");
    }

    @Test
    void whatNeedsARestartIsNamedAsLongAsItDiffers() throws Exception {
        start();
        write("memory: 64MiB", "names: [door.example]", "feeds:", "  door: demo");
        await().until(() -> names().equals(List.of("door")));
        assertThat(config()).contains("\"current\":false", "\"restart\":[\"names\",\"memory\"]");
        write("feeds:", "  door: demo");
        await().until(() -> config().contains("\"restart\":[]"));
        assertThat(config()).contains("\"current\":true");
    }

    @Test
    void aReloadAnswersWithWhatIsWrong() throws Exception {
        start();
        Files.writeString(file, "feeds: [");
        HttpResponse<String> answer = send("POST", "/api/config/reload", "");
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"error\":[\"" + file + ":");
        write("feeds:", "  door: demo");
        assertThat(send("POST", "/api/config/reload", "").statusCode()).isEqualTo(200);
        assertThat(names()).containsExactly("door");
    }

    @Test
    void withoutAFileThereIsNothingToRead() throws Exception {
        given = Optional.empty();
        start("door", "demo");
        HttpResponse<String> answer = send("POST", "/api/config/reload", "");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("there is no configuration file; start with --config=FILE");
    }

    @Test
    void keepingIsOneOfTheSettingsThatNeedARestart() throws Exception {
        start();
        write("api: {keep: true, sources: [demo]}", "feeds:", "  door: demo");
        await().until(() -> config().contains("\"restart\":[\"api.keep\"]"));
        assertThat(send("POST", "/api/feeds", feed("gate", "demo")).statusCode())
                .as("the kinds of sources hold at once")
                .isEqualTo(201);
    }

    @Test
    void theLogSaysThatOtherSourcesMayBeAdded() throws Exception {
        start();
        kept.start();
        log.addAppender(kept);
        write("api: {sources: [demo]}", "feeds:", "  door: demo", "  yard: test");
        await().until(() -> kept.lines.contains(file + " is applied: api.sources changed"));
        write("api: {sources: [http]}", "feeds:", "  door: demo");
        await().until(() -> kept.lines.contains(file + " is applied: yard removed, api.sources changed"));
    }

    /** {@code flipbook check} reads a file as this test does. */
    @Test
    void aReloadSaysOfEachWrongFileWhatACheckSays() throws Exception {
        Path corpus = Path.of(System.getProperty("flipbook.home"), "app/src/test/resources/config/bad");
        start();
        try (Stream<Path> files = Files.list(corpus)) {
            for (Path bad : files.filter(path -> path.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                Files.copy(bad, file, StandardCopyOption.REPLACE_EXISTING);
                List<String> found = new ConfigReader(Map.of())
                        .file(file, Map.of()).problems().stream()
                                .map(Problem::toString)
                                .toList();
                HttpResponse<String> answer = send("POST", "/api/config/reload", "");
                assertThat(answer.statusCode()).as("%s", bad).isEqualTo(422);
                assertThat(errors(answer.body())).as("%s", bad).isNotEmpty().isEqualTo(found);
            }
        }
        assertThat(names()).containsExactly("door", "yard");
    }

    private static List<?> errors(String json) {
        return (List<?>) Objects.requireNonNull(((Map<?, ?>) YamlText.value(json)).get("error"));
    }

    @Test
    void noSecretOfTheFileIsInTheReasonOfACommand() throws Exception {
        Files.writeString(folder.resolve("key"), "hunter2key\n");
        write(
                "feeds:",
                "  door:",
                "    exec: [sh, -c, 'echo failed with $TOK and ${WORD} >&2; exit 1']",
                "    environment: {TOK: {file: key}}");
        start();
        assertThat(get("/feeds/door.jpg").body()).contains("the command exited with 1: failed with *** and ***");
        assertThat(get("/api/feeds").body()).doesNotContain("hunter2key", "secret-word");
    }

    // Clients.

    @Test
    void aClientAddsAFeedAndChangesItAndRemovesIt() throws Exception {
        start();
        HttpResponse<String> added = send("POST", "/api/feeds", "{\"name\":\"gate\",\"source\":\"publish\"}");
        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        assertThat(added.headers().firstValue("Location")).contains("/api/feeds/gate");
        Feed gate = feed("gate");
        HttpResponse<String> changed =
                send("PATCH", "/api/feeds/gate", "{\"source\":\"http://127.0.0.1:1/\",\"fps\":5}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(feed("gate")).isSameAs(gate);
        assertThat(gate.isOpen()).isFalse();
        assertThat(send("DELETE", "/api/feeds/gate", "").statusCode()).isEqualTo(204);
        assertThat(names()).containsExactly("door", "yard");
    }

    @Test
    void whatAClientMayNotDoIsRefusedWithASentence() throws Exception {
        start("lobby", "test");
        assertRefused(409, "there is a feed 'door' already", "POST", "/api/feeds", feed("door", "publish"));
        String ofTheConfiguration = "come from the configuration only";
        assertRefused(403, ofTheConfiguration, "POST", "/api/feeds", feed("gate", "/etc/passwd"));
        assertRefused(403, ofTheConfiguration, "POST", "/api/feeds", "{\"name\":\"gate\",\"exec\":[\"sh\"]}");
        assertRefused(403, "requests may add http, rtsp, publish", "POST", "/api/feeds", feed("gate", "demo"));
        assertRefused(
                422,
                "fps is '5000'; it is a whole number from 0 to 1000",
                "POST",
                "/api/feeds",
                "{\"name\":\"gate\",\"source\":\"publish\",\"fps\":5000}");
        assertRefused(409, "'door' is in " + file + "; change it there", "DELETE", "/api/feeds/door", "");
        assertRefused(409, "'door' is in " + file + "; change it there", "PATCH", "/api/feeds/door", "{\"fps\":5}");
        assertRefused(
                409, "'lobby' is on the command line of the server; change it there", "DELETE", "/api/feeds/lobby", "");
        assertThat(names()).containsExactlyInAnyOrder("lobby", "door", "yard");
    }

    @Test
    void aFeedOfTheFileTakesThePlaceOfOneThatAClientAdded() throws Exception {
        start();
        send("POST", "/api/feeds", feed("gate", "publish"));
        write("feeds:", "  gate: demo");
        await().until(() -> !feed("gate").isOpen());
        assertRefused(409, "'gate' is in " + file + "; change it there", "DELETE", "/api/feeds/gate", "");
        write("feeds:", "  door: demo");
        await().until(() -> names().equals(List.of("door")));
    }

    @Test
    void whatClientsAddAndPauseIsKeptOverARestart() throws Exception {
        write("api: {keep: true}", "feeds:", "  door: demo");
        start();
        send("POST", "/api/feeds", "{\"name\":\"gate\",\"source\":\"http://me:geheim@127.0.0.1:1/\",\"fps\":5}");
        send("POST", "/api/feeds", feed("shed", "publish"));
        send("DELETE", "/api/feeds/shed", "");
        assertThat(send("POST", "/api/feeds/door/pause", "{\"reason\":\"meeting\"}")
                        .statusCode())
                .isEqualTo(200);
        restart();
        assertThat(names()).containsExactly("door", "gate");
        assertThat(feed("door").paused()).contains("meeting");
        assertThat(Files.readString(folder.resolve("state/flipbook/feeds.json")))
                .contains("geheim", "\"fps\":5");
        assertThat(Files.readString(file)).doesNotContain("gate");
        send("POST", "/api/feeds/door/resume", "");
        restart();
        assertThat(feed("door").paused()).isEmpty();
    }

    @Test
    void withoutKeepARestartForgetsWhatClientsAdded() throws Exception {
        start();
        send("POST", "/api/feeds", feed("gate", "publish"));
        restart();
        assertThat(names()).containsExactly("door", "yard");
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void aStateFileThatIsNotUnderstoodIsSetAside() throws Exception {
        write("api: {keep: true}", "feeds:", "  door: demo");
        Path state = Files.createDirectories(folder.resolve("state/flipbook"));
        for (String junk : List.of("", "[]", "{\"feeds\": 5}", "{\"feeds\": [{\"name\": \"x\"}], \"paused\": {}}")) {
            Files.writeString(state.resolve("feeds.json"), junk);
            start();
            assertThat(names()).containsExactly("door");
            assertThat(state.resolve("feeds.json.unreadable")).hasContent(junk);
            stop();
        }
        start();
    }

    // Cost.

    @Test
    void twoHundredReloadsUnderLoadLeaveNothingBehind() throws Exception {
        start();
        List<Socket> viewers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            viewers.add(viewer(i % 2 == 0 ? "door" : "yard"));
        }
        for (int i = 0; i < 20; i++) {
            reload(i);
        }
        Held before = Held.now();
        for (int i = 0; i < 200; i++) {
            reload(i);
        }
        await().untilAsserted(() -> assertThat(Held.now()).satisfies(now -> {
            assertThat(now.threads).isLessThanOrEqualTo(before.threads + 1); // one may have been starting
            assertThat(now.descriptors).isLessThanOrEqualTo(before.descriptors + 3);
            assertThat(now.direct).isLessThanOrEqualTo(before.direct + (8 << 20));
            assertThat(now.heap).isLessThanOrEqualTo(before.heap + (2 << 20));
        }));
        assertThat(feed("door").status().viewers()).isEqualTo(10);
        assertThat(feed("yard").status().viewers()).isEqualTo(10);
        for (Socket viewer : viewers) {
            viewer.close();
        }
    }

    /** A viewer that reads all it gets until its stream ends or the test closes it. */
    private Socket viewer(String feed) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), running().flipbook.port());
        socket.getOutputStream()
                .write(("GET /feeds/" + feed + ".mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(UTF_8));
        Thread.ofVirtual().start(() -> {
            try (InputStream in = socket.getInputStream()) {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // closed
            }
        });
        return socket;
    }

    private void reload(int i) throws Exception {
        write(
                "feeds:",
                i % 2 == 0 ? "  door: demo" : "  door: test",
                "  yard: test",
                i % 3 == 0 ? "  extra: {source: test, fps: 5}" : "  other: publish",
                i % 5 == 0 ? "  wrong: [" : "");
        assertThat(send("POST", "/api/config/reload", "").statusCode()).isEqualTo(i % 5 == 0 ? 422 : 200);
    }

    /** What the process holds. */
    private record Held(int threads, long descriptors, long direct, long heap) {

        static Held now() {
            System.gc();
            var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            int threads = (int) Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().matches("flipbook-(source|close|config|tick).*"))
                    .count();
            return new Held(threads, system.getOpenFileDescriptorCount(), direct, heap);
        }
    }

    // What the tests do.

    /** Starts with this file, and these feeds on the command line: names and sources in turn. */
    private void start(String... feeds) throws IOException {
        Options options = new Options();
        CommandLine.options().forEach(options::addOption);
        CommandLine typed = new CommandLine(Arguments.read("flipbook", options, line));
        Map<String, FeedSettings> onTheLine = new LinkedHashMap<>();
        for (int i = 0; i < feeds.length; i += 2) {
            onTheLine.put(feeds[i], typed.feed(FeedOrigin.of(feeds[i + 1])));
        }
        Configuration ofTheLine = typed.configuration(onTheLine);
        LiveConfiguration configuration = LiveConfiguration.read(
                new ConfigInput(ofTheLine, given, new ConfigReader(Map.of("WORD", "secret-word"))),
                Map.of("XDG_STATE_HOME", folder.resolve("state").toString()));
        Flipbook flipbook = Flipbook.start(configuration.options());
        configuration.serve(flipbook);
        running = new Running(configuration, flipbook);
    }

    private void restart() throws IOException {
        stop();
        start();
    }

    private Running running() {
        return Objects.requireNonNull(running);
    }

    private void write(String... lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private Feed feed(String name) {
        return running().flipbook.feeds().find(name).orElseThrow();
    }

    private static String feed(String name, String source) {
        return "{\"name\":\"" + name + "\",\"source\":\"" + source + "\"}";
    }

    private List<String> names() {
        return running().flipbook.feeds().list().stream().map(Feed::name).toList();
    }

    private void awaitPicture(String feed) throws Exception {
        assertThat(get("/feeds/" + feed + ".jpg").statusCode()).isEqualTo(200);
    }

    private String config() throws IOException, InterruptedException {
        return get("/api/config").body();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString(UTF_8));
    }

    private HttpResponse<String> send(String method, String path, String json)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(path).method(method, json.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return client.send(request.build(), BodyHandlers.ofString(UTF_8));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running().flipbook.port() + path));
    }

    private void assertRefused(int status, String sentence, String method, String path, String json)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = send(method, path, json);
        assertThat(answer.body()).contains(sentence);
        assertThat(answer.statusCode()).isEqualTo(status);
    }
}
