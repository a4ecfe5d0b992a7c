package dev.flipbook.server.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.server.FakeResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When the output of a generator is sent, in how many writes, and which side waits for the other. */
@Timeout(60)
class StreamedBodyTest {

    private static final int PIECE = 16 << 10;
    /** Number of checks in 15 s. */
    private static final int SILENCE = 15_000 / 50;

    private final FakeResponse response = new FakeResponse();
    private StreamedBody body = new StreamedBody(response, "");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void put(String text) throws IOException {
        body.put(bytes(text));
    }

    private void check(int times) {
        for (int i = 0; i < times; i++) {
            body.check();
        }
    }

    // when bytes leave

    @Test
    void firstBytesLeaveAtOnce() throws IOException {
        assertThat(body.begun()).isFalse();

        put("first");

        assertThat(response.writes()).containsExactly("first");
        assertThat(body.begun()).isTrue();
    }

    @Test
    void bytesAfterThemAreSentTogetherByTheNextCheck() throws IOException {
        put("first");
        put("a");
        put("b");
        put("c");
        assertThat(response.writes()).containsExactly("first");

        body.check();

        assertThat(response.writes()).containsExactly("first", "abc");
        assertThat(body.taken()).isEqualTo(8);
    }

    @Test
    void bytesAfterAnIdleCheckAreSentAtOnce() throws IOException {
        put("first");
        put("a");
        check(1); // sends it
        put("b");
        assertThat(response.writes()).as("written since the last look").containsExactly("first", "a");
        check(2); // the second check finds nothing new

        put("c");

        assertThat(response.writes()).containsExactly("first", "a", "b", "c");
    }

    @Test
    void oneCheckAfterBytesIsNotAPause() throws IOException {
        put("first");
        check(1);

        put("a");

        assertThat(response.writes()).containsExactly("first");
    }

    @Test
    void fullPieceIsSentWithoutACheck() throws IOException {
        put("first");
        put("x".repeat(PIECE - 1));
        put("y");
        assertThat(response.writes()).as("full, and nothing more has come").hasSize(1);

        put("z");

        assertThat(response.writes()).containsExactly("first", "x".repeat(PIECE - 1) + "y");
        body.check();
        assertThat(response.writes().getLast()).isEqualTo("z");
    }

    @Test
    void bytesThatDoNotFitAreDividedAndKeepTheirOrder() throws IOException {
        put("first");
        put("a".repeat(PIECE - 10));
        put("b".repeat(25));

        body.check();

        assertThat(response.writes()).containsExactly("first", "a".repeat(PIECE - 10) + "b".repeat(10), "b".repeat(15));
    }

    @Test
    void whatFillsAPieceByItselfIsSentAsItIs() throws IOException {
        byte[] large = bytes("x".repeat(PIECE));

        body.put(large);

        assertThat(response.lastGiven().array()).as("not copied").isSameAs(large);
        assertThat(response.writes()).containsExactly("x".repeat(PIECE));
        put("y".repeat(PIECE - 1));
        assertThat(response.lastGiven().array()).as("copied").hasSize(PIECE).isNotSameAs(large);
    }

    @Test
    void whatIsLargerThanThePieceThatIsFilledSendsBothInTheirOrder() throws IOException {
        put("first");
        put("begin ");
        put("x".repeat(3 * PIECE) + " end");

        body.check();

        assertThat(response.written()).isEqualTo("firstbegin " + "x".repeat(3 * PIECE) + " end");
        assertThat(response.writes())
                .as("first, a full piece, and the rest as it is")
                .hasSize(3);
    }

    @Test
    void flushSendsAtOnceAndOnlyWhatThereIs() throws IOException {
        put("first");
        body.flush();
        assertThat(response.writes()).hasSize(1);
        put("a");

        body.flush();

        assertThat(response.writes()).containsExactly("first", "a");
    }

    // the sign of life, and the head before the first byte

    @Test
    void headIsSentByTheFirstCheckWithASignOfLife() {
        body = new StreamedBody(response, ":\n\n");

        body.check();

        assertThat(response.writes()).containsExactly(":\n\n");
        assertThat(body.begun()).isTrue();
    }

    @Test
    void withoutASignOfLifeNothingIsSentBeforeTheFirstByte() {
        check(2 * SILENCE);

        assertThat(response.writes()).isEmpty();
        assertThat(body.begun()).isFalse();
    }

