package dev.flipbook.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the servlet answers at once, with its headers. */
class FeedServletAnswersTest {

    private final Feeds feeds = new Feeds();
    private final FakeContainer container = new FakeContainer();
    private final HttpServletRequest request = container.request;
    private final HttpServletResponse response = container.response;

    @AfterEach
    void end() {
        feeds.close();
    }

    @Test
    void aRefusalIsASentence() throws IOException {
        FeedServlet.refuse(404, "there is no feed 'door'", request, response);
        assertThat(container.text()).isEqualTo("there is no feed 'door'\n");
        assertThat(container.status).isEqualTo(404);
        assertThat(container.headers)
                .isEqualTo(Map.of(
                        "Content-Type", "text/plain;charset=utf-8",
                        "Content-Length", "24",
                        "Cache-Control", "no-store",
                        "X-Content-Type-Options", "nosniff",
                        "Cross-Origin-Resource-Policy", "same-origin"));
    }

    @ParameterizedTest
    @CsvSource({"400, Bad Request", "404, Not Found", "405, Method Not Allowed", "503, Service Unavailable", "418, 418"
    })
    void whoAsksForJsonGetsTheRefusalAsAProblem(int status, String title) throws IOException {
        container.asked.put("Accept", "application/json");
        FeedServlet.refuse(status, "so it is", request, response);
        assertThat(container.text())
                .isEqualTo("{\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"so it is\"}");
        assertThat(container.headers).containsEntry("Content-Type", "application/problem+json");
    }

    @Test
    void whoAsksForAnythingElseGetsTheSentence() throws IOException {
        container.asked.put("Accept", "text/html");
        FeedServlet.refuse(400, "so it is", request, response);
        assertThat(container.text()).isEqualTo("so it is\n");
    }

    @Test
    void aStatusIsJson() throws IOException {
        FeedServlet.status(List.of(1, 2), request, response);
        assertThat(container.text()).isEqualTo("[1,2]\n");
        assertThat(container.status).isEqualTo(200);
        assertThat(container.headers)
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Content-Length", "6");
    }

    @Test
    void aHeadRequestGetsTheHeadersAlone() throws IOException {
        container.method = "HEAD";
        FeedServlet.status(List.of(1, 2), request, response);
        assertThat(container.text()).isEmpty();
        assertThat(container.headers).containsEntry("Content-Length", "6");
    }

    @Test
    void anApplicationThatLetsOtherPagesShowItsPicturesIsNotContradicted() throws IOException {
        container.headers.put("Cross-Origin-Resource-Policy", "cross-origin");
        FeedServlet.status(List.of(), request, response);
        assertThat(container.headers).containsEntry("Cross-Origin-Resource-Policy", "cross-origin");
    }

    @Test
    void aStreamHasTheHeadersOfOneWithoutAnEnd() throws IOException {
        Feed feed = feeds.feed("door");
        FeedServlet.stream(feed, request, response);
        assertThat(container.status).isEqualTo(200);
        assertThat(container.headers)
                .isEqualTo(Map.of(
                        "Content-Type", "multipart/x-mixed-replace; boundary=" + feed.boundary(),
                        "Cache-Control", "no-store, no-transform",
                        "X-Accel-Buffering", "no",
                        "Connection", "close",
                        "X-Content-Type-Options", "nosniff",
                        "Cross-Origin-Resource-Policy", "same-origin"));
        assertThat(container.timeout).as("it has no end").isZero();
        assertThat(container.listeners).hasSize(1);
    }

    @Test
    void aConnectionOfManyRequestsStaysOpen() throws IOException {
        container.protocol = "HTTP/2.0";
        FeedServlet.stream(feeds.feed("door"), request, response);
        assertThat(container.headers).doesNotContainKey("Connection");
    }

    @ParameterizedTest
    @CsvSource({"*/*, true", "'image/webp,*/*', false"})
    void aStreamHasTheFramingForWhoeverAsks(String accept, boolean strict) throws IOException {
        Feed feed = feeds.feed("door");
        feed.publish(FakeContainer.PICTURE);
        container.asked.put("Accept", accept);
        FeedServlet.stream(feed, request, response);
        container.takes(1000);
        assertThat(container.text())
                .endsWith("--" + feed.boundary() + "\r\n" + (strict ? "" : "Content-Type: image/jpeg\r\n\r\n"));
        assertThat(feed.status().viewers()).isEqualTo(1);
    }

