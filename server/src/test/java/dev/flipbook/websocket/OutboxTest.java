package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeTicker;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private static final long MILLI = 1_000_000;

    private final FakeTicker ticker = new FakeTicker();
    private final FakeSession session = new FakeSession();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private int taken;
    private final Outbox outbox = new Outbox(session, ticker, tasks::add, () -> taken++);

    private final class Note implements Outbox.Message {

        private final String name;
        private final int size;

        Note(String name, int size) {
            this.name = name;
            this.size = size;
        }

        @Override
        public void send(Session to, Callback whenDone) {
            to.sendText(name, whenDone);
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public void sent() {
            log.add(name + " sent");
        }

        @Override
        public void drop(Throwable why) {
            log.add(name + " dropped: " + why.getMessage());
        }
    }

    private void add(String... names) {
        for (String name : names) {
            outbox.add(new Note(name, 1000));
        }
    }

    @Test
    void messagesAreSentOneAfterTheOtherAndEachReportsIt() {
        session.takes = false;
        add("a", "b", "c");

        assertThat(session.texts).containsExactly("a");
        assertThat(outbox.size()).isEqualTo(3);
        assertThat(log).isEmpty();
        assertThat(taken).isZero();

        session.take();

        assertThat(session.texts).containsExactly("a", "b");
        assertThat(log).containsExactly("a sent");
        assertThat(outbox.size()).isEqualTo(2);
        assertThat(taken).isEqualTo(1);
        session.takeAll();
        assertThat(session.texts).containsExactly("a", "b", "c");
        assertThat(log).containsExactly("a sent", "b sent", "c sent");
        assertThat(outbox.size()).isZero();
        assertThat(taken).isEqualTo(3);
    }

    @Test
    void messageThatComesLaterIsSentToo() {
        add("a");
        add("b");

        assertThat(log).containsExactly("a sent", "b sent");
        assertThat(tasks).as("nobody ends the connection").isEmpty();
    }

    @Test
    void listenerForASentMessageMayAddTheNext() {
        outbox.add(Outbox.text("a", () -> add("b")));

        assertThat(session.texts).containsExactly("a", "b");
        assertThat(outbox.size()).isZero();
    }

    @Test
    void messageIsStuckAfterTheTimeAndFiftyMillisecondsForEachKilobyteOfIt() {
        session.takes = false;
        outbox.add(new Note("a", 2000));

        ticker.passNanos(30_000 * MILLI + 100 * MILLI);
        assertThat(outbox.isStuck(30_000 * MILLI)).isFalse();
        ticker.passNanos(1);
        assertThat(outbox.isStuck(30_000 * MILLI)).isTrue();
    }

    @Test
    void timeOfAMessageBeginsWhenItIsSentAndEndsWhenItIsTaken() {
        session.takes = false;
        outbox.add(new Note("a", 0));
        outbox.add(new Note("b", 0));
        ticker.passMillis(900);
        session.take();
        ticker.passMillis(900);
        assertThat(outbox.isStuck(1000 * MILLI)).isFalse();
        ticker.passMillis(101);
        assertThat(outbox.isStuck(1000 * MILLI)).isTrue();

        session.take();

        assertThat(outbox.isStuck(1000 * MILLI)).isFalse();
        ticker.passMillis(100_000);
        assertThat(outbox.isStuck(1000 * MILLI)).as("nothing is on its way").isFalse();
    }

    @Test
    void timeInWhichTheProcessDidNotRunDoesNotCount() {
        session.takes = false;
        outbox.add(new Note("a", 0));
        ticker.passMillis(5000);

        outbox.beginAnew();

        ticker.passMillis(1000);
        assertThat(outbox.isStuck(1000 * MILLI)).isFalse();
        ticker.passNanos(1);
        assertThat(outbox.isStuck(1000 * MILLI)).isTrue();
    }

    @Test
    void failedMessageEndsTheConnectionAndAllGetTheReason() {
        session.takes = false;
        add("a", "b", "c");

        session.fail(new IOException("reset"));

        assertThat(log).containsExactly("a dropped: reset", "b dropped: reset", "c dropped: reset");
        assertThat(outbox.size()).isZero();
        assertThat(outbox.isStuck(-1)).isFalse();
        assertThat(session.texts).containsExactly("a");
        assertThat(session.disconnects)
                .as("not by whoever finds that it is gone")
                .isZero();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(session.disconnects).isEqualTo(1);
    }

    @Test
    void whatComesAfterAFailureIsDropped() {
        session.failure = new IOException("reset");
        add("a");

        add("b");

        assertThat(log).containsExactly("a dropped: reset", "b dropped: the connection is closed");
        assertThat(session.texts).containsExactly("a");
        assertThat(outbox.size()).isZero();
    }

    @Test
    void atTheEndAllAreDroppedOnceAndNothingIsSentAnyMore() {
        session.takes = false;
        add("a", "b");

        outbox.end();
        outbox.end();
        session.fail(new IOException("the connection is closed")); // as Jetty does with what it has begun

        assertThat(log)
                .containsExactlyInAnyOrder(
                        "a dropped: the connection is closed", "b dropped: the connection is closed");
        assertThat(outbox.size()).isZero();
        add("c");
        assertThat(log).hasSize(3).last().isEqualTo("c dropped: the connection is closed");
        assertThat(outbox.size()).isZero();
        assertThat(session.texts).containsExactly("a");
    }

    @Test
    void textHasItsLengthAndReportsWhetherItWasSentOrDropped() {
        List<String> done = new ArrayList<>();
        Outbox.Message text = Outbox.text("hello", () -> done.add("done"));
        assertThat(text.size()).isEqualTo(5);

        text.send(session, Callback.NOOP);
        assertThat(session.texts).containsExactly("hello");
        assertThat(done).isEmpty();
        text.sent();
        assertThat(done).hasSize(1);
        text.drop(new IOException());
        assertThat(done).hasSize(2);
    }
}
