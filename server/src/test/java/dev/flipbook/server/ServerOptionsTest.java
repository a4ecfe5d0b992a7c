package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "https://wall.example",
                "http://wall.example:8443",
                "http://192.0.2.7:3000",
                "http://[2001:db8::7]:3000",
                "chrome-extension://abcdefgh"
            })
    void originsThatBrowsersSendAreTaken(String origin) {
        assertThat(with("door.example", origin).embedOrigins()).containsExactly(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "",
                "*",
                "wall.example",
                "https://",
                "https://wall.example/",
                "https://Wall.example",
                "https://*.example",
                "https://wall.example:443",
                "http://wall.example:80",
                "https://a b",
                "https://me@wall.example"
            })
    void anOriginThatNoBrowserSendsIsRefused(String origin) {
        assertThatThrownBy(() -> with("door.example", origin))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + origin
                        + "' is no origin as browsers send it; one is https://wall.example, in small letters,"
                        + " with a port where it is not the usual one, and nothing behind it; or null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "", "door.example:8080", "http://door.example", "door/", "d\u00f6r", "door\n"})
    void whatCannotBeAHostsNameIsRefused(String name) {
        assertThatThrownBy(() -> with(name, "null"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("' is no host's name; one is door.example, without a port");
    }

    private static ServerOptions with(String hostName, String origin) {
        return new ServerOptions(
                "127.0.0.1", 0, false, Set.of(hostName), Set.of(origin), FeedOptions.DEFAULT, Deadlines.DEFAULT);
    }
}
