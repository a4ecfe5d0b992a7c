package dev.flipbook.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink;
import dev.flipbook.server.FakeClient;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each write gives to a viewer's connection, and how each write ends. */
@Timeout(60)
class JettySinkTest {

    private static final long SECOND = 1_000_000_000;

    private long now = -3 * SECOND;
    private FakeClient client;
    private JettySink sink;

    /** How one write has ended. */
    private static final class Outcome implements FrameSink.Completion {

        private int drained;
        private final List<Throwable> failures = new ArrayList<>();

        @Override
        public void drained() {
            drained++;
        }

        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
        }

        private boolean isOpen() {
            return drained == 0 && failures.isEmpty();
        }

        private boolean isDrained() {
            return drained == 1 && failures.isEmpty();
        }

        private boolean hasFailed() {
            return drained == 0 && failures.size() == 1;
        }
    }

    @BeforeEach
    void connect() {
        client = new FakeClient(exchange -> {
            exchange.response().setStatus(200);
            exchange.headers().put("Connection", "close");
            sink = new JettySink(exchange.request(), exchange.response(), exchange.callback(), () -> now);
        });
        client.ask("GET", "/");
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    private Outcome write(String bytes) {
        return write(bytes, false);
    }

    private Outcome write(String bytes, boolean last) {
        Outcome outcome = new Outcome();
        sink.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)), last, outcome);
        return outcome;
    }

    @Test
    void nothingLeavesBeforeTheFirstPicture() {
        assertThat(client.socket.writes()).isEmpty();
    }

    @Test
    void firstPictureLeavesInTheSameWriteAsTheHead() {
        assertThat(write("first").isDrained()).isTrue();

        assertThat(client.socket.writes()).hasSize(1);
        assertThat(client.socket.written()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nfirst");
    }

    @Test
    void eachFurtherPictureIsOneWriteOfItsBytesAlone() {
        write("first");

        assertThat(write("second").isDrained()).isTrue();
        assertThat(write("third").isDrained()).isTrue();

        assertThat(client.socket.writes()).hasSize(3);
        assertThat(client.body()).isEqualTo("firstsecondthird");
        assertThat(client.completed()).isZero();
        assertThat(client.socket.isOpen()).isTrue();
    }

    @Test
    void lastWriteEndsTheResponseAndTheConnection() {
        write("first");

        assertThat(write("end", true).isDrained()).isTrue();

        assertThat(client.body()).isEqualTo("firstend");
        assertThat(client.completed()).isEqualTo(1);
        assertThat(client.failures()).isEmpty();
    }

    @Test
    void lastWriteMayBeTheFirst() {
        assertThat(write("all", true).isDrained()).isTrue();

        assertThat(client.body()).isEqualTo("all");
        assertThat(client.completed()).isEqualTo(1);
    }

    @Test
    void pictureThatTheKernelTakesInPiecesDrainsWithItsLastByte() {
        write("first");
        client.socket.takesNoMoreThan(4);
        Outcome second = write("0123456789");
        assertThat(second.isOpen()).isTrue();

        client.takesOn(5);
        assertThat(second.isOpen()).as("a byte is left").isTrue();
        client.takesOn(1);

        assertThat(second.isDrained()).isTrue();
        assertThat(client.body()).isEqualTo("first0123456789");
    }

    @Test
    void firstPictureOfWhichTheKernelTakesLittleDrainsWithItsLastByte() {
        client.socket.takesNoMoreThan(3);
        Outcome first = write("first");
        assertThat(first.isOpen()).isTrue();

        client.takesOn(1000);

        assertThat(first.isDrained()).isTrue();
        assertThat(client.body()).isEqualTo("first");
    }

    @Test
    void connectionIsReportedAsInUseOnceASecond() {
        write("first");
        now += SECOND / 10;
        int before = client.used();
        write("a");
        assertThat(client.used()).as("the first write beside the response").isEqualTo(before + 1);
        now += SECOND;
        write("b");
        assertThat(client.used()).as("a second later").isEqualTo(before + 1);
        now += 1;
        write("c");
        assertThat(client.used()).as("more than a second later").isEqualTo(before + 2);
        write("d");
        assertThat(client.used()).isEqualTo(before + 2);
    }

    @Test
    void connectionThatTakesNothingIsNotReportedAsInUse() {
        write("first");
        client.socket.takesNoMoreThan(0);
        now += 2 * SECOND;
        int before = client.used();

        write("second");

        assertThat(client.used()).isEqualTo(before);
    }

    @Test
    void deadlineEndsAWriteThatIsUnderWay() {
        write("first");
        client.socket.takesNoMoreThan(0);
        Outcome second = write("second");

        client.isIdle();

        await().until(() -> !client.socket.isOpen());
        await().until(second::hasFailed);
        await().until(() -> client.failures().size() == 1);
        assertThat(client.completed()).isZero();
    }

    @Test
    void deadlineLeavesAViewerAloneThatHasTakenAll() {
        write("first");

        client.isIdle();
        client.isIdle();

        assertThat(write("second").isDrained()).isTrue();
        assertThat(client.body()).isEqualTo("firstsecond");
        assertThat(client.failures()).isEmpty();
    }

    @Test
    void brokenConnectionFailsTheWriteAndTheRequest() {
        write("first");
        IOException reset = new IOException("connection reset");
        client.socket.breaks(reset);

        Outcome second = write("second");

        assertThat(second.failures).containsExactly(reset);
        assertThat(second.drained).isZero();
        assertThat(client.failures()).containsExactly(reset);
    }

    @Test
    void cutClosesTheConnectionAndFailsTheWriteUnderWay() {
        write("first");
        client.socket.takesNoMoreThan(0);
        Outcome second = write("second");

        sink.cut();

        assertThat(client.socket.isOpen()).isFalse();
        assertThat(second.hasFailed()).isTrue();
        assertThat(client.failures())
                .singleElement()
                .satisfies(why -> assertThat(why)
                        .hasStackTraceContaining("this viewer took nothing while others needed the memory"));
    }

    @Test
    void resetOfAViewerThatWaitsEndsItsRequestAtOnceAndSendsNothingMore() {
        write("first");
        EofException why = new EofException("the stream was ended");

        sink.reset(why);

        assertThat(client.socket.isOpen()).isFalse();
        assertThat(client.socket.options).containsEntry(StandardSocketOptions.SO_LINGER, 0);
        assertThat(client.failures()).containsExactly(why);
        Outcome later = write("later");
        assertThat(later.failures)
                .singleElement()
                .satisfies(refused ->
                        assertThat(refused).isInstanceOf(EofException.class).hasMessage("this stream was ended"));
        assertThat(client.body()).isEqualTo("first");
    }

    @Test
    void resetDuringAWriteFailsThatOneAndTheRequestOnce() {
        write("first");
        client.socket.takesNoMoreThan(2);
        Outcome second = write("second");
        EofException why = new EofException("the stream was ended");

        sink.reset(why);

        assertThat(client.socket.options).containsEntry(StandardSocketOptions.SO_LINGER, 0);
        assertThat(second.hasFailed()).isTrue();
        assertThat(client.failures()).hasSize(1);
        sink.reset(why);
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void resetInsideTheDrainedCallbackEndsTheRequest() {
        write("first");
        EofException why = new EofException("the stream was ended");
        FrameSink.Completion resetting = new FrameSink.Completion() {
            @Override
            public void drained() {
                sink.reset(why);
            }

            @Override
            public void failed(Throwable cause) {
                throw new AssertionError(cause);
            }
        };

        sink.write(ByteBuffer.wrap(new byte[9]), false, resetting);

        assertThat(client.failures()).containsExactly(why);
        assertThat(client.completed()).isZero();
    }

    @Test
    void kernelHoldsOnePictureAndIsAskedForHalfAsItTakesTwice() {
        write("x".repeat(60_000));

        int onePicture = 60_000 * 17 / 16 + 4096 - (48 << 10);
        assertThat(client.socket.options).containsEntry(StandardSocketOptions.SO_SNDBUF, onePicture / 2);
    }

    @Test
    void kernelHoldsMoreForAViewerThatGetsMoreFramesByIt() {
        byte[] picture = new byte[60_000];
        List<Object> limits = new ArrayList<>();
        for (int i = 0; i < 60; i++) { // each waits until the kernel has room: the buffer is full
            client.socket.takesNoMoreThan(0);
            Outcome outcome = new Outcome();
            sink.write(ByteBuffer.wrap(picture), false, outcome);
            limits.add(client.socket.options.get(StandardSocketOptions.SO_SNDBUF));
            now += SECOND / 10;
            client.takesOn(Integer.MAX_VALUE);
            assertThat(outcome.isDrained()).isTrue();
        }

        int one = 60_000 * 17 / 16 + 4096;
        int piece = 48 << 10;
        assertThat(limits.stream().distinct())
                .as("one picture, and for a try two")
                .containsExactly((one - piece) / 2, (2 * one - piece) / 2);
        assertThat(limits.getLast()).as("two brought nothing").isEqualTo(limits.getFirst());
    }

    @Test
    void connectionThatIsGoneIsFoundByTheWriteAndNotByItsOptions() {
        client.socket.refusesOptions();

        assertThat(write("first").isDrained()).isTrue();
        sink.reset(new EofException("the stream was ended"));

        assertThat(client.socket.isOpen()).isFalse();
    }
}
