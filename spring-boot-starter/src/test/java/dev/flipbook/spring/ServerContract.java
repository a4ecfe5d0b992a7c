package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What an application shows of its feeds, whichever web server it has: over real sockets, one application for all tests of a server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
abstract class ServerContract {

    private ConfigurableApplicationContext application;
    private Feeds feeds;
    int port;

    abstract WebApplicationType type();

    abstract Class<?> configuration();

    /** Further properties. */
    abstract Map<String, Object> properties();

    /** The prefix of the paths of feeds. */
    abstract String prefix();

    @BeforeAll
    void start() {
        SpringApplication program = new SpringApplication(configuration(), OwnPath.class);
        program.setWebApplicationType(type());
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--management.endpoints.web.exposure.include=health,metrics",
                "--management.endpoint.health.show-details=always",
                "--flipbook.path=" + prefix(),
                "--spring.config.name=two-feeds"));
        properties().forEach((key, value) -> arguments.add("--" + key + "=" + value));
        application = program.run(arguments.toArray(String[]::new));
        feeds = application.getBean(Feeds.class);
        port = Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }

    @AfterAll
    void stop() {
        application.close();
    }

    /** A controller of the application's own. */
    @RestController
    static class OwnPath {

        private final Feeds feeds;

        OwnPath(Feeds feeds) {
            this.feeds = feeds;
        }

        @GetMapping("/doors/{door}/live")
        FeedResponse live(@PathVariable("door") String door) {
            return FeedResponse.stream(feeds.feed(door));
        }

        @GetMapping("/doors/{door}/now")
        FeedResponse now(@PathVariable("door") String door) {
            return FeedResponse.snapshot(feeds.feed(door));
        }

        @GetMapping("/words")
        String words() {
            return "other answers are as ever";
        }
    }

    Reader get(String path, String... headers) throws IOException {
        return new Reader(port, path, headers);
    }

    private String live(String name) {
        return prefix() + "/feeds/" + name + ".mjpg";
    }

    /**
     * Waits until there are no viewers. Publishes meanwhile, because a server notices only at a write that a viewer has
     * gone.
     */
    private static void awaitNoViewers(Feed feed) {
        await().untilAsserted(() -> {
            feed.publish(Numbered.picture(0));
            assertThat(feed.status().viewers()).isZero();
        });
    }

    @Test
    void streamIsWholePicturesAsTheyWerePublished() throws IOException {
        Feed feed = feeds.feed("exact");
        feed.publish(Numbered.picture(1));
        try (Reader reader = get(live("exact"))) {
            assertThat(reader.status()).isEqualTo("200");
            assertThat(reader.header("Content-Type"))
                    .isEqualTo("multipart/x-mixed-replace; boundary=" + feed.boundary());
            assertThat(reader.header("Connection")).isEqualToIgnoringCase("close");
            assertThat(reader.header("Transfer-Encoding")).isEmpty();
            assertThat(reader.header("Content-Length")).isEmpty();
            assertThat(reader.header("Cache-Control")).isEqualTo("no-store, no-transform");
            assertThat(reader.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(reader.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            for (int number = 1; number <= 50; number++) {
                assertThat(Numbered.of(reader.picture())).isEqualTo(number);
                feed.publish(Numbered.picture(number + 1));
            }
        }
    }

    @Test
    void anImageInAPageGetsTheFramingOfBrowsers() throws IOException {
        Feed feed = feeds.feed("framing");
        feed.publish(Numbered.picture(1));
        try (Reader reader = get(live("framing"), "Accept: image/avif,image/*")) {
            String begin = "--" + feed.boundary();
            String all = reader.rest(Numbered.picture(1).length + 180);
            assertThat(all.substring(60_000)).contains(begin + "\r\nContent-Type: image/jpeg");
        }
    }

    @Test
    void theFirstFeedAndOnePathForEachAreThereToo() throws IOException {
        try (Reader first = get(prefix() + "/video_feed");
                Reader second = get(prefix() + "/video_feed/second")) {
            assertThat(first.header("Content-Type"))
                    .endsWith(feeds.list().get(0).boundary());
            assertThat(feeds.list().get(0).name()).isEqualTo("first");
            assertThat(first.picture()).isNotEmpty();
            assertThat(second.picture()).isNotEmpty();
            assertThat(feeds.find("second").orElseThrow().status().width()).isEqualTo(64);
        }
    }

    @Test
    void aControllersOwnPathShowsAFeed() throws IOException {
        feeds.feed("own").publish(Numbered.picture(7));
        try (Reader reader = get("/doors/own/live?fps=10");
                Reader now = get("/doors/own/now");
                Reader words = get("/words")) {
            assertThat(Numbered.of(reader.picture())).isEqualTo(7);
            assertThat(Numbered.of(now.bytes())).isEqualTo(7);
            assertThat(words.status()).isEqualTo("200");
            assertThat(words.body()).isEqualTo("other answers are as ever");
        }
    }

    @Test
    void aSnapshotSaysHowOldItIs() throws IOException {
        long captured = System.nanoTime() - 1_500_000_000;
        feeds.feed("still").publish(Frame.ofJpeg(Numbered.picture(3)).capturedAt(captured));
        try (Reader reader = get(prefix() + "/feeds/still.jpg")) {
            assertThat(reader.status()).isEqualTo("200");
            long most = Duration.ofNanos(System.nanoTime() - captured).toMillis();
            assertThat(reader.header("Content-Type")).isEqualTo("image/jpeg");
            assertThat(reader.header("X-Frame-Sequence")).isEqualTo("1");
            assertThat(Long.parseLong(reader.header("X-Frame-Age-Ms"))).isBetween(1500L, most);
            assertThat(reader.header("X-Timestamp")).matches("\\d{10}\\.\\d{6}");
            assertThat(Numbered.of(reader.bytes())).isEqualTo(3);
        }
    }

    @Test
    void clientsThatDoNotReadTheirSnapshotHoldUpNobody() throws Exception {
        Feed unread = feeds.feed("unread");
        Feed read = feeds.feed("read");
        ExecutorService asking = Executors.newCachedThreadPool();
        List<Future<Reader>> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                readers.add(asking.submit(() -> waiting("unread", 4 << 10)));
            }
            await().until(unread::watched);
            // By now, each of these clients waits, or gets the next picture. Threads that wrote to these clients would
            // have to wait until the server's own timeout ends a connection.
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofSeconds(1)).until(() -> {
                unread.publish(Numbered.large(1));
                return readers.stream().allMatch(Future::isDone);
            });
            for (Future<Reader> reader : readers) {
                assertThat(reader.get().status()).isEqualTo("200");
            }

            Future<Reader> other = asking.submit(() -> waiting("read", 0));
            await().until(read::watched);
            read.publish(Numbered.picture(2));
            try (Reader answered = other.get(60, TimeUnit.SECONDS)) {
                assertThat(Numbered.of(answered.bytes())).isEqualTo(2);
            }
        } finally {
            for (Future<Reader> reader : readers) {
                reader.get().close();
            }
            asking.shutdown();
        }
        feeds.remove("unread");
        feeds.remove("read");
        await().untilAsserted(() -> assertThat(feeds.usedBytes()).isLessThan(Numbered.large(1).length));
    }

    /** Asks for the next picture. */
    private Reader waiting(String name, int receiveBuffer) throws IOException {
        String next = prefix() + "/feeds/" + name + ".jpg?max_age=0&max_delay=60000";
        return new Reader(port, "GET", next, receiveBuffer);
    }

    @Test
    void aSnapshotThatIsReadSlowlyIsWholeWhateverIsPublishedMeanwhile() throws IOException {
        Feed feed = feeds.feed("slowly");
        feed.publish(Numbered.large(1));
        try (Reader reader = new Reader(port, "GET", prefix() + "/feeds/slowly.jpg", 4 << 10)) {
            for (int i = 2; i < 10; i++) {
                feed.publish(Numbered.large(i)); // into memory that is free
            }
            assertThat(reader.header("Content-Length")).isEqualTo(Integer.toString(Numbered.large(1).length));
            assertThat(reader.bytes()).isEqualTo(Numbered.large(1));
        }
        feeds.remove("slowly");
    }

    @Test
    void aSnapshotOfABrokenSourceSaysWhy() throws IOException {
        feeds.feed("broken", () -> {
            throw new IOException("the lens is gone");
        });
        try (Reader reader = get(prefix() + "/feeds/broken.jpg")) {
            assertThat(reader.status()).isEqualTo("503");
            assertThat(reader.header("Retry-After")).isEqualTo("1");
            assertThat(reader.body()).isEqualTo("the feed 'broken' has no picture: the lens is gone\n");
        }
    }

    @Test
    void whatCannotBeIsRefusedWithASentence() throws IOException {
        try (Reader unknown = get(live("nobody"));
                Reader json = get(prefix() + "/feeds/nobody.jpg", "Accept: application/json");
                Reader fps = get(live("first") + "?fps=x");
                Reader post = new Reader(port, "POST", live("first"), 0, "Content-Length: 0")) {
            assertThat(unknown.status()).isEqualTo("404");
            assertThat(unknown.header("Content-Type")).isEqualToIgnoringCase("text/plain;charset=utf-8");
            assertThat(unknown.body()).startsWith("there is no feed 'nobody'; there are: first, second");
            assertThat(json.status()).isEqualTo("404");
            assertThat(json.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(json.body()).contains("\"detail\":\"there is no feed 'nobody'; there are: first, second");
            assertThat(fps.status()).isEqualTo("400");
            assertThat(fps.body()).isEqualTo("fps is a number from 0.1 to 1000, not 'x'\n");
            assertThat(post.status()).isEqualTo("405");
            if (type() == WebApplicationType.SERVLET) { // WebFlux leaves it out
                assertThat(post.header("Allow")).contains("GET");
            }
        }
    }

    @Test
    void variantsAreServedAndOneTooManyIsTheNearest() throws IOException {
        feeds.feed("variants").publish(Numbered.picture(1));
        List<Reader> readers = new ArrayList<>();
        try {
            for (int quality = 10; quality <= 80; quality += 10) {
                Reader reader = get(live("variants") + "?quality=" + quality);
                readers.add(reader);
                assertThat(reader.status()).isEqualTo("200");
                assertThat(reader.picture()).isNotEqualTo(Numbered.picture(1));
            }
            try (Reader ninth = get(live("variants") + "?quality=90")) {
                assertThat(ninth.status()).isEqualTo("200");
                assertThat(ninth.picture()).isNotEmpty();
                assertThat(feeds.feed("variants").status().variants()).hasSize(8);
            }
        } finally {
            for (Reader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void aHeadRequestGetsTheHeadersAlone() throws IOException {
        feeds.feed("head").publish(Numbered.picture(1));
        try (Reader stream = new Reader(port, "HEAD", live("head"), 0);
                Reader snapshot = new Reader(port, "HEAD", prefix() + "/feeds/head.jpg", 0, "Connection: close")) {
            assertThat(stream.header("Content-Type")).startsWith("multipart/x-mixed-replace");
            assertThat(stream.rest()).isEmpty();
            assertThat(snapshot.header("Content-Length")).isEqualTo(Integer.toString(Numbered.picture(1).length));
            assertThat(snapshot.rest()).isEmpty();
        }
    }

    @Test
    void theStatusTellsOfAllFeedsAndOfOneWithItsViewers() throws IOException {
        Feed feed = feeds.feed("status");
        feed.publish(Numbered.picture(1));
        try (Reader viewer = get(live("status"))) {
            viewer.picture(); // without this, the status might be from before the viewer came
            assertTheStatusTellsOfOneViewer();
        }
    }

    private void assertTheStatusTellsOfOneViewer() throws IOException {
        try (Reader all = get(prefix() + "/api/feeds");
                Reader one = get(prefix() + "/api/feeds/status")) {
            assertThat(all.header("Content-Type")).isEqualTo("application/json");
            assertThat(all.body())
                    .startsWith("{\"feeds\":[{\"name\":\"first\",")
                    .contains("\"memory\":{");
            assertThat(one.body()).contains("\"name\":\"status\"", "\"viewers\":1", "\"watching\":[{\"seconds\":");
        }
    }

    @Test
    void theActuatorKnowsOfEachFeed() throws IOException {
        feeds.feed("dead", () -> {
            throw new IOException("the cable is cut");
        });
        try (Reader first = get(prefix() + "/feeds/dead.jpg");
                Reader health = get("/actuator/health", "Connection: close")) {
            assertThat(first.status()).isEqualTo("503");
            assertThat(health.status()).isEqualTo("200");
            assertThat(health.rest()).contains("\"dead\":\"offline: the cable is cut", "\"first\":\"");
        }
        try (Reader count = get("/actuator/metrics/flipbook.feeds");
                Reader failed = get("/actuator/metrics/flipbook.viewers?tag=feed:dead", "Connection: close")) {
            assertThat(count.status()).isEqualTo("200");
            assertThat(failed.rest()).contains("\"VALUE\",\"value\":0.0");
        }
    }

    @Test
    void slowViewerSkipsToTheNewestWholePicture() throws Exception {
        Feed feed = feeds.feed("slow");
        feed.publish(Numbered.picture(0));
        int last = 0;
        int seen = 0;
        try (Reader slow = new Reader(port, "GET", live("slow"), 16 << 10);
                Reader fast = get(live("slow"));
                Publishing publishing = new Publishing(feed, 200)) {
            while (publishing.number() < 400) { // the slow one reads about one picture in ten
                for (int i = 0; i < 10; i++) {
                    Numbered.of(fast.picture());
                }
                int number = Numbered.of(slow.picture());
                assertThat(number).isGreaterThanOrEqualTo(last);
                last = number;
                seen++;
            }
            int newest = publishing.stop();
            assertThat(seen).isLessThan(100);
            int behind = 0;
            while (last < newest) { // what was on the way, and then the newest, to its last byte
                last = Numbered.of(slow.picture());
                behind++;
            }
            assertThat(behind).as("pictures that were on the way").isLessThan(30);
        }
        awaitNoViewers(feed);
    }

    @Test
    void whoLeavesAmidAPictureIsForgottenAndLeavesNothingBehind() throws Exception {
        Feed feed = feeds.feed("leaving");
        feed.publish(Numbered.picture(0));
        try (Publishing publishing = new Publishing(feed, 50)) {
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                readers.add(new Reader(port, "GET", live("leaving"), 4 << 10));
            }
            await().untilAsserted(() -> assertThat(feed.status().viewers()).isEqualTo(20));
            int now = publishing.number();
            await().until(() -> publishing.number() > now + 10); // all are in the middle of some picture
            for (Reader reader : readers) {
                reader.close();
            }
            awaitNoViewers(feed);
            publishing.stop();
        }
        feeds.remove("leaving");
        long one = 100_000; // what a block of such a picture takes at most
        long others = feeds.list().stream()
                .filter(other -> other.status().frames() > 0)
                .count();
        await().untilAsserted(() -> assertThat(feeds.usedBytes()).isLessThanOrEqualTo((others + 2) * one));
    }

    /**
     * Checks that a viewer that takes nothing is disconnected. The web server's own timeout is short in these tests.
     */
    void assertThatWhoTakesNothingGoes() throws Exception {
        Feed feed = feeds.feed("dead-end");
        feed.publish(Numbered.picture(0));
        try (Reader dead = new Reader(port, "GET", live("dead-end"), 4 << 10);
                Reader alive = get(live("dead-end"));
                Publishing publishing = new Publishing(feed, 30)) {
            await().untilAsserted(() -> {
                for (int i = 0; i < 10; i++) {
                    Numbered.of(alive.picture());
                }
                assertThat(feed.status().viewers()).isEqualTo(1);
            });
            assertThat(dead.status()).isEqualTo("200");
            publishing.stop();
        }
    }

    @Test
    void viewersTakeNoThreads() throws IOException {
        Feed feed = feeds.feed("crowd");
        feed.publish(Numbered.picture(0));
        int before = Thread.activeCount();
        List<Reader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                readers.add(get(live("crowd")));
            }
            feed.publish(Numbered.picture(1));
            for (Reader reader : readers) {
                int number = 0;
                while (number != 1) { // where it takes long the first picture is sent again and again
                    number = Numbered.of(reader.picture());
                }
            }
            assertThat(feed.status().viewers()).isEqualTo(200);
            assertThat(Thread.activeCount())
                    .as("the server's own threads come as they are needed")
                    .isLessThan(before + 100);
        } finally {
            for (Reader reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void whenTheApplicationEndsStreamsEndOnThePartsBoundary() throws Exception {
        Feed feed = feeds.feed("end");
        feed.publish(Numbered.picture(1));
        try (Reader reader = get(live("end"));
                Reader empty = get(live("first"))) {
            Numbered.of(reader.picture());
            empty.picture();
            long begun = System.nanoTime();
            application.close();
            assertThat(System.nanoTime() - begun).isLessThan(20_000_000_000L);
            assertThatThrownBy(() -> {
                        while (true) {
                            Numbered.of(reader.picture());
                        }
                    })
                    .isInstanceOf(EOFException.class)
                    .hasMessageContaining("the closing delimiter: --" + feed.boundary() + "--");
            assertThat(reader.rest()).isEmpty();
        }
    }
}
