package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeConnection;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.web.LateTick;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many connections there may be, and how long each may wait. The test moves the clock. */
class SharedPlacesTest {

    private static final Duration HEADERS = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final List<FakeConnection> opened = new ArrayList<>();
    private ConnectionGuard guard = guard(ConnectionGuard.Places.of(0));

    private ConnectionGuard guard(ConnectionGuard.Places places) {
        return new ConnectionGuard(HEADERS, places, clock, new LateTick(clock));
    }

    // places

    @ParameterizedTest
    @CsvSource({"0, 20000, 15000, 2000", "1, 20000, 1, 1", "2500, 20000, 2500, 2500", "20000, 20000, 20000, 20000"})
    void sharesAreAsDocumentedUnlessAnOperatorSetsThem(int share, int all, int thisMachine, int oneAddress) {
        assertThat(ConnectionGuard.Places.of(share))
                .isEqualTo(new ConnectionGuard.Places(all, thisMachine, oneAddress));
    }

    @Test
    void oneAddressHasItsShareAndNotOneMore() {
        assertThat(placesAmong(2001, "192.0.2.1")).isEqualTo(2000);
        assertThat(placesAmong(3, "192.0.2.2")).as("another address").isEqualTo(3);
    }

    @Test
    void thisMachineHasALargerShareAndNotOneMore() {
        assertThat(placesAmong(15_001, "127.0.0.1")).isEqualTo(15_000);
    }

    @Test
    void allTogetherHaveTheirPlacesAndNotOneMore() {
        assertThat(placesAmong(15_000, "127.0.0.1")).isEqualTo(15_000);
        assertThat(placesAmong(2000, "192.0.2.1")).isEqualTo(2000);
        assertThat(placesAmong(2000, "192.0.2.2")).isEqualTo(2000);
        assertThat(placesAmong(1001, "192.0.2.3")).isEqualTo(1000);
    }

    private int placesAmong(int connections, String address) {
        int places = 0;
        for (int i = 0; i < connections; i++) {
            places += hasPlace(open(address)) ? 1 : 0;
        }
        return places;
    }

    @Test
    void placeIsFreeAgainAfterAnyAddressLeavesIt() {
        guard = guard(new ConnectionGuard.Places(3, 2, 2));
        FakeConnection first = open("192.0.2.1");
        FakeConnection second = open("192.0.2.1");
        FakeConnection without = open("192.0.2.1");
        assertThat(List.of(hasPlace(first), hasPlace(second), hasPlace(without)))
                .containsExactly(true, true, false);

        close(without);
        assertThat(hasPlace(open("192.0.2.1"))).as("two have places still").isFalse();
        close(opened.getLast());
        close(second);
        assertThat(hasPlace(open("192.0.2.1"))).isTrue();
        assertThat(hasPlace(open("192.0.2.2"))).as("the third of all").isTrue();
        assertThat(hasPlace(open("192.0.2.3"))).as("the fourth of all").isFalse();
        close(first);
        close(first); // closing twice counts once
        assertThat(hasPlace(open("192.0.2.4")))
                .as("the fourth is there still, so three are left")
                .isFalse();
    }

    @Test
    void oldestWithoutAPlaceIsClosedForOneAboveTheMaximum() {
        guard = guard(new ConnectionGuard.Places(0, 0, 0));
        for (int i = 0; i < 256; i++) {
            open("192.0.2.1");
        }
        assertThat(opened).allMatch(FakeConnection::isOpen);

        open("192.0.2.1");

        assertThat(opened.getFirst().isOpen()).isFalse();
        assertThat(opened.subList(1, 257)).allMatch(FakeConnection::isOpen);
        close(opened.getFirst());
        close(opened.get(1)); // by itself
        open("192.0.2.1");
        assertThat(opened.subList(2, 258)).allMatch(FakeConnection::isOpen);
    }

    @Test
    void webSocketHasThePlaceOfItsRequestAndIsNeverClosedForSilence() {
        guard = guard(new ConnectionGuard.Places(1, 1, 1));
        FakeConnection carrier = open("192.0.2.1");
        Connection socket = new AbstractConnection(carrier.getEndPoint(), Runnable::run) {
            @Override
            public void onFillable() {}
        };
        guard.onOpened(socket);
        guard.onClosed(carrier);

        tick(100);

        assertThat(carrier.isOpen()).isTrue();
        assertThat(hasPlace(open("192.0.2.1")))
                .as("another has no place beside it")
                .isFalse();
        close(opened.getLast());
        guard.onClosed(socket);
        assertThat(hasPlace(open("192.0.2.1"))).isTrue();
    }

