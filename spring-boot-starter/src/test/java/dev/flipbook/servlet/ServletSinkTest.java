package dev.flipbook.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ServletSinkTest {

    /** Longer than anything here takes on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(60);

    private final FakeContainer container = new FakeContainer();
    private final List<FrameSink> begun = new ArrayList<>();

    private FrameSink opened() throws IOException {
        return opened(Duration.ofHours(1)); // nothing that waits comes to an end by itself
    }

    private FrameSink opened(Duration patience) throws IOException {
        ServletSink.open(begun::add, patience.toNanos(), container.async, container.response);
        container.takes(container.room);
        return begun.get(0);
    }

    private static ByteBuffer frame(int length) {
        byte[] bytes = new byte[length + 7];
        for (int i = 0; i < length; i++) {
            bytes[i + 3] = (byte) (i + 1);
        }
        return ByteBuffer.wrap(bytes, 3, length);
    }

    private void assertSent(int length) {
        byte[] expected = new byte[length];
        frame(length).get(expected);
        assertThat(container.sent.toByteArray()).isEqualTo(expected);
    }

    private AsyncEvent event(@Nullable Throwable cause) {
        return new AsyncEvent(container.async, cause);
    }

    private AsyncListener listener() {
        return container.listeners.get(0);
    }

    @Test
    void theViewerBeginsOnceWhenTheContainerIsReady() throws IOException {
        ServletSink.open(begun::add, container.async, container.response);
        assertThat(begun).isEmpty();
        container.takes(9);
        container.takes(9);
        assertThat(begun).hasSize(1);
        assertThat(container.done).isEmpty();
        assertThat(container.buffer).isEqualTo(32768);
    }

    @Test
    void aFrameGoesOutInPiecesThatFitIntoTheBufferEachFlushed() throws IOException {
        opened().write(frame(25), false, container.completion);
        assertThat(container.done)
                .containsExactly("write 10", "flush", "write 10", "flush", "write 5", "flush", "drained");
        assertSent(25);
    }

    @Test
    void aContainerWithoutABufferGetsBytesAllTheSame() throws IOException {
        container.givenBuffer = 0;
        opened().write(frame(2), false, container.completion);
        assertThat(container.done).containsExactly("write 1", "flush", "write 1", "flush", "drained");
    }

    @Test
    void whatTheContainerDoesNotTakeWaitsUntilItCallsBack() throws IOException {
        FrameSink sink = opened();
        container.room = 1;
        sink.write(frame(20), false, container.completion);
        assertThat(container.done).containsExactly("write 10");
        container.takes(2);
        assertThat(container.done).containsExactly("write 10", "flush", "write 10");
        container.takes(1);
        assertThat(container.done).containsExactly("write 10", "flush", "write 10", "flush");
        container.takes(1);
        assertThat(container.done).last().isEqualTo("drained");
        assertSent(20);
    }

    @Test
    void aCallBackThatComesWhileAThreadIsInsideIsNotLost() throws IOException {
        FrameSink sink = opened();
        container.room = 1;
        container.whenFull = () -> {
            container.whenFull = () -> {};
            try {
                container.takes(9);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).containsExactly("write 10", "flush", "drained");
    }

    @Test
    void theNextFrameGoesOutAsTheFirstOne() throws IOException {
        FrameSink sink = opened();
        sink.write(frame(10), false, container.completion);
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).containsExactly("write 10", "flush", "drained", "write 10", "flush", "drained");
    }

    @Test
    void theLastFrameEndsTheResponse() throws IOException {
        FrameSink sink = opened();
        sink.write(frame(10), true, container.completion);
        assertThat(container.done).containsExactly("write 10", "flush", "drained", "complete");
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).last().isEqualTo("failed: the viewer has gone");
        container.takes(9);
        assertSent(10);
    }

    @Test
    void aResponseThatHasEndedByItselfNeedsNoEnd() throws IOException {
        FrameSink sink = opened();
        container.hasEnded = true;
        sink.write(frame(10), true, container.completion);
        assertThat(container.done).containsExactly("write 10", "flush", "drained");
    }

    @Test
    void aStreamThatBreaksFailsTheFrameAndTheContainerEndsIt() throws IOException {
        FrameSink sink = opened();
        container.broken = new IOException("broken pipe");
        sink.write(frame(10), true, container.completion);
        assertThat(container.done).containsExactly("failed: broken pipe");
        sink.write(frame(10), true, container.completion);
        assertThat(container.done).last().isEqualTo("failed: the viewer has gone");
        listener().onComplete(event(null)); // waits for nothing
    }

    @Test
    void anErrorOfTheStreamFailsWhatWaitsAndEndsTheResponse() throws IOException {
        FrameSink sink = opened();
        container.room = 0;
        sink.write(frame(10), false, container.completion);
        Objects.requireNonNull(container.writer).onError(new IOException("reset"));
        assertThat(container.done).containsExactly("failed: reset", "complete");
        container.takes(9);
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).last().isEqualTo("failed: the viewer has gone");
        assertSent(0);
    }

    @Test
    void anErrorOfTheRequestFailsWhatWaitsAndEndsTheResponse() throws IOException {
        FrameSink sink = opened();
        container.room = 0;
        sink.write(frame(10), false, container.completion);
        listener().onError(event(new IOException("aborted")));
        assertThat(container.done).containsExactly("failed: aborted", "complete");
    }

    @Test
    void aTimeOutFailsWhatWaitsAndEndsTheResponse() throws IOException {
        FrameSink sink = opened();
        container.room = 0;
        sink.write(frame(10), false, container.completion);
        listener().onTimeout(event(null));
        assertThat(container.done).containsExactly("failed: the viewer has gone", "complete");
    }

    @Test
    void theEndOfTheResponseFailsWhatWaits() throws IOException {
        FrameSink sink = opened();
        container.room = 0;
        sink.write(frame(10), false, container.completion);
        listener().onComplete(event(null));
        listener().onComplete(event(null));
        assertThat(container.done).containsExactly("failed: the response has ended");
    }

    @Test
    void theEndOfAResponseWithoutAFrameUnderWayFailsTheNextOne() throws IOException {
        FrameSink sink = opened();
        sink.write(frame(10), false, container.completion);
        listener().onComplete(event(null));
        assertThat(container.done).containsExactly("write 10", "flush", "drained");
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).last().isEqualTo("failed: the viewer has gone");
        assertSent(10);
    }

    @Test
    void aRequestThatStartsAgainIsListenedToAgain() throws IOException {
        opened();
        listener().onStartAsync(event(null));
        assertThat(container.listeners).containsExactly(listener(), listener());
    }

    @Test
    void theEndWaitsForTheThreadInsideTheStream() throws Exception {
        FrameSink sink = opened();
        List<Thread> ending = new ArrayList<>();
        container.inside = () -> {
            ending.add(endsFromElsewhere()); // two threads report the end
            ending.add(endsFromElsewhere());
            assertThat(ending).allMatch(ServletSinkTest::waitsForTheEnd);
        };
        sink.write(frame(10), false, container.completion);
        await().atMost(LONG).until(() -> ending.stream().noneMatch(Thread::isAlive));
        assertThat(container.done).containsExactly("write 10", "flush", "failed: the viewer has gone");
    }

    @Test
    void aFrameThatHasToWaitWhenTheEndComesFails() throws Exception {
        FrameSink sink = opened();
        List<Thread> ending = new ArrayList<>();
        container.room = 0;
        container.whenFull = () -> {
            if (ending.isEmpty()) {
                ending.add(endsFromElsewhere());
            }
        };
        sink.write(frame(10), false, container.completion);
        await().atMost(LONG).until(() -> !ending.get(0).isAlive());
        assertThat(container.done).containsExactly("failed: the viewer has gone");
    }

    @Test
    void aStreamThatBreaksAmidTheEndLetsTheEndGoOn() throws Exception {
        FrameSink sink = opened();
        List<Thread> ending = new ArrayList<>();
        container.inside = () -> ending.add(endsFromElsewhere());
        container.broken = new IOException("broken pipe");
        sink.write(frame(10), false, container.completion);
        await().atMost(LONG).until(() -> !ending.get(0).isAlive());
        assertThat(container.done).containsExactly("failed: broken pipe");
    }

    @Test
    void anEndThatHasWaitedForSoLongGoesOn() throws Exception {
        FrameSink sink = opened(Duration.ofNanos(1));
        container.inside = () -> {
            Thread ending = ends();
            await().atMost(LONG).until(() -> !ending.isAlive());
        };
        sink.write(frame(10), false, container.completion);
        assertThat(container.done).last().isEqualTo("failed: the viewer has gone");
    }

    /** A thread of the container that reports the end, and waits for the thread that is inside a write. */
    private Thread endsFromElsewhere() {
        Thread thread = ends();
        await().atMost(LONG).until(() -> !thread.isAlive() || waitsForTheEnd(thread));
        assertThat(thread.isAlive()).as("waits for the thread inside").isTrue();
        return thread;
    }

    private static boolean waitsForTheEnd(Thread thread) {
        return List.of(thread.getStackTrace()).toString().contains("awaitGone");
    }

    private Thread ends() {
        Thread thread = new Thread(() -> {
            try {
                listener().onComplete(event(null));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void onePictureGoesOutWhenTheContainerIsReadyAndEndsTheResponse() throws IOException {
        ServletSink.send(frame(15), container.completion, container.async, container.response);
        assertThat(container.done).isEmpty();
        container.takes(9);
        assertThat(container.done).containsExactly("write 10", "flush", "write 5", "flush", "drained", "complete");
        assertSent(15);
    }

    @Test
    void aFiltersResponseIsGoneRoundAfterItHasAddedItsHeaders() throws IOException {
        HttpServletResponseWrapper filter =
                new HttpServletResponseWrapper(new HttpServletResponseWrapper(container.response));
        ServletSink.send(frame(5), container.completion, container.async, filter);
        assertThat(container.done).containsExactly("head");
        container.takes(9);
        assertSent(5);
    }
}
