package dev.flipbook.spring;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink.Completion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Mono;

/** A viewer's response on a server that is given copies: what it takes, in which order, and how it ends. */
@Timeout(180)
class CopiedFrameFlowTest {

    /** What happened, in order. */
    private final List<String> done = new CopyOnWriteArrayList<>();

    private final FrameFlow flow = flow(Duration.ofHours(1));
    private @Nullable Subscription subscription;

    private final Subscriber<Publisher<DataBuffer>> server = new Subscriber<>() {
        @Override
        public void onSubscribe(Subscription begun) {
            subscription = begun;
        }

        @Override
        public void onNext(Publisher<DataBuffer> frame) {
            Mono.from(frame).subscribe(bytes -> done.add("frame " + bytes.toString(US_ASCII)));
        }

        @Override
        public void onError(Throwable why) {
            done.add("error: " + why.getMessage());
        }

        @Override
        public void onComplete() {
            done.add("complete");
        }
    };

    private final Completion completion = new Completion() {
        @Override
        public void drained() {
            done.add("drained");
        }

        @Override
        public void failed(Throwable cause) {
            done.add("failed: " + cause.getMessage());
        }
    };

    private FrameFlow flow(Duration patience) {
        return new FrameFlow(
                sink -> done.add("watched"), new DefaultDataBufferFactory(), () -> done.add("cut"), patience);
    }

    private void request(long count) {
        Objects.requireNonNull(subscription).request(count);
    }

    private ByteBuffer write(String frame, boolean last) {
        ByteBuffer slice = ByteBuffer.wrap(frame.getBytes(US_ASCII));
        flow.write(slice, last, completion);
        return slice;
    }

    @Test
    void aFrameGoesOutWhenTheServerAsksAndHasDrainedWhenItAsksAgain() {
        flow.subscribe(server);
        ByteBuffer slice = write("one", false);
        assertThat(done).containsExactly("watched");
        request(1);
        assertThat(done).containsExactly("watched", "frame one");
        assertThat(slice.remaining()).as("others read it too").isEqualTo(3);
        request(1);
        assertThat(done).containsExactly("watched", "frame one", "drained");
        write("two", false);
        assertThat(done).last().isEqualTo("frame two");
        request(1);
        write("three", false);
        assertThat(done).endsWith("drained", "frame three");
    }

    @Test
    void aServerThatAsksForAllGetsOneAfterTheOther() {
        flow.subscribe(server);
        request(Long.MAX_VALUE);
        write("one", false);
        assertThat(done).containsExactly("watched", "frame one");
        request(Long.MAX_VALUE);
        assertThat(done).last().isEqualTo("drained");
        write("two", false);
        assertThat(done).last().isEqualTo("frame two");
    }

    @Test
    void theLastFrameEndsTheResponse() {
        flow.subscribe(server);
        request(1);
        write("one", true);
        request(1);
        assertThat(done).containsExactly("watched", "frame one", "drained", "complete");
        write("two", false);
        assertThat(done).last().isEqualTo("failed: the viewer has gone");
        flow.fail(new IllegalStateException("too late"));
        assertThat(done).last().isEqualTo("failed: the viewer has gone");
    }

    @Test
    void anEndWithoutAFrameEndsTheResponseToo() {
        flow.subscribe(server);
        request(1);
        write("", true);
        assertThat(done).containsExactly("watched", "drained", "complete");
    }

    @Test
    void aViewerThatLeavesGetsNothingMore() {
        flow.subscribe(server);
        write("one", false);
        Objects.requireNonNull(subscription).cancel();
        assertThat(done).containsExactly("watched", "failed: the viewer has gone");
        write("two", false);
        request(1);
        assertThat(done).containsExactly("watched", "failed: the viewer has gone", "failed: the viewer has gone");
    }

    @Test
    void aCopyThatIsUnderWayFailsWhenTheViewerLeaves() {
        flow.subscribe(server);
        request(1);
        write("one", false);
        Objects.requireNonNull(subscription).cancel();
        assertThat(done).containsExactly("watched", "frame one", "failed: the viewer has gone");
    }

    @Test
    void whyThereIsNothingIsReportedOnce() {
        flow.subscribe(server);
        flow.fail(new IllegalStateException("no picture"));
        flow.fail(new IllegalStateException("again"));
        assertThat(done).containsExactly("watched", "error: no picture");
        write("one", false);
        assertThat(done).last().isEqualTo("failed: the viewer has gone");
    }

    @Test
    void aFeedThatCannotBeWatchedIsAnError() {
        FrameFlow refused = new FrameFlow(
                sink -> {
                    throw new IllegalStateException("the feeds are closed");
                },
                new DefaultDataBufferFactory(),
                () -> done.add("cut"));
        refused.subscribe(server);
        assertThat(done).containsExactly("error: the feeds are closed");
        refused.write(ByteBuffer.allocate(1), false, completion);
        assertThat(done).last().isEqualTo("failed: the viewer has gone");
    }

    @Test
    void aCutEndsTheConnection() {
        flow.cut();
        assertThat(done).containsExactly("cut");
    }

    @Test
    void aViewerThatTakesNothingForItsTimeIsCut() {
        FrameFlow impatient = flow(Duration.ofMillis(50));
        impatient.subscribe(server);
        request(1);
        impatient.write(ByteBuffer.wrap("one".getBytes(US_ASCII)), false, completion);
        await().until(() -> done.stream().anyMatch(what -> what.startsWith("error")));
        assertThat(done)
                .containsExactly(
                        "watched",
                        "frame one",
                        "failed: the viewer has gone",
                        "cut",
                        "error: the viewer took nothing for 0 s");
    }
}
