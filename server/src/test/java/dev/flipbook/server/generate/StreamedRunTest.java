package dev.flipbook.server.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.server.FakeClient;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a streamed response ends: by its generator, by its reader, or by the server. The test runs each check. */
@Timeout(60)
class StreamedRunTest {

    /** Number of checks in half a second. */
    private static final int HALF_A_SECOND = 500 / 50;

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger over = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();
    private FakeClient client;
    private StreamedRun run;
    private Thread generator;

    @BeforeEach
    void connect() {
        client = new FakeClient(exchange -> {});
    }

    @AfterEach
    void close() throws Exception {
        released.countDown();
        client.close();
        if (generator != null) {
            generator.join();
        }
    }

    private StreamedRun prepare(StreamedResponse.Generator<StreamedText> writes) {
        StreamedResponse response = StreamedResponse.html(writes).withHeader("X-Mine", "1");
        Exchange exchange = client.ask("GET", "/page").exchange();
        exchange.response().setStatus(200);
        exchange.headers().put(HttpHeader.CONNECTION, "close");
        exchange.headers().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        exchange.headers().put("X-Mine", "1");
        run = new StreamedRun("/page", exchange, response, response.answer(exchange), one -> {
            assertThat(one).isSameAs(run);
            over.incrementAndGet();
        });
        return run;
    }

    private void start(StreamedResponse.Generator<StreamedText> writes) {
        generator = Thread.ofVirtual().start(prepare(writes));
    }

    /** A generator that waits until the test ends, and counts the interrupts that it gets. */
    private void waits(StreamedText out) throws IOException {
        out.write("first");
        while (released.getCount() > 0) {
            try {
                released.await();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
            }
        }
    }

    private void check(int times) {
        for (int i = 0; i < times; i++) {
            run.check();
        }
    }

    @Test
    void generatorThatReturnsEndsTheResponse() {
        prepare(out -> out.write("all")).run();

        assertThat(client.body()).isEqualTo("3\r\nall\r\n0\r\n\r\n");
        assertThat(client.completed()).isEqualTo(1);
        assertThat(client.failures()).isEmpty();
        assertThat(over).hasValue(1);
    }

    @Test
    void kernelHoldsAKnownNumberOfBytes() {
        prepare(out -> out.write("all")).run();

        assertThat(client.socket.options).containsEntry(StandardSocketOptions.SO_SNDBUF, 128 << 10);
    }

    @Test
    void connectionWithoutOptionsIsWrittenToAllTheSame() {
        client.socket.refusesOptions();
        prepare(out -> out.write("all")).run();

        assertThat(client.body()).contains("all");
    }

    @Test
    void generatorThatWritesNothingGivesAnEmptyBodyWithALength() {
        prepare(out -> {}).run();

        assertThat(client.headers()).containsEntry("Content-Length", "0").doesNotContainKey("Transfer-Encoding");
        assertThat(client.body()).isEmpty();
        assertThat(client.completed()).isEqualTo(1);
    }

    @Test
    void failureBeforeTheFirstByteIsASentenceWithStatus500() {
        prepare(out -> {
                    throw new IllegalStateException("secret");
                })
                .run();

        assertThat(client.head()).startsWith("HTTP/1.1 500 ");
        assertThat(client.headers()).doesNotContainKeys("Transfer-Encoding", "X-Mine");
        assertThat(client.body())
                .isEqualTo("the page '/page' failed before its first byte; the log of its server says more\n");
        assertThat(over).hasValue(1);
    }

    @Test
    void badRequestBeforeTheFirstByteIsAnsweredWithItsSentence() {
        prepare(out -> {
                    throw new BadRequestException("n is a number");
                })
                .run();

        assertThat(client.head()).startsWith("HTTP/1.1 400 ");
        assertThat(client.body()).isEqualTo("n is a number\n");
    }

    @Test
    void errorOfHttpBeforeTheFirstByteIsAnsweredAsItIs() {
        prepare(out -> {
                    throw new HttpError(404, "there is no such row");
                })
                .run();

        assertThat(client.head()).startsWith("HTTP/1.1 404 ");
        assertThat(client.body()).isEqualTo("there is no such row\n");
    }

