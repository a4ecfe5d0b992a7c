package dev.flipbook.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class ServletSnapshotTest {

    private static final String FAILED = "jakarta.servlet.error.exception";

    private final Feeds feeds = new Feeds();
    private final Feed feed = feeds.feed("door");
    private final FakeContainer container = new FakeContainer();
    private long one;

    @AfterEach
    void end() {
        feeds.close();
    }

    private void ask() throws IOException {
        container.givenBuffer = 1 << 20;
        FeedServlet.snapshot(feed, container.request, container.response);
    }

    private void askWithoutAPicture() throws IOException {
        container.query.put("max_delay", "0");
        ask();
    }

    private void askAndWait() throws IOException {
        container.query.put("max_delay", "60000");
        ask();
        assertThat(container.done).isEmpty();
    }

    private static byte[] picture() {
        return FakeContainer.PICTURE;
    }

    /** Publishes a picture, which is then the only one in memory. */
    private void publish() {
        feed.publish(picture());
        one = feeds.usedBytes();
    }

    /** Checks that no picture except the feed's own is held in memory. */
    private void assertNothingIsHeld() {
        feed.publish(picture());
        assertThat(feeds.usedBytes()).isEqualTo(one);
    }

    @Test
    void thePictureGoesOutWithItsHeadersWhenTheContainerIsReady() throws IOException {
        publish();
        ask();
        assertThat(container.status).isEqualTo(200);
        assertThat(container.timeout).as("the container ends nothing").isZero();
        assertThat(container.headers)
                .containsEntry("Content-Type", "image/jpeg")
                .containsEntry("Content-Length", Integer.toString(picture().length))
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("X-Frame-Sequence", "1")
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin")
                .containsKeys("X-Frame-Age-Ms", "X-Timestamp")
                .doesNotContainKey("Retry-After");
        assertThat(container.done).isEmpty();

        container.takes(9);

        assertThat(container.done).containsExactly("write " + picture().length, "flush", "complete");
        assertThat(container.sent.toByteArray()).isEqualTo(picture());
        assertNothingIsHeld();
    }

    @Test
    void aHeadRequestGetsTheHeadersAlone() throws IOException {
        publish();
        container.method = "HEAD";
        ask();
        assertThat(container.status).isEqualTo(200);
        assertThat(container.headers)
                .containsEntry("Content-Length", Integer.toString(picture().length))
                .containsEntry("X-Frame-Sequence", "1");
        assertThat(container.done).containsExactly("complete");
        assertThat(container.writer).as("nothing is written").isNull();
        assertNothingIsHeld();
    }

    @Test
    void whereThereIsNoPictureTheReasonIsSaid() throws IOException {
        askWithoutAPicture();
        await().until(() -> container.done.contains("complete"));
        assertThat(container.done).containsExactly("answer", "complete");
        assertThat(container.status).isEqualTo(503);
        assertThat(container.headers)
                .containsEntry("Retry-After", "1")
                .containsEntry("Content-Type", "text/plain;charset=utf-8");
        assertThat(container.text()).isEqualTo("the feed 'door' has no picture: nothing has been published yet\n");
        assertThat(container.attributes).isEmpty();
    }

    @Test
    void wantOfMemoryIsSaidSoThatTheNextRequestMayFindSome() throws IOException {
        publish();
        failsOnceWith(new OutOfMemoryError("none is left"));
        ask();
        assertThat(container.status).isEqualTo(503);
        assertThat(container.headers).containsEntry("Retry-After", "1");
        assertThat(container.text()).isEqualTo("there is not enough memory for this now; try again in a second\n");
        assertThat(container.done).containsExactly("answer", "complete");
        assertNothingIsHeld();
    }

    @Test
    void whatFailsInsideIsReportedToTheContainerAndNotToTheClient() throws IOException {
        publish();
        IllegalArgumentException bug = new IllegalArgumentException("of no concern to others");
        failsOnceWith(bug);
        ask();
        assertThat(container.status).isEqualTo(500);
        assertThat(container.text()).isEqualTo("this failed inside the server\n");
        assertThat(container.headers).doesNotContainKey("Retry-After");
        assertThat(container.attributes).containsEntry(FAILED, bug);
        assertThat(container.done).containsExactly("answer", "complete");
        assertNothingIsHeld();
    }

    private void failsOnceWith(Throwable failure) {
        container.whenLong = () -> {
            container.whenLong = () -> {};
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPictureThatCannotBeWrittenIsLetGo(boolean hasEnded) throws IOException {
        publish();
        IOException broken = new IOException("broken pipe");
        container.without = broken;
        container.hasEnded = hasEnded;
        ask();
        assertThat(container.attributes).containsEntry(FAILED, broken);
        assertThat(container.done).isEqualTo(hasEnded ? List.of() : List.of("complete"));
        assertNothingIsHeld();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusalThatCannotBeWrittenEndsTheResponseAllTheSame(boolean hasEnded) throws IOException {
        IOException broken = new IOException("broken pipe");
        container.without = broken;
        container.hasEnded = hasEnded;
        askWithoutAPicture();
        await().until(() -> container.attributes.containsKey(FAILED));
        assertThat(container.attributes).containsEntry(FAILED, broken);
        if (!hasEnded) {
            await().until(() -> container.done.equals(List.of("complete")));
        }
    }

    @Test
    void aPictureThatComesLaterIsWaitedFor() throws IOException {
        askAndWait();
        assertThat(feed.watched()).as("a program is asked for a picture").isTrue();
        feed.publish(picture());
        await().until(() -> container.status == 200 && container.writer != null);
        container.takes(9);
        assertThat(container.sent.toByteArray()).isEqualTo(picture());
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "timeout", "error"})
    void whoHasGoneIsNotWaitedFor(String how) throws IOException {
        askAndWait();
        AsyncListener listener = container.listeners.get(0);
        AsyncEvent event = new AsyncEvent(container.async);
        switch (how) {
            case "complete" -> listener.onComplete(event);
            case "timeout" -> listener.onTimeout(event);
            default -> listener.onError(event);
        }
        assertThat(container.done).containsExactly("complete");
        feed.publish(picture());
        assertThat(container.status).as("nothing is answered").isZero();
        assertThat(container.headers).isEmpty();
        assertThat(container.attributes).isEmpty();
    }

    @Test
    void aResponseThatTheContainerHasEndedIsLeftAlone() throws IOException {
        askAndWait();
        container.hasEnded = true;
        container.listeners.get(0).onComplete(new AsyncEvent(container.async));
        assertThat(container.done).isEmpty();
        assertThat(container.status).isZero();
    }

    @Test
    void theEndOfAResponseThatHasItsPictureChangesNothing() throws IOException {
        publish();
        ask();
        container.takes(9);
        for (AsyncListener listener : container.listeners) {
            listener.onComplete(new AsyncEvent(container.async));
        }
        assertThat(container.done).last().isEqualTo("complete");
        assertThat(container.attributes).isEmpty();
    }

    @Test
    void aRequestThatStartsAgainIsListenedToAgain() throws IOException {
        askAndWait();
        AsyncListener listener = container.listeners.get(0);
        listener.onStartAsync(new AsyncEvent(container.async));
        assertThat(container.listeners).containsExactly(listener, listener);
    }

    @Test
    void aClientThatStopsReadingLetsThePictureGoWhenItsConnectionEnds() throws IOException {
        publish();
        ask();
        feed.publish(picture());
        assertThat(feeds.usedBytes()).as("it is held until it is read").isGreaterThan(one);
        Objects.requireNonNull(container.writer).onError(new IOException("reset"));
        assertThat(container.done).containsExactly("complete");
        assertNothingIsHeld();
    }
}
