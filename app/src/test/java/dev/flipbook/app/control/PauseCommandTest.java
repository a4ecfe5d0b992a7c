package dev.flipbook.app.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.feed.Feed;
import dev.flipbook.machine.FreePort;
import dev.flipbook.server.Flipbook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code flipbook pause} and {@code flipbook resume} against a server in this process. */
@Timeout(120)
class PauseCommandTest {

    private final PrintStream standardOutput = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Flipbook flipbook;
    private Feed door;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        door = flipbook.feed("door");
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        System.setOut(standardOutput);
        flipbook.close();
    }

    private String run(String verb, String... words) throws IOException {
        printed.reset();
        assertThat(PauseCommand.run(verb, List.of(words))).isZero();
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void feedIsPausedByItsNameAndResumed() throws IOException {
        String port = "--port=" + flipbook.port();

        assertThat(run("pause", "door", "--reason=meeting", port)).isEqualTo("door is paused: meeting\n");
        assertThat(door.paused()).contains("meeting");
        assertThat(run("resume", "door", port)).isEqualTo("door is resumed\n");
        assertThat(door.paused()).isEmpty();
        assertThat(run("pause", "-p", Integer.toString(flipbook.port()), "door"))
                .isEqualTo("door is paused\n");
        assertThat(door.paused()).contains("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"feeds/door", "feeds/door.mjpg", "feeds/door.jpg", "feeds/door?fps=5"})
    void feedIsPausedByItsAddress(String path) throws IOException {
        assertThat(run("pause", flipbook.address() + path)).isEqualTo("door is paused\n");
        assertThat(door.paused()).isPresent();
    }

    @Test
    void reasonMayHaveAnyCharacter() throws IOException {
        run("pause", "door", "--reason=\"Grüße\" \\ 会议", "--port=" + flipbook.port());

        assertThat(door.paused()).contains("\"Grüße\" \\ 会议");
    }

    @Test
    void refusalOfTheServerIsTheSentence() {
        String port = "--port=" + flipbook.port();

        assertThatThrownBy(() -> run("pause", "none", port))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no feed 'none'; there are: door");
        assertThatThrownBy(() -> run("pause", "door", port, "--reason=" + "x".repeat(201)))
                .hasMessage("line 1, column 2: reason has 201 characters; it has at most 200");
    }

    @Test
    void missingServerIsSaid() throws IOException {
        int port = FreePort.find();

        assertThatThrownBy(() -> run("pause", "door", "--port=" + port))
                .isInstanceOf(IOException.class)
                .hasMessage("no Flipbook answers at http://127.0.0.1:" + port + "; is it running there?");
        assertThatThrownBy(() -> run("resume", "http://user:secret@127.0.0.1:" + port + "/feeds/door"))
                .hasMessage("no Flipbook answers at http://127.0.0.1:" + port + "; is it running there?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 404 Not Found         | answers 404, which is no answer of Flipbook",
                "HTTP/1.1 401 Unauthorized      | answers 401, which is no answer of Flipbook",
                "HTTP/1.1 302 Found             | answers 302, which is no answer of Flipbook",
                "HTTP/1.1 200 OK                | answers 200, which is no answer of Flipbook",
                "220 mail.example ESMTP         | is no Flipbook, or has gone away"
            })
    void otherServerIsTold(String line, String how) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept()) {
                    client.getInputStream().read(new byte[4096]);
                    client.getOutputStream()
                            .write((line + "\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi")
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // the client has gone
                }
            });
            String address = "http://127.0.0.1:" + server.getLocalPort();

            assertThatThrownBy(() -> run("pause", address + "/feeds/door"))
                    .isInstanceOf(IOException.class)
                    .hasMessage(address + " " + how);
            thread.join();
        }
    }

    @Test
    void addressUnderAPathOfAProxyIsKept() {
        assertThat(ControlTarget.of("https://u:p@wall.example/cams/feeds/door.mjpg", 8080))
                .isEqualTo(new ControlTarget("https://wall.example/cams", "door", "Basic dTpw"));
        assertThat(ControlTarget.of("http://[::1]:81/feeds/a.b", 8080).change("pause"))
                .hasToString("http://[::1]:81/api/feeds/a.b/pause");
        assertThat(ControlTarget.of("door", 81).change("resume"))
                .hasToString("http://127.0.0.1:81/api/feeds/door/resume");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/",
                "http://127.0.0.1:8080/feeds/",
                "http://127.0.0.1:8080/feeds/a/b",
                "ftp://127.0.0.1/feeds/door",
                "127.0.0.1:8080/feeds/door",
                "http:///feeds/door",
                "http://127.0.0.1:80800/feeds/door",
                ".door",
                "a b",
                ""
            })
    void whatIsNeitherANameNorAnAddressIsRefused(String typed) {
        assertThatThrownBy(() -> ControlTarget.of(typed, 8080))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this is neither the name nor the address of a feed; give one such as door or"
                        + " http://127.0.0.1:8080/feeds/door");
    }

    @Test
    void wrongWordsAreRefused() {
        assertThatThrownBy(() -> run("pause"))
                .hasMessage("pause takes the name or the address of one feed, here are 0: flipbook pause door");
        assertThatThrownBy(() -> run("resume", "door", "yard"))
                .hasMessage("resume takes the name or the address of one feed, here are 2: flipbook resume door");
        assertThatThrownBy(() -> run("resume", "door", "--reason=x"))
                .hasMessage("--reason is for pause; resume has none");
        assertThatThrownBy(() -> run("pause", "http://127.0.0.1/feeds/door", "-p", "81"))
                .hasMessage("--port goes with the name of a feed; an address has a port of its own");
        assertThatThrownBy(() -> run("pause", "door", "--port=0"))
                .hasMessage("--port is '0'; it is a whole number from 1 to 65535");
        assertThatThrownBy(() -> run("pause", "http://u:a#b@127.0.0.1/feeds/door"))
                .hasMessageStartingWith("the address has a # before its @");
    }
}
