package dev.flipbook.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.FakeCamera;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of feeds as clients ask for them over HTTP. */
@Timeout(120)
class ControlTest {

    private static final String RULE =
            "only the machine that serves the feeds may change them, without a proxy; this request ";

    private final Logger log = Logger.getLogger("dev.flipbook.server");
    private final Kept kept = new Kept();
    private final FakeAdministration program = new FakeAdministration();
    private Flipbook flipbook;
    private Feed door;

    /** What is logged. */
    private static final class Kept extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void serve() throws IOException {
        log.addHandler(kept);
        serve(Deadlines.DEFAULT);
    }

    private void serve(Deadlines deadlines) throws IOException {
        if (flipbook != null) {
            flipbook.close();
        }
        flipbook = Flipbook.start(
                new ServerOptions("127.0.0.1", 0, false, Set.of(), Set.of(), FeedOptions.DEFAULT, deadlines));
        door = flipbook.feed("door");
    }

    @AfterEach
    void close() {
        flipbook.close();
        log.removeHandler(kept);
    }

    private Client.Answer send(String method, String path, String json, String... headers) throws IOException {
        return Client.send(flipbook.port(), method, path, json, headers);
    }

    private Client.Answer ask(String method, String path, String... headers) throws IOException {
        return Client.ask(flipbook.port(), method, path, headers);
    }

