package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
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
                        + "' is not an origin as browsers send it; give one such as https://wall.example, in lower"
                        + " case, with its port unless it is the default one, and nothing after that; or null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "", "door.example:8080", "http://door.example", "door/", "d\u00f6r", "door\n"})
    void whatCannotBeAHostsNameIsRefused(String name) {
        assertThatThrownBy(() -> with(name, "null"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("' is not a host name; give one such as door.example, without a port");
    }

    @Test
    void defaultsAreThoseOfTheDocuments() {
        ServerOptions options = ServerOptions.DEFAULT;

        assertThat(options.host()).isEqualTo("127.0.0.1");
        assertThat(options.port()).isEqualTo(8080);
        assertThat(options.insecure()).isFalse();
        assertThat(options.hostNames()).isEmpty();
        assertThat(options.embedOrigins()).isEmpty();
        assertThat(options.feeds()).isEqualTo(FeedOptions.DEFAULT);
        assertThat(options.deadlines()).isEqualTo(Deadlines.DEFAULT);
        assertThat(options.streamedResponses()).isEqualTo(256);
        assertThat(options.connectionsPerAddress())
                .as("2,000, and 15,000 for this machine")
                .isZero();
        assertThat(with("door.example", "null"))
                .as("what is not said")
                .isEqualTo(options.withPort(0)
                        .withHostNames(Set.of("door.example"))
                        .withEmbedOrigins(Set.of("null")));
    }

    @Test
    void deadlinesAreTenSecondsForHeadersAndThirtyForProgress() {
        assertThat(Deadlines.DEFAULT.headers()).isEqualTo(Duration.ofSeconds(10));
        assertThat(Deadlines.DEFAULT.progress()).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void deadlineThatIsNoneIsRefused(long millis) {
        Duration none = Duration.ofMillis(millis);
        Duration one = Duration.ofMillis(1);

        assertThatThrownBy(() -> new Deadlines(none, one))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the deadline for headers is " + none + "; it is above 0");
        assertThatThrownBy(() -> new Deadlines(one, none))
                .hasMessage("the deadline for progress is " + none + "; it is above 0");
        assertThat(new Deadlines(one, one).headers()).isEqualTo(one);
    }

    /** Options of which every value differs from the default. */
    private static ServerOptions other() {
        Duration second = Duration.ofSeconds(1);
        return new ServerOptions(
                "0.0.0.0",
                81,
                true,
                Set.of("a.example"),
                Set.of("https://a.example"),
                new FeedOptions(second, second, second, second, 1 << 20),
                new Deadlines(second, second),
                7,
                9);
    }

    @Test
    void eachValueMayBeChangedAlone() {
        ServerOptions other = other();
        assertThat(other)
                .isEqualTo(ServerOptions.DEFAULT
                        .withPort(other.port())
                        .withHost(other.host(), true)
                        .withHostNames(other.hostNames())
                        .withEmbedOrigins(other.embedOrigins())
                        .withFeeds(other.feeds())
                        .withDeadlines(other.deadlines())
                        .withStreamedResponses(other.streamedResponses())
                        .withConnectionsPerAddress(other.connectionsPerAddress()));
        assertThat(other.withPort(80).withPort(81)).isEqualTo(other);
        assertThat(other.withHost("127.0.0.1", false).withHost("0.0.0.0", true)).isEqualTo(other);
        assertThat(other.withHostNames(Set.of()).withHostNames(other.hostNames()))
                .isEqualTo(other);
        assertThat(other.withEmbedOrigins(Set.of()).withEmbedOrigins(other.embedOrigins()))
                .isEqualTo(other);
        assertThat(other.withFeeds(FeedOptions.DEFAULT).withFeeds(other.feeds()))
                .isEqualTo(other);
        assertThat(other.withDeadlines(Deadlines.DEFAULT).withDeadlines(other.deadlines()))
                .isEqualTo(other);
        assertThat(other.withStreamedResponses(8).withStreamedResponses(7)).isEqualTo(other);
        assertThat(other.withConnectionsPerAddress(8).withConnectionsPerAddress(9))
                .isEqualTo(other);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536})
    void portThatThereIsNotIsRefused(int port) {
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withPort(port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port is " + port + "; it goes from 0 to 65535");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 65_535})
    void portsAtTheEndsAreTaken(int port) {
        assertThat(ServerOptions.DEFAULT.withPort(port).port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noStreamedResponsesAreRefused(int count) {
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withStreamedResponses(count))
                .hasMessage("streamedResponses is " + count + "; it is 1 or more");
        assertThat(ServerOptions.DEFAULT.withStreamedResponses(1).streamedResponses())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 20_001})
    void connectionsThatAnAddressCannotHaveAreRefused(int count) {
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withConnectionsPerAddress(count))
                .hasMessage("connectionsPerAddress is " + count + "; it goes from 1 to 20000, and 0 means the default");
        assertThat(ServerOptions.DEFAULT.withConnectionsPerAddress(20_000).connectionsPerAddress())
                .isEqualTo(20_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void addressThatOthersReachIsListenedOnOnlyIfAllowed(String host) {
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withHost(host, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("listening on " + host
                        + " would show every feed to every client that reaches it, without authentication;"
                        + " leave it at 127.0.0.1, or add --insecure");
        assertThat(ServerOptions.DEFAULT.withHost(host, true).insecure()).isTrue();
    }

    @Test
    void addressOfIpv6MayStandInBrackets() {
        assertThat(ServerOptions.DEFAULT.withHost("[::1]", false).host()).isEqualTo("::1");
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withHost("[::1", false)).hasMessageContaining("no address");
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withHost("::1]", false)).hasMessageContaining("no address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "http://127.0.0.1", "127.0.0.1:8080"})
    void hostThatHasNoAddressIsRefused(String host) {
        assertThatThrownBy(() -> ServerOptions.DEFAULT.withHost(host, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no address for the host '" + host + "'; it is an address or a name of this"
                        + " machine, without http:// and without a port, or 0.0.0.0 for all");
    }

    private static ServerOptions with(String hostName, String origin) {
        return new ServerOptions(
                "127.0.0.1", 0, false, Set.of(hostName), Set.of(origin), FeedOptions.DEFAULT, Deadlines.DEFAULT);
    }
}
