package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which clients are pinged, and which are disconnected because they are silent or take nothing. */
@Timeout(180)
class SignsOfLifeTest {

    private final Peer peer = new Peer().open();
    private final FakeSession session = peer.session;

    @AfterEach
    void end() {
        peer.close();
    }

    private void pass(long millis) {
        peer.ticker.passMillis(millis);
        peer.connection.tick();
    }

    @Test
    void clientIsPingedEachTenSeconds() {
        pass(10_000);
        assertThat(session.pings).isEmpty();
        peer.ticker.passNanos(1);
        peer.connection.tick();
        assertThat(session.pings).containsExactly("");
        peer.pong();

        pass(10_000);
        assertThat(session.pings).hasSize(1);
        peer.ticker.passNanos(1);
        peer.connection.tick();
        assertThat(session.pings).hasSize(2);
    }

    @Test
    void clientThatGivesNoSignOfLifeForThirtySecondsIsCut() {
        peer.passTicking(Duration.ofSeconds(30));
        assertThat(session.disconnects).isZero();
        assertThat(session.pings).hasSize(2);

        peer.ticker.passNanos(1);
        peer.connection.tick();

        assertThat(session.disconnects).isEqualTo(1);
    }

    @Test
    void clientThatIsCutIsNotPingedAsWell() {
        pass(30_001);

        assertThat(session.disconnects).isEqualTo(1);
        assertThat(session.pings).isEmpty();
    }

    @Test
    void eachSignOfLifeCounts() {
        pass(29_000);
        peer.pong();
        pass(29_000);
        peer.connection.onWebSocketPing(ByteBuffer.allocate(0));
        pass(29_000);
        peer.say("{\"ping\":1}");
        pass(30_000);
        assertThat(session.disconnects).isZero();

        pass(1);

        assertThat(session.disconnects).isEqualTo(1);
    }

    @Test
    void clientThatTakesNothingOfAMessageForThirtySecondsAndFiftyMillisecondsForEachKilobyteIsCut() {
        session.takes = false;
        int size = 100_000;
        peer.feed("door").publish(Peer.jpeg(16, 16, size));
        peer.watch(1, "door"); // of 100,031 bytes with the header: 5001.55 ms
        for (int i = 0; i < 35; i++) {
            pass(1000);
            peer.pong();
        }
        assertThat(session.disconnects).isZero();
        pass(1);
        assertThat(session.disconnects).isZero();

        pass(1);

        assertThat(session.disconnects).isEqualTo(1);
    }

    @Test
    void timeInWhichTheProcessDidNotRunDoesNotCount() {
        session.takes = false;
        peer.say("{\"ping\":1}");
        peer.ticker.passMillis(100_000);

        peer.connection.beginAnew();
        pass(30_000);

        assertThat(session.disconnects).isZero();
        pass(1);
        assertThat(session.disconnects).isEqualTo(1);
    }

    @Test
    void processThatDidNotRunHearsAgainBeforeItCuts() {
        session.takes = false;
        peer.say("{\"ping\":1}");
        peer.ticker.passMillis(100_000);
        peer.connection.beginAnew();

        for (int i = 0; i < 30; i++) { // the client sends messages, but takes nothing
            pass(1000);
            peer.pong();
        }
        assertThat(session.disconnects).isZero();
        pass(1); // the answer has 35 bytes: 1.75 ms
        assertThat(session.disconnects).isZero();
        pass(1);
        assertThat(session.disconnects).isEqualTo(1);
    }
}
