package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeConnection;
import dev.flipbook.server.FakeScheduler;
import dev.flipbook.server.FakeSocket;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of one connection is read before others get their turn, and when the silence of a connection counts. */
@Timeout(60)
class FairEndPointTest {

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final LateTick late = new LateTick(clock);
    private final FakeScheduler scheduler = new FakeScheduler();
    private final FakeSocket socket = new FakeSocket();
    private final FairEndPoint end = end(socket, scheduler, late);

    /** The server's end of a socket, without a selector. */
    @SuppressWarnings("NullAway") // Jetty takes none
    static FairEndPoint end(FakeSocket socket, FakeScheduler scheduler, LateTick late) {
        return new FairEndPoint(socket, null, null, scheduler, late, connector(late));
    }

    private static FairConnector connector(LateTick late) {
        FairConnector connector =
                new FairConnector(new Server(), new HttpConnectionFactory(), dev.flipbook.Ticker.system(), late);
        connector.setHost("127.0.0.1");
        return connector;
    }

    private int read(int most) throws IOException {
        return end.fill(BufferUtil.allocate(most));
    }

    private void isWebSocket() {
        end.setConnection(new AbstractConnection(end, Runnable::run) {
            @Override
            public void onFillable() {}
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sixteenReadsAreATurnAndTheNextOneComesAfterTheOthers(boolean tries) throws IOException {
        end.setConnection(new FakeConnection("192.0.2.1"));
        socket.receives("x".repeat(20));
        for (int i = 0; i < 16; i++) {
            assertThat(read(1)).isEqualTo(1);
        }
        assertThat(read(1)).isZero();

        if (tries) {
            assertThat(end.tryFillInterested(Callback.NOOP)).isTrue();
        } else {
            end.fillInterested(Callback.NOOP);
        }

        assertThat(end.isFillInterested()).isTrue();
        assertThat(read(1)).isEqualTo(1);
    }

    @Test
    void webSocketPausesFor50MillisecondsAfterMoreThan16Kibibytes() throws IOException {
        isWebSocket();
        socket.receives("x".repeat(40_000));
        assertThat(read(16 << 10)).isEqualTo(16 << 10);
        assertThat(read(1)).isEqualTo(1);
        assertThat(read(1)).as("more than 16 KiB have come").isZero();

        end.fillInterested(Callback.NOOP);

        assertThat(end.isFillInterested()).isFalse();
        assertThat(scheduler.delayMillis()).isEqualTo(50);
        scheduler.run();
        assertThat(end.isFillInterested()).isTrue();
        assertThat(read(16 << 10)).isEqualTo(16 << 10);
        assertThat(read(1)).isEqualTo(1);
        assertThat(read(1)).as("the next 16 KiB").isZero();
    }

    @Test
    void webSocketThatHasSentLittleDoesNotPause() throws IOException {
        isWebSocket();
        socket.receives("x".repeat(16 << 10));
        read(16 << 10);

        end.fillInterested(Callback.NOOP);

        assertThat(end.isFillInterested()).isTrue();
    }

    @Test
    void publisherIsReadWithoutPauses() throws IOException {
        end.setConnection(new FakeConnection("192.0.2.1"));
        socket.receives("x".repeat(60_000));
        for (int i = 0; i < 15; i++) {
            assertThat(read(4000)).isEqualTo(4000);
        }

        end.fillInterested(Callback.NOOP);

        assertThat(end.isFillInterested()).isTrue();
    }

    @Test
    void readerIsNotRunByTheThreadOfTheSelector() {
        Callback reader = Callback.from(InvocationType.NON_BLOCKING, () -> {});

        end.fillInterested(reader);

        assertThat(end.getFillInterest().getCallbackInvocationType()).isEqualTo(InvocationType.BLOCKING);
    }

    @Test
    void connectionIsReadByARunningServerAndByNoOtherOne() throws Exception {
        FairConnector connector = connector(late);
        ByteBuffer ran = ByteBuffer.allocate(1);
        connector.turn(() -> ran.put((byte) 1));
        assertThat(ran.position()).as("before it has started").isZero();
        connector.start();

        connector.turn(() -> ran.put((byte) 1));

        assertThat(ran.position()).isEqualTo(1);
        ran.clear();
        connector.stop();
        connector.turn(() -> ran.put((byte) 1));
        assertThat(ran.position()).as("after its end").isZero();
    }

    // the idle timeout

    private void silent() {
        end.onIdleExpired(new TimeoutException("nothing for 30 s"));
    }

    @Test
    void silentConnectionIsClosed() {
        end.setIdleTimeout(30_000);

        silent();

        assertThat(end.isOpen()).isFalse();
    }

    @Test
    void timeInWhichTheProcessDidNotRunIsNoSilence() {
        end.setIdleTimeout(30_000);
        clock.pass(Duration.ofSeconds(5)); // in which there was no tick
        silent();
        assertThat(end.isOpen()).as("the tick is still to come").isTrue();
        tick(0);
        tick(29);
        silent();
        assertThat(end.isOpen()).as("29 s after it").isTrue();

        tick(1);
        silent();

        assertThat(end.isOpen()).isFalse();
    }

    private void tick(int seconds) {
        late.isLate();
        for (int i = 0; i < seconds; i++) {
            clock.pass(Duration.ofSeconds(1));
            late.isLate();
        }
    }
}
