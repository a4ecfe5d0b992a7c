package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names of the server a request may have. */
class HostCheckTest {

    private final HostCheck check = new HostCheck(
            "127.0.0.1", Set.of("Door.Example", "wall.example."), Set.of("raspi", "raspi.local")::contains);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:8080",
                "192.168.1.7",
                "127.1",
                "10.1",
                "2130706433",
                "[::1]",
                "[::1]:8080",
                "[fe80::1]",
                "[::ffff:127.0.0.1]:80",
                "localhost",
                "LOCALHOST:9",
                "localhost.",
                "cam.localhost",
                "Cam.LocalHost:1",
                "door.example",
                "DOOR.EXAMPLE:443",
                "door.example.",
                "wall.example",
                "raspi",
                "Raspi:8080",
                "raspi.local",
                "raspi.local."
            })
    void addressesAndNamesOfThisMachineAreOurs(String host) {
        assertThatCode(() -> check.check(new FakeRequest("GET", "/", "Host: " + host)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "door.example.evil",
                "a.door.example",
                "door.examplex",
                "xdoor.example",
                "localhost.evil.example",
                "evillocalhost",
                "localhostx",
                "127.0.0.1.nip.io",
                "127.0.0.1.example",
                "1.2.3.4.5",
                "raspi.evil",
                "raspi.localx",
                "door.example..",
                "a1"
            })
    void anyOtherNameIsRefusedWithWhatToDo(String host) {
        assertThatThrownBy(() -> check.check(new FakeRequest("GET", "/healthz", "Host: " + host)))
                .isInstanceOf(HttpError.class)
                .hasMessage("this server does not answer to the name '" + host
                        + "'; if that is one of its names, start it with --host-name " + host)
                .satisfies(error -> assertThat(statusOf(error)).isEqualTo(421));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "X-Other: 127.0.0.1")
    void requestWithoutAHostIsRefused(String header) {
        FakeRequest request = header == null ? new FakeRequest("GET", "/") : new FakeRequest("GET", "/", header);

        assertThatThrownBy(() -> check.check(request))
                .hasMessage("the request has no Host header")
                .satisfies(error -> assertThat(statusOf(error)).isEqualTo(400));
    }

    @Test
    void nameThatTheServerListensOnIsItsOwn() throws UnknownHostException {
        String own = InetAddress.getLocalHost().getHostName();
        HostCheck other = new HostCheck(own, Set.of(), name -> false);

        assertThatCode(() -> other.check(new FakeRequest("GET", "/", "Host: " + own)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> other.check(new FakeRequest("GET", "/", "Host: raspi.local")))
                .isInstanceOf(HttpError.class);
    }

    private static int statusOf(Throwable error) {
        FakeRequest request = new FakeRequest("GET", "/");
        ((HttpError) error).answer(request.exchange(""));
        return request.response.getStatus();
    }
}