    private static void assertRefused(Client.Answer answer, int status, String sentence) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(sentence + "\n");
    }

    // adding, changing, removing

    @Test
    void withoutAnAdministrationFeedsAreNotAddedChangedRemovedOrReloaded() throws IOException {
        String sentence = "feeds are added and removed by the program that serves them";

        assertRefused(send("POST", "/api/feeds", "{\"name\":\"yard\"}"), 403, sentence);
        assertRefused(send("PATCH", "/api/feeds/door", "{\"fps\":5}"), 403, sentence);
        assertRefused(ask("DELETE", "/api/feeds/door"), 403, sentence);
        assertRefused(ask("POST", "/api/config/reload"), 403, sentence);
    }

    @Test
    void addedFeedIsAnsweredWithItsAddressAndStatus() throws IOException {
        flipbook.administer(program);
        flipbook.feed("yard");
        program.added.complete("yard");

        Client.Answer answer = send("POST", "/api/feeds", "{\"name\":\"yard\",\"source\":\"rtsp://a:secret@b/1\"}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.head())
                .contains("\r\nLocation: /api/feeds/yard\r\n", "\r\nContent-Type: application/json\r\n");
        assertThat(answer.body()).startsWith("{\"name\":\"yard\",\"state\":");
        assertThat(program.calls).containsExactly("add {\"name\":\"yard\",\"source\":\"rtsp://a:secret@b/1\"}");
        assertThat(kept.lines).containsExactly("INFO feed=yard added by=127.0.0.1");
    }

    @Test
    void feedIsChangedAndRemoved() throws IOException {
        flipbook.administer(program);
        program.changed.complete(null);
        program.removed.complete(null);

        Client.Answer changed = send("PATCH", "/api/feeds/door", "{\"fps\":5}");
        Client.Answer removed = ask("DELETE", "/api/feeds/door");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).startsWith("{\"name\":\"door\",\"state\":");
        assertThat(removed.status()).isEqualTo(204);
        assertThat(program.calls).containsExactly("change door {\"fps\":5}", "remove door");
        assertThat(kept.lines)
                .containsExactly("INFO feed=door changed by=127.0.0.1", "INFO feed=door removed by=127.0.0.1");
    }

    @Test
    void refusalOfTheProgramIsTheAnswer() throws IOException {
        flipbook.administer(program);
        program.added.completeExceptionally(new HttpError(409, "there is a feed 'door' already"));
        program.changed.completeExceptionally(new BadRequestException(422, "fps is 5000; it goes from 0 to 1000"));
        program.removed.completeExceptionally(new HttpError(409, "'door' is in flipbook.yaml; remove it there"));

        assertRefused(send("POST", "/api/feeds", "{}"), 409, "there is a feed 'door' already");
        assertRefused(send("PATCH", "/api/feeds/door", "{}"), 422, "fps is 5000; it goes from 0 to 1000");
        Client.Answer json = ask("DELETE", "/api/feeds/door", "Accept: application/json");
        assertThat(json.status()).isEqualTo(409);
        assertThat(json.head()).contains("\r\nContent-Type: application/problem+json\r\n");
        assertThat(json.body()).contains("\"detail\":\"'door' is in flipbook.yaml; remove it there\"");
        assertThat(kept.lines).isEmpty();
    }

    @Test
    void faultOfTheProgramIsLoggedAndAnsweredWith500() throws IOException {
        flipbook.administer(program);
        program.removed.completeExceptionally(new IllegalStateException("a fault"));

        assertRefused(ask("DELETE", "/api/feeds/door"), 500, "this failed inside the server; its log says more");
        assertThat(kept.lines).containsExactly("SEVERE path=/api/feeds/door failed");
    }

    @Test
    void programThatTakesLongKeepsNoOtherWaitingAndIsSaidToGoOn() throws IOException {
        serve(new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(3)));
        flipbook.administer(program);
        try (Client slow = new Client(flipbook.port())) {
            slow.send(Client.head("DELETE", "/api/feeds/door") + "\r\n");

            assertThat(ask("POST", "/api/feeds/door/pause").status()).isEqualTo(200);
            assertRefused(
                    slow.answer(),
                    504,
                    "this takes longer than usual and goes on; the status will show when it is done");
        }
    }

    @Test
    void administrationIsGivenOnce() {
        flipbook.administer(program);

        assertThatThrownBy(() -> flipbook.administer(program))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the feeds are administered already");
    }

    // the configuration

    @Test
    void reloadAnswersWithTheStatusOfTheConfiguration() throws IOException {
        flipbook.administer(program);
        program.reloaded.complete(FakeAdministration.status(List.of()));

        Client.Answer answer = ask("POST", "/api/config/reload");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"file\":\"/etc/flipbook.yaml\",\"applied\":\"2026-01-02T03:04:05Z\",\"current\":true,"
                        + "\"error\":[],\"restart\":[\"listen\"]}\n");
        assertThat(kept.lines).containsExactly("INFO configuration reloaded by=127.0.0.1");
    }

    @Test
    void reloadOfAWrongFileIsAnsweredWithItsErrors() throws IOException {
        flipbook.administer(program);
        program.reloaded.complete(FakeAdministration.status(List.of("flipbook.yaml:3:5: fpss is no setting")));

        Client.Answer answer = ask("POST", "/api/config/reload");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body())
                .isEqualTo("{\"file\":\"/etc/flipbook.yaml\",\"applied\":\"2026-01-02T03:04:05Z\",\"current\":false,"
                        + "\"error\":[\"flipbook.yaml:3:5: fpss is no setting\"],\"restart\":[\"listen\"]}\n");
        assertThat(kept.lines).isEmpty();
    }

    @Test
    void configTellsWhatAClientMayChange() throws IOException {
        assertThat(ask("GET", "/api/config").body())
                .isEqualTo("{\"may\":{\"feeds\":false,\"pause\":true,\"controls\":true},"
                        + "\"reason\":\"feeds are added and removed by the program that serves them\"}\n");

        flipbook.administer(program);

        assertThat(ask("GET", "/api/config").body())
                .isEqualTo("{\"may\":{\"feeds\":true,\"pause\":true,\"controls\":true},"
                        + "\"file\":\"/etc/flipbook.yaml\",\"applied\":\"2026-01-02T03:04:05Z\",\"current\":true,"
                        + "\"error\":[],\"restart\":[\"listen\"],\"sources\":[\"http\",\"rtsp\"]}\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 192.0.2.7  | " + RULE + "has the header X-Forwarded-For",
                "Origin: http://evil.example | only programs and pages of this server may change feeds"
            })
    void clientThatMayChangeNothingIsToldNothingElse(String header, String reason) throws IOException {
        flipbook.administer(program);

        assertThat(ask("GET", "/api/config", header).body())
                .isEqualTo("{\"may\":{\"feeds\":false,\"pause\":false,\"controls\":false},\"reason\":\"" + reason
                        + "\"}\n");
    }

    @Test
    void whatDoesNotExistIsNull() {
        assertThat(new ConfigStatus("", Optional.empty(), true, List.of(), List.of(), List.of()).json())
                .containsEntry("file", null)
                .containsEntry("applied", null);
    }

    // pausing

    @Test
    void feedIsPausedAndResumed() throws IOException {
        flipbook.administer(program);

        Client.Answer paused = send("POST", "/api/feeds/door/pause", "{\"reason\":\" in a\\nmeeting \"}");
        assertThat(paused.status()).isEqualTo(200);
        assertThat(paused.body()).startsWith("{\"name\":\"door\",\"state\":\"paused\",\"reason\":\"in a meeting\"");
        assertThat(door.paused()).contains("in a meeting");
        Client.Answer resumed = ask("POST", "/api/feeds/door/resume");

        assertThat(resumed.status()).isEqualTo(200);
        assertThat(resumed.body()).startsWith("{\"name\":\"door\",\"state\":").doesNotContain("paused");
        assertThat(door.paused()).isEmpty();
        assertThat(program.calls).containsExactly("paused door: in a meeting", "resumed door");
        assertThat(kept.lines)
                .containsExactly(
                        "INFO feed=door paused by=127.0.0.1 reason=\"in a meeting\"",
                        "INFO feed=door resumed by=127.0.0.1");
    }

    @Test
    void pauseNeedsNoReasonAndNoAdministration() throws IOException {
        assertThat(ask("POST", "/api/feeds/door/pause").status()).isEqualTo(200);
        assertThat(door.paused()).contains("");
        assertThat(ask("POST", "/api/feeds/door/resume").status()).isEqualTo(200);
        assertThat(send("POST", "/api/feeds/door/pause", "{}").status()).isEqualTo(200);
        assertThat(send("POST", "/api/feeds/door/resume", "{}").status()).isEqualTo(200);
        assertThat(ask(
                                "POST",
                                "/api/feeds/door/pause",
                                "Content-Type: application/x-www-form-urlencoded",
                                "Content-Length: 0")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void wrongPausesChangeNothing() throws IOException {
        String pause = "/api/feeds/door/pause";

        assertRefused(send("POST", pause, "{\"reason\":"), 400, "line 1, column 11: this is not JSON");
        assertRefused(
                send("POST", pause, "{\"resaon\":\"x\"}"),
                422,
                "line 1, column 2: 'resaon' is not known here; what is known: reason");
        assertRefused(
                send("POST", pause, "{\"reason\":5}"), 422, "line 1, column 2: reason is 5; it is a text in quotes");
        assertRefused(
                send("POST", pause, "{\"reason\":\"" + "x".repeat(201) + "\"}"),
                422,
                "line 1, column 2: reason has 201 characters; it has at most 200");
        assertRefused(
                send("POST", "/api/feeds/door/resume", "{\"reason\":\"x\"}"),
                422,
                "line 1, column 2: 'reason' is not known here; no fields are");
        assertThat(door.paused()).isEmpty();
    }

    // controls

    @Test
    void controlsAreSetAndAnswered() throws Exception {
        FakeCamera camera = new FakeCamera();
        flipbook.feed("cam", camera).snapshot().get();

        Client.Answer before = ask("GET", "/api/feeds/cam/controls");
        Client.Answer changed = send("PATCH", "/api/feeds/cam/controls", "{\"brightness\": 20}");
        Client.Answer after = ask("GET", "/api/feeds/cam/controls");

        assertThat(before.status()).isEqualTo(200);
        assertThat(before.body()).isEqualTo(FakeCamera.json(0));
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(FakeCamera.json(20));
        assertThat(after.body()).isEqualTo(FakeCamera.json(20));
        assertThat(kept.lines)
                .as("a slider that is dragged must not fill the log")
                .isEmpty();
    }

    @Test
    void controlThatTheCameraDoesNotTakeIsRefused() throws Exception {
        FakeCamera camera = new FakeCamera();
        flipbook.feed("cam", camera).snapshot().get();
        String controls = "/api/feeds/cam/controls";

        assertRefused(send("PATCH", controls, "{\"brightness\": 99}"), 422, "brightness is 99; it goes from -64 to 64");
        assertRefused(
                send("PATCH", controls, "{\"zoom\": 1}"), 422, "there is no control 'zoom'; there are brightness");
        assertRefused(
                send("PATCH", controls, "{\"brightness\": 1.5}"),
                422,
                "line 1, column 2: 'brightness' is 1.5; it is a whole number of at most 32 bits");
        assertRefused(ask("PATCH", controls), 400, "the body is empty; it is a JSON object, which stands in braces");
        assertThat(send("PATCH", controls, "{}").body()).isEqualTo(FakeCamera.json(0));
        assertThat(camera.value()).isZero();
    }

    @Test
    void feedWithoutControlsHasNoneAndRefusesThem() throws IOException {
        assertThat(ask("GET", "/api/feeds/door/controls").body()).isEqualTo("{\"controls\":[]}\n");

        Client.Answer answer = send("PATCH", "/api/feeds/door/controls", "{\"brightness\": 1}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).endsWith(" has no controls\n");
    }

    @Test
    void cameraThatHangsKeepsNoOtherFromBeingSet() throws Exception {
        serve(new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(3)));
        FakeCamera hanging = new FakeCamera();
        FakeCamera other = new FakeCamera();
        flipbook.feed("hanging", hanging).snapshot().get();
        flipbook.feed("other", other).snapshot().get();
        hanging.hang();
        try (Client slow = new Client(flipbook.port())) {
            slow.send(Client.withJson("PATCH", "/api/feeds/hanging/controls", "{\"brightness\": 1}"));

            assertThat(send("PATCH", "/api/feeds/other/controls", "{\"brightness\": 2}")
                            .status())
                    .isEqualTo(200);
            assertThat(slow.answer().status()).isEqualTo(504);
            assertRefused(
                    send("PATCH", "/api/feeds/hanging/controls", "{\"brightness\": 3}"),
                    503,
                    "the camera has not done yet what it was asked before; try again");
        } finally {
            hanging.goOn();
        }
        assertThat(send("PATCH", "/api/feeds/hanging/controls", "{\"brightness\": 4}")
                        .body())
                .isEqualTo(FakeCamera.json(4));
    }

    // who may

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/feeds",
                "PATCH /api/feeds/door",
                "DELETE /api/feeds/door",
                "PATCH /api/feeds/door/controls",
                "POST /api/feeds/door/pause",
                "POST /api/feeds/door/resume",
                "POST /api/config/reload"
            })
    void eachChangeIsForThisMachineAlone(String request) throws IOException {
        flipbook.administer(program);
        String method = request.substring(0, request.indexOf(' '));
        String path = request.substring(request.indexOf(' ') + 1);

        assertRefused(
                send(method, path, "{}", "X-Forwarded-For: 192.0.2.7"), 403, RULE + "has the header X-Forwarded-For");
        assertRefused(
                send(method, path, "{}", "Origin: http://evil.example"),
                403,
                "a page of 'http://evil.example' may not change anything here; programs and pages of this server may");
        assertThat(program.calls).isEmpty();
        assertThat(door.paused()).isEmpty();
        assertThat(kept.lines).isEmpty();
    }

    @Test
    void unknownFeedIsSaidWithThoseThereAre() throws IOException {
        flipbook.administer(program);
        for (String request :
                List.of("PATCH ", "DELETE ", "PATCH /controls", "GET /controls", "POST /pause", "POST /resume")) {
            String[] words = request.split(" ", -1);

            Client.Answer answer = send(words[0], "/api/feeds/none" + words[1], "{}");

            assertRefused(answer, 404, "there is no feed 'none'; there are: door");
        }
    }

    // bodies

    @Test
    void bodyOf64KibibytesIsTaken() throws IOException {
        flipbook.administer(program);
        program.changed.complete(null);
        String json = "{\"source\":\"" + "x".repeat((64 << 10) - 13) + "\"}";
        assertThat(json).hasSize(64 << 10);

        assertThat(send("PATCH", "/api/feeds/door", json).status()).isEqualTo(200);
        assertRefused(
                send("PATCH", "/api/feeds/door", json + " "),
                413,
                "the body is too long; at most 65536 bytes are taken");
    }

    @Test
    void bodyWithoutALengthIsRefusedWhenItIsTooLong() throws IOException {
        flipbook.administer(program);
        program.changed.complete(null);
        String head =
                Client.head("PATCH", "/api/feeds/door", "Content-Type: application/json", "Transfer-Encoding: chunked");
        try (Client client = new Client(flipbook.port())) {
            client.send(head + "\r\n5\r\n{\"a\":\r\n3\r\n 5}\r\n0\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
            client.send(head + "\r\n" + ("1000\r\n" + " ".repeat(4096) + "\r\n").repeat(256) + "0\r\n\r\n");
            assertRefused(client.answer(), 413, "the body is too long; at most 65536 bytes are taken");
        }
        assertThat(program.calls).containsExactly("change door {\"a\": 5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Type: text/plain | the body is JSON and says so: Content-Type: application/json; here it is text/plain",
                "X: x                     | the body is JSON and says so: Content-Type: application/json; here it says nothing",
                "Content-Type: application/json; charset=latin1 | the body is JSON and says so: Content-Type:"
                        + " application/json; here it is application/json; charset=latin1"
            })
    void bodyThatDoesNotSayThatItIsJsonIsRefused(String header, String sentence) throws IOException {
        try (Client client = new Client(flipbook.port())) {
            client.send(Client.head("POST", "/api/feeds/door/pause", header, "Content-Length: 2") + "\r\n{}");
            assertRefused(client.answer(), 415, sentence);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=\"UTF-8\""
            })
    void bodySaysThatItIsJson(String type) throws IOException {
        try (Client client = new Client(flipbook.port())) {
            client.send(Client.head("POST", "/api/feeds/door/pause", "Content-Type: " + type, "Content-Length: 2")
                    + "\r\n{}");
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void compressedBodyIsRefused() throws IOException {
        assertRefused(
                send("POST", "/api/feeds/door/pause", "{}", "Content-Encoding: gzip"),
                415,
                "JSON is taken without Content-Encoding; here it is gzip");
    }

    @Test
    void clientThatAsksFirstIsToldToSendItsBody() throws IOException {
        try (Client client = new Client(flipbook.port())) {
            client.send(Client.head(
                            "POST",
                            "/api/feeds/door/pause",
                            "Expect: 100-continue",
                            "Content-Type: application/json",
                            "Content-Length: 16")
                    + "\r\n");
            assertThat(client.answer().status()).isEqualTo(100);
            client.send("{\"reason\":\"tea\"}");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(door.paused()).contains("tea");
    }

    @Test
    void slowBodyTimesOutWhileOthersGoOn() throws IOException {
        serve(new Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(30)));
        try (Client slow = new Client(flipbook.port())) {
            slow.send(Client.head(
                            "POST", "/api/feeds/door/pause", "Content-Type: application/json", "Content-Length: 100")
                    + "\r\n{");

            assertThat(ask("POST", "/api/feeds/door/resume").status()).isEqualTo(200);
            assertRefused(slow.answer(), 408, "the body has not come in time");
        }
        assertThat(door.paused()).isEmpty();
    }

    @Test
    void bodiesThatDoNotComeTakeNoPlaceOfAnotherFeed() throws IOException {
        flipbook.feed("yard");
        Client[] slow = new Client[ChangePlaces.ONE_FEED];
        try {
            for (int i = 0; i < slow.length; i++) {
                slow[i] = new Client(flipbook.port());
                slow[i].send(Client.head(
                                "POST",
                                "/api/feeds/door/pause",
                                "Expect: 100-continue",
                                "Content-Type: application/json",
                                "Content-Length: 100")
                        + "\r\n");
                assertThat(slow[i].answer().status()).as("it is being read").isEqualTo(100);
            }

            assertRefused(
                    ask("POST", "/api/feeds/door/pause"),
                    503,
                    "too many changes are under way; try again when one of them is done");
            assertThat(ask("POST", "/api/feeds/yard/pause").status()).isEqualTo(200);
        } finally {
            for (Client client : slow) {
                if (client != null) {
                    client.close();
                }
            }
        }
    }

    @Test
    void clientThatGoesAwayInItsBodyLeavesItsPlace() throws IOException {
        for (int i = 0; i < 3 * ChangePlaces.ONE_FEED; i++) {
            try (Client client = new Client(flipbook.port())) {
                client.send(Client.head(
                                "POST",
                                "/api/feeds/door/pause",
                                "Expect: 100-continue",
                                "Content-Type: application/json",
                                "Content-Length: 100")
                        + "\r\n");
                client.answer();
            }
        }
        await().until(() -> ask("POST", "/api/feeds/door/resume").status() == 200);
    }
}
