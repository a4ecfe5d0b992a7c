package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SnapshotRequestTest {

    private static final SnapshotRequest ANY =
            new SnapshotRequest(Variant.ORIGINAL, Optional.empty(), Duration.ofSeconds(5));

    private final FakeTicker ticker = new FakeTicker();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(1 << 20), ticker);
    private final Feed feed = feeds.feed("door");

    @AfterEach
    void end() {
        feeds.close();
    }

    @Test
    void theHeadersTellOfTheFrameAndForbidKeepingIt() {
        long captured = ticker.nanos();
        ticker.advance(Duration.ofMinutes(50).plusMillis(1234));

        Map<String, String> headers = ANY.headers(feed, 42, captured);

        assertThat(headers.keySet())
                .containsExactly("Content-Type", "Cache-Control", "X-Frame-Sequence", "X-Frame-Age-Ms", "X-Timestamp");
        assertThat(headers)
                .containsEntry("Content-Type", "image/jpeg")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("X-Frame-Sequence", "42")
                .containsEntry("X-Frame-Age-Ms", "3001234");
    }

    @Test
    void theTimestampIsWhenTheFrameWasTakenInSecondsWithMicroseconds() {
        Duration age = Duration.ofMinutes(50);
        long captured = ticker.nanos();
        ticker.advance(age);
        Instant before = Instant.now().minus(age);

        String written = ANY.headers(feed, 42, captured).getOrDefault("X-Timestamp", "");

        assertThat(written).matches("\\d+\\.\\d{6}");
        assertThat(new BigDecimal(written))
                .isBetween(micros(before), micros(Instant.now().minus(age)));
    }

    /** Seconds since 1970, cut off after microseconds. */
    private static BigDecimal micros(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano() / 1000, 6));
    }

    @Test
    void aRefusalNamesTheFeedTheAgeThatWasAskedForAndTheReason() {
        SnapshotRequest fresh =
                new SnapshotRequest(Variant.ORIGINAL, Optional.of(Duration.ofMillis(250)), Duration.ZERO);
        IOException why = new IOException("the newest was taken 900 ms ago");

        assertThat(fresh.refusal(feed, why))
                .isEqualTo(
                        "the feed 'door' has no picture that is at most 250 ms old: the newest was taken 900 ms ago");
        assertThat(ANY.refusal(feed, new CompletionException(why)))
                .isEqualTo("the feed 'door' has no picture: the newest was taken 900 ms ago");
    }

    @Test
    void aFailureWithoutAWordIsStillASentence() {
        assertThat(ANY.refusal(feed, new IOException())).isEqualTo("the feed 'door' has no picture: no picture");
        assertThat(ANY.refusal(feed, new CompletionException("broken", null)))
                .isEqualTo("the feed 'door' has no picture: broken");
    }

    @Test
    void aRefusalForWantOfMemoryAsksToTryAgain() {
        SnapshotMemory.FullException full = new SnapshotMemory.FullException("all is full");

        assertThat(ANY.refusal(feed, new CompletionException(full)))
                .isEqualTo(ANY.refusal(feed, full))
                .isEqualTo("the feed 'door' cannot send its picture now: all is full; try again in a second");
    }

    @Test
    void thePictureIsWrittenAsItIsAsked() throws Exception {
        feed.publish(Pictures.jpeg(64, 48));
        Sink whole = new Sink();
        Sink small = new Sink();

        ANY.write(feed, "a", whole).get(50, TimeUnit.SECONDS);
        new SnapshotRequest(new Variant(16, 0, 0, 90), Optional.empty(), Duration.ofSeconds(5))
                .write(feed, "a", small)
                .get(50, TimeUnit.SECONDS);

        assertThat(whole.picture).isEqualTo(Pictures.jpeg(64, 48));
        Frame turned = Frame.ofJpeg(small.picture);
        assertThat(List.of(turned.width(), turned.height()))
                .as("of 48 x 64, in eighths")
                .isEqualTo(List.of(18, 24));
    }

    @Test
    void aPictureThatIsTooOldIsNotWrittenAndAfterItsTimeThatIsSaid() {
        feed.publish(Frame.ofJpeg(Pictures.numbered(1, 20)));
        ticker.advance(Duration.ofMillis(300));

        SnapshotRequest fresh =
                new SnapshotRequest(Variant.ORIGINAL, Optional.of(Duration.ofMillis(299)), Duration.ZERO);
        assertThatThrownBy(() -> fresh.write(feed, "a", new Sink()).get(50, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
        SnapshotRequest older =
                new SnapshotRequest(Variant.ORIGINAL, Optional.of(Duration.ofMillis(300)), Duration.ZERO);
        assertThat(older.write(feed, "a", new Sink())).isCompleted();
        SnapshotRequest patient =
                new SnapshotRequest(Variant.ORIGINAL, Optional.of(Duration.ofMillis(299)), Duration.ofMillis(200));
        CompletableFuture<Void> waiting = patient.write(feed, "a", new Sink());
        assertThat(waiting).isNotDone();
        ticker.advance(Duration.ofMillis(201));
        assertThatThrownBy(() -> waiting.get(50, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whoReadsSlowlyUsesUpTheirOwnShare() {
        List<CompletableFuture<Void>> slow = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            feed.publish(Frame.ofJpeg(Pictures.numbered(i, 40_000)));
            slow.add(ANY.write(feed, "a", new Stuck()));
        }

        assertThat(slow.get(0)).isCompleted();
        assertThat(slow.get(7)).isCompletedExceptionally();
        assertThat(ANY.write(feed, "b", new Stuck())).isCompleted();
        assertThat(slow.stream()
                        .map(CompletableFuture::isCompletedExceptionally)
                        .collect(Collectors.toSet()))
                .hasSize(2);
    }

    /** A client that reads the picture at once. */
    private static final class Sink implements FrameSink {

        private byte[] picture = {};

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            picture = new byte[slice.remaining()];
            slice.duplicate().get(picture);
            completion.drained();
        }
    }

    /** A client that reads nothing. */
    private static final class Stuck implements FrameSink {
        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            // reports nothing
        }
    }
}
