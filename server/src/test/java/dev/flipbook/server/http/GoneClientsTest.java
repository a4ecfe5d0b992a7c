package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeConnection;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.FakeScheduler;
import dev.flipbook.server.FakeSocket;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that have gone while their request waits for an answer, clients that only seem to have gone, and what happens
 * to their connections.
 */
class GoneClientsTest {

    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final LateTick late = new LateTick(clock);
    private final FakeSocket socket = new FakeSocket();
    private final FairEndPoint end = FairEndPointTest.end(socket, new FakeScheduler(), late);
    private final ConnectionGuard guard =
            new ConnectionGuard(Duration.ofSeconds(10), ConnectionGuard.Places.of(0), clock, late);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    // what the end point says

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void clientThatWaitsQuietlyIsThereAndIsSentNothing(String version) {
        end.requested();

        assertThat(end.isGone(HttpVersion.fromString(version))).isFalse();
        assertThat(socket.writes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void clientWhoseConnectionIsBrokenHasGone(String version) {
        end.requested();
        socket.breaks(new IOException("connection reset"));

        assertThat(end.isGone(HttpVersion.fromString(version))).isTrue();
    }

    @Test
    void clientThatHasOnlyFinishedSendingIsThereAsLongAsItTakesAnInterimResponse() {
        end.requested();
        socket.receivesTheEnd();

        assertThat(end.isGone(HttpVersion.HTTP_1_1)).isFalse();
        assertThat(end.isGone(HttpVersion.HTTP_1_1)).isFalse();
        assertThat(socket.writes()).hasSize(2);
        assertThat(socket.written()).isEqualTo(CONTINUE + CONTINUE);
        socket.breaksWrites(new IOException("broken pipe"));

        assertThat(end.isGone(HttpVersion.HTTP_1_1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "24, true", "25, false"})
    void clientThatTakesAPartOfTheInterimResponseCannotBeAnsweredAnyMore(int taken, boolean gone) {
        end.requested();
        socket.receivesTheEnd();
        socket.takesNoMoreThan(taken);

        assertThat(end.isGone(HttpVersion.HTTP_1_1)).isEqualTo(gone);
    }

    @Test
    void clientOfHttp10ThatHasFinishedSendingHasGoneAndIsSentNothing() {
        end.requested();
        socket.receivesTheEnd();

        assertThat(end.isGone(HttpVersion.HTTP_1_0)).isTrue();
        assertThat(socket.writes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0, ''", "HTTP/1.1, " + "HTTP/1.1 100 Continue"})
    void clientThatHasSentMoreIsThereAndNothingOfItIsLost(String version, String written) throws IOException {
        end.requested();
        socket.receives("GET /next");

        assertThat(end.isGone(HttpVersion.fromString(version))).isFalse();
        assertThat(end.isGone(HttpVersion.fromString(version))).isFalse();
        assertThat(socket.written().replace("\r\n\r\n", "")).isEqualTo(written.repeat(2));

        ByteBuffer full = bytes("full");
        assertThat(end.fill(full)).as("where there is no room").isZero();
        ByteBuffer buffer = BufferUtil.allocate(100);
        assertThat(end.fill(buffer)).isEqualTo(1);
        assertThat(end.fill(buffer)).isEqualTo(8);
        assertThat(buffer).isEqualTo(bytes("GET /next"));
        assertThat(full).isEqualTo(bytes("full"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void clientThatIsBeingAnsweredIsLeftToTheAnswer(String version) throws IOException {
        socket.receivesTheEnd();
        assertThat(end.isGone(HttpVersion.fromString(version)))
                .as("it has not asked yet")
                .isFalse();
        end.requested();
        end.flush(bytes("HTTP/1.1 200 OK"));

        assertThat(end.isGone(HttpVersion.fromString(version))).isFalse();
        assertThat(socket.written()).isEqualTo("HTTP/1.1 200 OK");
    }

    // what the guard does

    private FakeConnection connection() {
        return new FakeConnection(
                end, new LocalConnector(new Server(), Runnable::run, null, null, 0, new HttpConnectionFactory()));
    }

    private FakeConnection asks(String method) {
        FakeRequest request = new FakeRequest(method, "/");
        request.connection = connection();
        guard.onOpened(request.connection);
        assertThat(guard.requested(request)).isTrue();
        return request.connection;
    }

    private void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.pass(Duration.ofSeconds(1));
            guard.closeLate();
        }
    }

    @Test
    void connectionOfAClientThatHasGoneIsClosedFromItsSecondSecondOn() {
        asks("GET");
        socket.breaks(new IOException("connection reset"));
        look(1);
        assertThat(socket.isOpen()).as("its answer may be on its way").isTrue();

        look(1);

        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void versionOfTheRequestDecidesWhoHasGone() {
        FakeConnection connection = asks("GET");
        socket.receivesTheEnd();
        look(5);
        assertThat(socket.isOpen()).isTrue();
        guard.requested(connection, HttpVersion.HTTP_1_0);

        look(2);

        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void connectionWithABodyIsLeftToTheReaderOfTheBody() {
        asks("PUT");
        socket.breaks(new IOException("connection reset"));

        look(5);

        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void connectionThatIsBeingReadIsLeftToItsReader() {
        asks("GET");
        end.fillInterested(Callback.NOOP);
        socket.receivesTheEnd();

        look(5);

        assertThat(socket.isOpen()).isTrue();
        assertThat(socket.writes()).isEmpty();
    }

    @Test
    void connectionThatIsThereStaysOpen() {
        asks("GET");

        look(100);

        assertThat(socket.isOpen()).isTrue();
        assertThat(socket.writes()).isEmpty();
    }
}