    @Test
    void aHeadRequestForAStreamGetsTheHeadAloneAndNobodyWatches() throws IOException {
        Feed feed = feeds.feed("door");
        container.method = "HEAD";
        FeedServlet.stream(feed, request, response);
        assertThat(container.done).containsExactly("head");
        assertThat(container.headers).containsKey("Content-Type");
        assertThat(container.listeners).isEmpty();
    }

    @Test
    void whatCannotBeAskedOfAStreamIsRefused() throws IOException {
        container.query.put("fps", "0");
        FeedServlet.stream(feeds.feed("door"), request, response);
        assertRefused(400, "fps is a number from 0.1 to 1000, not '0'\n");
    }

    @Test
    void whatCannotBeAskedOfASnapshotIsRefused() throws IOException {
        container.query.put("max_age", "-1");
        FeedServlet.snapshot(feeds.feed("door"), request, response);
        assertRefused(400, "max_age is a number of milliseconds from 0 to 3600000, not '-1'\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/feeds/attic.mjpg |there is no feed 'attic'; there are: door",
                "/feeds/attic.jpg  |there is no feed 'attic'; there are: door",
                "/video_feed/attic |there is no feed 'attic'; there are: door",
                "/api/feeds/attic  |there is no feed 'attic'; there are: door",
                "/feeds/door       |there is nothing at '/feeds/door'",
                "/feeds/a/door.jpg |there is nothing at '/feeds/a/door.jpg'",
                "/api/feeds/door/  |there is nothing at '/api/feeds/door/'",
                "/                 |there is nothing at '/'"
            })
    void whereThereIsNothingThatIsSaid(String path, String sentence) throws IOException {
        feeds.feed("door");
        container.path = path;
        new FeedServlet(feeds).doGet(request, response);
        assertRefused(404, sentence + "\n");
    }

    @ParameterizedTest
    @CsvSource({"/api/feeds, '{\"feeds\":[{\"name\":\"door\"'", "/live/api/feeds/door, '{\"name\":\"door\"'"})
    void theStatusIsWhereThePathSays(String path, String begin) throws IOException {
        feeds.feed("door");
        container.path = path;
        new FeedServlet(feeds).doGet(request, response);
        assertThat(container.status).isEqualTo(200);
        assertThat(container.text()).startsWith(begin).endsWith("}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/feeds/door.mjpg, multipart",
        "/video_feed, multipart",
        "/live/video_feed/door, multipart",
        "/feeds/door.jpg, image"
    })
    void picturesAreWhereThePathSays(String path, String type) throws IOException {
        feeds.feed("door").publish(FakeContainer.PICTURE);
        container.path = path;
        new FeedServlet(feeds).doGet(request, response);
        assertThat(container.status).isEqualTo(200);
        assertThat(container.headers.get("Content-Type")).startsWith(type);
    }

    @Test
    void wantOfMemoryIsSaidSoThatTheNextRequestMayFindSome() throws IOException {
        feeds.feed("door");
        container.path = "/feeds/door.mjpg";
        container.whenAsked = () -> {
            throw new OutOfMemoryError("none is left");
        };
        new FeedServlet(feeds).doGet(request, response);
        assertRefused(503, "there is not enough memory for this now; try again in a second\n");
        assertThat(container.headers).containsEntry("Retry-After", "1");
    }

    @Test
    void wantOfMemoryAmidAnAnswerIsTheContainersAffair() {
        feeds.feed("door");
        container.path = "/feeds/door.mjpg";
        container.committed = true;
        OutOfMemoryError error = new OutOfMemoryError("none is left");
        container.whenAsked = () -> {
            throw error;
        };
        assertThatThrownBy(() -> new FeedServlet(feeds).doGet(request, response))
                .isSameAs(error);
        assertThat(container.status).isZero();
        assertThat(container.headers).isEmpty();
    }

    private void assertRefused(int status, String sentence) {
        assertThat(container.text()).isEqualTo(sentence);
        assertThat(container.status).isEqualTo(status);
        assertThat(container.headers)
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin");
        assertThat(container.listeners).isEmpty();
    }
}