    @Test
    void missingMemoryBeforeTheFirstByteIsTheRequestsFailure() {
        OutOfMemoryError none = new OutOfMemoryError("Java heap space");
        prepare(out -> {
                    throw none;
                })
                .run();

        assertThat(client.failures()).containsExactly(none);
        assertThat(over).hasValue(1);
    }

    @Test
    void failureAfterTheFirstByteShowsWhatThereIsAndBreaksTheConnection() {
        IOException gone = new IOException("the table is gone");
        prepare(out -> {
                    out.write("first");
                    out.write(" row");
                    throw gone;
                })
                .run();

        assertThat(client.body()).startsWith("5\r\nfirst\r\n4\r\n row").doesNotContain("0\r\n\r\n");
        assertThat(client.failures()).containsExactly(gone);
        assertThat(client.completed()).isZero();
        assertThat(over).hasValue(1);
    }

    @Test
    void whatIsWrittenIsSentByTheNextCheck() {
        start(out -> {
            out.write("first");
            out.write("second");
            waits(out);
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        assertThat(client.socket.written()).doesNotContain("second");

        check(1);

        assertThat(client.socket.written()).contains("secondfirst");
    }

    @Test
    void readerThatHasLeftIsNoticedWithinHalfASecondAndTheGeneratorInterruptedAfterAnother() {
        start(this::waits);
        await().until(() -> generator.getState() == Thread.State.WAITING);
        client.socket.receivesTheEnd();

        check(2 * HALF_A_SECOND - 1);
        assertThat(interrupts).hasValue(0);
        check(1);
        await().untilAsserted(() -> assertThat(interrupts).hasValue(1));
        check(4 * HALF_A_SECOND);
        released.countDown();
        await().untilAsserted(() -> assertThat(over).hasValue(1));

        assertThat(interrupts).as("once: it may have to clean up").hasValue(1);
        assertThat(client.failures())
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessage("the reader has left"));
    }

    @Test
    void nextWriteAfterTheReaderHasLeftFails() {
        List<String> thrown = new ArrayList<>();
        start(out -> {
            out.write("first");
            released.await();
            try {
                out.write("second");
            } catch (IOException e) {
                thrown.add(e.getMessage());
                throw e;
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        client.socket.receivesTheEnd();
        check(HALF_A_SECOND - 1);
        assertThat(client.failures()).isEmpty();
        check(1);

        released.countDown();

        await().untilAsserted(() -> assertThat(over).hasValue(1));
        assertThat(thrown).containsExactly("the reader has left");
        assertThat(client.socket.written()).doesNotContain("second");
    }

    @Test
    void readerWhoseConnectionIsBrokenHasLeft() {
        start(this::waits);
        await().until(() -> generator.getState() == Thread.State.WAITING);
        client.socket.breaks(new IOException("connection reset"));

        check(2 * HALF_A_SECOND);

        await().untilAsserted(() -> assertThat(interrupts).hasValue(1));
    }

    @Test
    void readerThatIsThereLetsTheGeneratorPauseForAsLongAsItLikes() {
        start(this::waits);
        await().until(() -> generator.getState() == Thread.State.WAITING);
        client.socket.receives("what nobody asked for");

        check(20 * HALF_A_SECOND);
        client.isIdle();
        check(20 * HALF_A_SECOND);
        released.countDown();

        await().untilAsserted(() -> assertThat(over).hasValue(1));
        assertThat(interrupts).hasValue(0);
        assertThat(client.completed()).isEqualTo(1);
        assertThat(client.body()).endsWith("0\r\n\r\n");
    }

    @Test
    void serverThatStopsEndsItWithTheNextWriteAndSaysWhy() {
        start(out -> {
            out.write("first");
            released.await();
            out.write("second");
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);

        run.end("the server is stopping");
        released.countDown();

        await().untilAsserted(() -> assertThat(over).hasValue(1));
        assertThat(client.failures())
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessage("the server is stopping"));
    }

    @Test
    void generatorThatHasReturnedIsNotInterruptedWhileItsLastBytesLeave() {
        client.socket.takesNoMoreThan(0);
        start(out -> out.write("all"));
        await().until(() -> generator.getState() == Thread.State.WAITING);
        client.socket.receivesTheEnd();

        check(HALF_A_SECOND);

        await().untilAsserted(() -> assertThat(over).hasValue(1));
        assertThat(client.failures())
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessage("the reader has left"));
    }
}