    // deadlines

    @Test
    void headersThatAreNotWholeAtTheDeadlineEndTheConnection() {
        FakeConnection silent = open("192.0.2.1");
        FakeConnection dripping = open("192.0.2.1");
        for (int second = 0; second < 10; second++) {
            dripping.bytesIn++;
            tick(1);
        }
        assertThat(opened).as("when the deadline comes").allMatch(FakeConnection::isOpen);

        tick(1);

        assertThat(silent.isOpen()).isFalse();
        assertThat(dripping.isOpen()).isFalse();
    }

    @Test
    void connectionThatHasBeenAnsweredMayAskAgainMuchLater() {
        FakeConnection kept = answered("192.0.2.1");

        tick(3600);

        assertThat(kept.isOpen()).isTrue();
        assertThat(hasPlace(kept)).isTrue();
    }

    @Test
    void furtherRequestHasItsDeadlineFromItsFirstByteOn() {
        FakeConnection kept = answered("192.0.2.1");
        tick(60);
        kept.bytesIn++;
        tick(10);
        assertThat(kept.isOpen()).isTrue();

        tick(1);

        assertThat(kept.isOpen()).isFalse();
    }

    @Test
    void whoeverIsAnsweredIsNotClosedHoweverLongThatTakes() {
        FakeConnection viewer = open("192.0.2.1");
        guard.requested(viewer, HttpVersion.HTTP_1_1);

        tick(3600);

        assertThat(viewer.isOpen()).isTrue();
    }

    @Test
    void withoutAPlaceThereIsASecondForTheHeadersOnly() {
        guard = guard(new ConnectionGuard.Places(0, 0, 0));
        FakeConnection silent = open("192.0.2.1");
        FakeConnection kept = answered("192.0.2.1");
        tick(1);
        assertThat(silent.isOpen()).isTrue();
        assertThat(kept.isOpen()).isTrue();

        tick(1);

        assertThat(silent.isOpen()).isFalse();
        assertThat(kept.isOpen()).as("although it has been answered").isFalse();
    }

    // connections without a request

    @Test
    void ofConnectionsWithoutARequestAnAddressHasAThousandAndNotOneMore() {
        for (int i = 0; i < 1001; i++) {
            open("192.0.2.1");
        }
        FakeConnection other = open("192.0.2.2");
        tick(1);
        assertThat(opened).as("those that have just come are about to ask").allMatch(FakeConnection::isOpen);

        tick(1);

        assertThat(opened.stream().filter(one -> !one.isOpen())).hasSize(1);
        assertThat(other.isOpen()).as("of another address").isTrue();
    }

    @Test
    void thoseThatWaitBetweenRequestsCountAtOnce() {
        for (int i = 0; i < 1001; i++) {
            answered("192.0.2.1");
        }

        tick(1);

        assertThat(opened.stream().filter(one -> !one.isOpen())).hasSize(1);
    }

    @Test
    void thoseThatAreAnsweredCountForNothing() {
        for (int i = 0; i < 1500; i++) {
            guard.requested(open("192.0.2.1"), HttpVersion.HTTP_1_1);
        }

        tick(5);

        assertThat(opened).allMatch(FakeConnection::isOpen);
    }

    @Test
    void timeInWhichTheProcessDidNotRunDoesNotCount() {
        FakeConnection begun = open("192.0.2.1");
        begun.bytesIn = 5;
        tick(9);
        clock.pass(Duration.ofHours(1));
        guard.closeLate();
        assertThat(begun.isOpen()).isTrue();

        tick(10);
        assertThat(begun.isOpen())
                .as("what was sent meanwhile has its time anew")
                .isTrue();
        tick(1);

        assertThat(begun.isOpen()).isFalse();
    }

    private FakeConnection open(String address) {
        FakeConnection connection = new FakeConnection(address);
        guard.onOpened(connection);
        opened.add(connection);
        return connection;
    }

    private FakeConnection answered(String address) {
        FakeConnection connection = open(address);
        connection.bytesIn = 50;
        guard.requested(connection, HttpVersion.HTTP_1_1);
        guard.answered(connection);
        return connection;
    }

    private void close(FakeConnection connection) {
        guard.onClosed(connection);
    }

    private boolean hasPlace(FakeConnection connection) {
        return guard.requested(connection, HttpVersion.HTTP_1_1);
    }

    private void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.pass(TICK);
            guard.closeLate();
        }
    }
}