    @Test
    void signOfLifeIsSentAfterEach15SecondsWithoutAByte() throws IOException {
        body = new StreamedBody(response, ":\n\n");
        put("event");

        check(SILENCE - 1);
        assertThat(response.writes()).containsExactly("event");
        check(1);
        assertThat(response.writes()).containsExactly("event", ":\n\n");
        check(SILENCE - 1);
        assertThat(response.writes()).hasSize(2);
        check(1);
        assertThat(response.writes()).containsExactly("event", ":\n\n", ":\n\n");
    }

    @Test
    void bytesPutOffTheSignOfLife() throws IOException {
        body = new StreamedBody(response, ":\n\n");
        put("event");
        check(SILENCE - 1);
        put("another");
        check(SILENCE - 1);

        assertThat(response.writes()).containsExactly("event", "another");
    }

    @Test
    void noSignOfLifeIsSentIntoAWriteThatIsUnderWay() throws IOException {
        body = new StreamedBody(response, ":\n\n");
        response.hold();
        put("event");

        check(2 * SILENCE);

        assertThat(response.writes()).containsExactly("event");
    }

    // who waits

    @Test
    void generatorWaitsWhenBothPiecesAreFull() throws InterruptedException {
        response.hold();
        AtomicInteger put = new AtomicInteger();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    body.put(new byte[1024]);
                    put.incrementAndGet();
                }
            } catch (IOException e) {
                put.set(-1); // the test has ended
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING && put.get() == 17);
        assertThat(response.writes()).as("the first leaves by itself").hasSize(1);

        response.take(); // and the 16 KiB that were filled go on their way

        await().until(() -> generator.getState() == Thread.State.WAITING && put.get() == 33);
        assertThat(response.writes()).hasSize(2);
        assertThat(response.writes().getLast()).hasSize(PIECE);
        body.lose(new IOException("the test has ended"));
        generator.join();
    }

    @Test
    void whatIsSentAsItIsWaitsUntilItIsTaken() throws InterruptedException {
        response.hold();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                body.put(new byte[PIECE]);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        assertThat(response.writes()).hasSize(1);

        response.take();

        generator.join();
    }

    @Test
    void checkSendsNothingWhileAWriteIsUnderWay() throws IOException {
        response.hold();
        put("first");
        put("a");

        check(2);
        assertThat(response.writes()).containsExactly("first");
        response.take();
        check(1);

        assertThat(response.writes()).containsExactly("first", "a");
    }

    @Test
    void checkDoesNotWaitForAGeneratorThatIsWriting() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        body = new StreamedBody(response, ":\n\n", lock);
        lock.lock(); // as the generator does while its bytes are copied
        try {
            Thread checks = Thread.ofVirtual().start(body::check);

            assertThat(checks.join(Duration.ofSeconds(30))).isTrue();
            assertThat(response.writes()).isEmpty();
        } finally {
            lock.unlock();
        }
        body.check();
        assertThat(response.writes()).containsExactly(":\n\n");
        assertThat(lock.isLocked()).isFalse();
    }

    /**
     * A thread that lets others run parks for a moment, which uses up a permit that was given before. So the second
     * park of the test shows whether there was a first one.
     */
    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void generatorOnAVirtualThreadYieldsOnceAfterEachCheck(int looks, boolean parks) throws Exception {
        Thread generator = Thread.ofVirtual().unstarted(() -> {
            try {
                put("first");
                check(looks);
                LockSupport.unpark(Thread.currentThread());
                put("second");
                LockSupport.park();
                LockSupport.unpark(Thread.currentThread());
                put("third"); // there was no look in between
                LockSupport.park();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        generator.start();

        if (parks) {
            await().until(() -> generator.getState() == Thread.State.WAITING);
            LockSupport.unpark(generator);
        }

        assertThat(generator.join(Duration.ofSeconds(30))).isTrue();
        assertThat(response.writes().getFirst()).isEqualTo("first");
    }

    @Test
    void generatorOnAThreadOfItsOwnNeedNotLetOthersRun() throws Exception {
        Thread generator = Thread.ofPlatform().start(() -> {
            try {
                check(1);
                LockSupport.unpark(Thread.currentThread());
                put("first");
                LockSupport.park(); // returns at once if the permit has not been used
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(generator.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void finishSendsTheRestAsTheLastAndWaitsUntilItIsTaken() throws Exception {
        put("first");
        put("rest");
        response.hold();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                body.finish();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        assertThat(response.writes()).containsExactly("first", "rest");
        assertThat(response.ended()).isTrue();

        response.take();

        generator.join();
        assertThatThrownBy(() -> put("more")).isInstanceOf(IOException.class).hasMessage("the response has ended");
        assertThatThrownBy(body::finish).hasMessage("the response has ended");
    }

    @Test
    void finishOfNothingIsAnEmptyLastWrite() throws IOException {
        body.finish();

        assertThat(response.writes()).containsExactly("");
        assertThat(response.ended()).isTrue();
    }

    @Test
    void nothingButTheEndIsTheLastWrite() throws IOException {
        put("first");
        put("x".repeat(3 * PIECE));
        body.flush();
        body.drain();

        assertThat(response.ended()).isFalse();
    }

    @Test
    void drainSendsTheRestAndWaitsUntilItIsTaken() throws Exception {
        put("first");
        put("rest");
        response.hold();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                body.drain();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        assertThat(response.writes()).containsExactly("first", "rest");

        response.take();

        generator.join();
        body.drain();
        assertThat(response.writes()).as("there is nothing more").hasSize(2);
    }

    // who has left

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readerThatLeavesFailsTheWaitingWriteAndAllAfterIt(boolean byFailure) throws Exception {
        response.hold();
        put("first");
        AtomicReference<IOException> thrown = new AtomicReference<>();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                body.put(new byte[3 * PIECE]);
            } catch (IOException e) {
                thrown.set(e);
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);
        assertThat(body.lost()).isNull();

        IOException reset = new IOException("connection reset");
        if (byFailure) {
            response.fail(reset);
        } else {
            body.lose(reset);
        }

        generator.join();
        String why = byFailure ? "the reader has left, or took nothing for too long" : "connection reset";
        assertThat(thrown.get()).hasMessage(why).hasRootCause(reset);
        assertThat(body.lost()).isNotNull().hasMessage(why);
        assertThatThrownBy(() -> put("more")).isInstanceOf(IOException.class).hasMessage(why);
        assertThatThrownBy(body::flush).hasMessage(why);
        assertThatThrownBy(body::finish).hasMessage(why);
        check(2 * SILENCE);
        assertThat(response.writes()).containsExactly("first");
    }

    @Test
    void firstReasonStays() throws IOException {
        response.hold();
        put("first");
        body.lose(new IOException("the server is stopping"));
        body.lose(new IOException("another"));
        response.fail(new IOException("connection reset"));

        assertThat(body.lost()).isNotNull().hasMessage("the server is stopping");
    }

    @Test
    void nothingIsSentToAReaderThatHasLeftWhileItWasIdle() throws IOException {
        body = new StreamedBody(response, ":\n\n");
        put("first");
        put("a");
        body.lose(new IOException("the reader has left"));

        check(2 * SILENCE);

        assertThat(response.writes()).containsExactly("first");
        assertThatThrownBy(body::drain).hasMessage("the reader has left");
    }

    @Test
    void waitingGeneratorThatIsInterruptedLearnsItAndStaysInterrupted() throws Exception {
        response.hold();
        put("first");
        AtomicReference<IOException> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread generator = Thread.ofVirtual().start(() -> {
            try {
                body.put(new byte[3 * PIECE]);
            } catch (IOException e) {
                thrown.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        await().until(() -> generator.getState() == Thread.State.WAITING);

        generator.interrupt();

        generator.join();
        assertThat(thrown.get())
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("interrupted while the reader takes nothing")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void takenCountsEveryByteThatWasGiven() throws IOException {
        put("first");
        body.put(new byte[2 * PIECE]);
        assertThat(body.taken()).isEqualTo(5 + 2 * PIECE);
        put("x"); // lies here until the look
        assertThat(body.taken()).isEqualTo(5 + 2 * PIECE);
        body.check();
        assertThat(body.taken()).isEqualTo(6 + 2 * PIECE);
    }

    @Test
    void endOfAWriteBlocksNoThreadOfJetty() {
        assertThat(body.getInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
    }
}
