package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.SnapshotMemory.FullException;
import dev.flipbook.variant.FakeMaker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Snapshots that are written to a sink, out of the memory that viewers share. */
@Timeout(180)
class WrittenSnapshotTest {

    private static final int BLOCK = 4096;
    private static final Variant SMALL = new Variant(32, 0, 0, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FakeMaker maker = new FakeMaker();
    private final Stage stage = Stage.forVariants(null, maker::open);
    private final Feed feed = stage.feed;

    @AfterEach
    void allMemoryIsGivenBack() {
        stage.close();
        assertThat(stage.pool.usedBytes()).isZero();
        assertThat(stage.pool.snapshots().loans()).isEmpty();
    }

    @Test
    void thePictureIsWrittenAloneAndWithoutACopy() {
        feed.publish(FakeMaker.picture(1));
        FakeSink sink = FakeSink.slow();

        CompletableFuture<Void> begun = write(Variant.ORIGINAL, "a", sink);

        assertThat(begun).isCompleted();
        assertThat(sink.slice().isDirect()).isTrue();
        assertThat(sink.told()).containsExactly("1");
        assertThat(sink.ended()).isTrue();
        assertThat(sink.bytes()).isEqualTo(FakeMaker.picture(1));
        assertThat(stage.pool.usedBytes()).isEqualTo(BLOCK);
        sink.drain();
    }

    @Test
    void itsMemoryCountsUntilTheReaderHasItAll() {
        feed.publish(FakeMaker.picture(1));
        FakeSink drains = FakeSink.slow();
        FakeSink fails = FakeSink.slow();
        begin(feed, drains);
        feed.publish(FakeMaker.picture(2));
        begin(feed, fails);
        feed.publish(FakeMaker.picture(3));
        assertThat(stage.pool.usedBytes()).isEqualTo(3 * BLOCK);

        drains.drain();
        assertThat(stage.pool.usedBytes()).isEqualTo(2 * BLOCK);
        fails.fail();
        assertThat(stage.pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void aSnapshotOutlivesItsFeed() {
        feed.publish(FakeMaker.picture(1));
        FakeSink sink = FakeSink.slow();
        begin(feed, sink);

        feed.close();

        assertThat(stage.pool.usedBytes()).isEqualTo(BLOCK);
        sink.drain(); // looks at the bytes again
    }

    @Test
    void whoReadsNothingIsRefusedFurtherPicturesAndOthersAreNot() {
        Stage small = Stage.forProgram(64 * BLOCK);
        List<FakeSink> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            small.publish(i);
            slow.add(FakeSink.slow());
            begin(small.feed, slow.get(i));
        }
        small.publish(9);
        FakeSink one = FakeSink.slow();

        CompletableFuture<Void> more = write(small.feed, Variant.ORIGINAL, "greedy", one);

        assertThatThrownBy(more::get)
                .hasCauseInstanceOf(FullException.class)
                .hasMessageContaining("the snapshots that are being sent hold all the memory that they may");
        assertThat(one.writes()).isEmpty();
        assertThat(one.told()).isEmpty();
        assertThat(write(small.feed, Variant.ORIGINAL, "other", FakeSink.quick()))
                .isCompleted();
        slow.forEach(FakeSink::drain);
        assertThat(write(small.feed, Variant.ORIGINAL, "greedy", FakeSink.quick()))
                .isCompleted();
        small.close();
        assertThat(small.pool.usedBytes()).isZero();
    }

    @Test
    void whoIsGivenUpInTheirFavourIsCut() {
        Stage small = Stage.forProgram(64 * BLOCK);
        List<FakeSink> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            small.publish(i);
            slow.add(FakeSink.slow());
            begin(small.feed, slow.get(i));
        }
        small.pass(Duration.ofMillis(1100));
        small.publish(9);

        assertThat(write(small.feed, Variant.ORIGINAL, "greedy", FakeSink.quick()))
                .isCompleted();

        assertThat(slow.get(0).busy()).isFalse();
        assertThat(slow.subList(1, 8)).allMatch(FakeSink::busy);
        slow.subList(1, 8).forEach(FakeSink::drain);
        small.close();
        assertThat(small.pool.usedBytes()).isZero();
    }

    @Test
    void aSinkThatThrowsFailsItsOwnSnapshotAlone() {
        List<FakeSink> others = new ArrayList<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.add(FakeSink.quick());
            answers.add(write(Variant.ORIGINAL, "a", others.get(i)));
            answers.add(write(Variant.ORIGINAL, "b", new Failing(new OutOfMemoryError("Java heap space"))));
            answers.add(write(Variant.ORIGINAL, "b", new Failing(new IllegalStateException("gone"))));
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);

        feed.publish(FakeMaker.picture(1));

        assertThat(others).allSatisfy(sink -> assertThat(sink.bytes()).isEqualTo(FakeMaker.picture(1)));
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThatThrownBy(answers.get(1)::get).hasCauseInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(answers.get(2)::get).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(stage.pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void whoStopsWaitingIsNotWrittenTo() {
        FakeSink sink = FakeSink.quick();
        CompletableFuture<Void> begun = write(SMALL, "a", sink);
        assertThat(feed.watched()).isTrue();

        begun.cancel(false);
        stage.pass(Duration.ofMillis(100));
        assertThat(feed.watched()).isFalse();
        feed.publish(FakeMaker.picture(1));

        assertThat(sink.writes()).isEmpty();
    }

    @Test
    void aSnapshotOfAFeedWithoutAPictureSaysWhy() {
        CompletableFuture<Void> begun = write(Variant.ORIGINAL, "a", FakeSink.quick());

        stage.pass(Duration.ofSeconds(6));

        assertThatThrownBy(begun::get).hasCause(new IOException("nothing has been published yet"));
    }

    @Test
    void equalVariantsAreReadOutOfOneBlockThatCounts() {
        feed.publish(FakeMaker.picture(1));
        stage.beBusy();
        List<FakeSink> sinks = List.of(FakeSink.slow(), FakeSink.slow());
        var unused = sinks.stream().map(sink -> write(SMALL, "a", sink)).toList();
        feed.publish(FakeMaker.picture(2));
        assertThat(stage.pool.usedBytes()).as("the picture of which it is made").isEqualTo(2 * BLOCK);
        stage.encodeNext();

        assertThat(maker.made).hasValue(1);
        assertThat(stage.pool.usedBytes()).as("what was made of it").isEqualTo(2 * BLOCK);
        assertThat(sinks).allSatisfy(sink -> {
            assertThat(sink.slice().isDirect()).isTrue();
            assertThat(sink.told()).containsExactly("1");
            assertThat(Pictures.number(sink.bytes())).isEqualTo(FakeMaker.number(1, 4, 0, 0));
        });
        sinks.get(0).drain();
        assertThat(stage.pool.usedBytes()).isEqualTo(2 * BLOCK);
        sinks.get(1).fail();
        assertThat(stage.pool.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void aVariantThatFindsNoMemoryIsRefused() {
        Stage small = Stage.forProgram(2 * BLOCK);
        small.feed.publish(Pictures.jpeg(64, 48));
        small.beBusy();
        CompletableFuture<Void> begun = write(small.feed, SMALL, "a", FakeSink.quick());
        var taken = small.takeMemory();

        small.encodeNext();

        assertThatThrownBy(begun::get).hasCauseInstanceOf(FullException.class);
        taken.release();
        small.close();
        assertThat(small.pool.usedBytes()).isZero();
    }

    /** One that begins at once, for a client that has others. */
    private static void begin(Feed feed, FrameSink sink) {
        assertThat(write(feed, Variant.ORIGINAL, "greedy", sink)).isCompleted();
    }

    private CompletableFuture<Void> write(Variant variant, String reader, FrameSink sink) {
        return write(feed, variant, reader, sink);
    }

    private static CompletableFuture<Void> write(Feed feed, Variant variant, String reader, FrameSink sink) {
        return feed.snapshot(variant, Optional.empty(), PATIENCE, reader, sink);
    }

    /** A connection that cannot be written to. */
    private record Failing(Throwable why) implements FrameSink {

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            if (why instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) why;
        }
    }
}
