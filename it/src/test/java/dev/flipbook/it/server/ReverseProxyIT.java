package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.ReverseProxy;
import dev.flipbook.it.kit.SocketClient;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Through nginx, HAProxy and Apache, configured as docs/guide/reverse-proxy.md has it, a viewer sees what it would see without
 * them, and as soon.
 */
@Timeout(300)
class ReverseProxyIT {

    /** A still scene is not repeated while a test runs, so that nothing but the next picture could push one on. */
    private static final FeedOptions NO_REPEATS = repeatingAfter(Duration.ofHours(1));

    private static final List<String> FRAMINGS = List.of("strict", "browser");
    private static final List<Integer> SIZES = List.of(1_000, 30_000, 300_000);

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachPictureArrivesBeforeThereIsTheNext(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(NO_REPEATS);
        ReverseProxy proxy = proxy(kind, flipbook);
        for (int size : SIZES) {
            for (String framing : FRAMINGS) {
                Feed feed = flipbook.feed("cam-" + size + "-" + framing);
                feed.publish(NumberedPicture.of(1, size));
                PartReader parts = PartReader.of(connect(proxy), "/feeds/" + feed.name() + ".mjpg?framing=" + framing);
                assertThat(parts.nextNumber()).isEqualTo(1);
                for (int number = 2; number <= 20; number++) {
                    feed.publish(NumberedPicture.of(number, size));
                    assertThat(parts.nextNumber())
                            .as("%s, %d bytes", framing, size)
                            .isEqualTo(number);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextHeaderArrivesAfterEachPictureOfBrowserFraming(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(NO_REPEATS);
        Feed feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1));
        PartReader parts = PartReader.of(connect(proxy(kind, flipbook)), "/video_feed", "Accept: image/*");
        for (int number = 1; number <= 5; number++) {
            assertThat(parts.nextNumber()).isEqualTo(number);
            assertThat(parts.nextHeaders()).isEqualTo(Map.of("Content-Type", "image/jpeg"));
            feed.publish(NumberedPicture.of(number + 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStillSceneIsSentAgain(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(repeatingAfter(Duration.ofMillis(500)));
        flipbook.feed("cam").publish(NumberedPicture.of(1));
        ReverseProxy proxy = proxy(kind, flipbook);
        for (String framing : FRAMINGS) {
            PartReader parts = PartReader.of(connect(proxy), "/video_feed?framing=" + framing);
            assertThat(List.of(parts.nextNumber(), parts.nextNumber(), parts.nextNumber()))
                    .as(framing)
                    .containsExactly(1, 1, 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSnapshotComesWithItsHeaders(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(NO_REPEATS);
        byte[] picture = NumberedPicture.of(1, 30_000);
        long captured = System.nanoTime() - 1_500_000_000;
        flipbook.feed("cam").publish(Frame.ofJpeg(picture).capturedAt(captured));
        RawConnection client = connect(proxy(kind, flipbook)).ask("GET", "/feeds/cam.jpg");
        ResponseHead head = client.head();
        long most = Duration.ofNanos(System.nanoTime() - captured).toMillis();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("image/jpeg");
        assertThat(head.header("X-Frame-Sequence")).isEqualTo("1");
        assertThat(Long.parseLong(head.header("X-Frame-Age-Ms"))).isBetween(1500L, most);
        assertThat(head.header("X-Timestamp")).matches("\\d{10}\\.\\d{6}");
        assertThat(head.header("Cache-Control")).isEqualTo("no-store");
        assertThat(client.read(Integer.parseInt(head.header("Content-Length")))).isEqualTo(picture);
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAFeedEndsTheResponse(ReverseProxy.Kind kind) throws Exception {
        Flipbook flipbook = serve(NO_REPEATS);
        flipbook.feed("cam").publish(NumberedPicture.of(1));
        ReverseProxy proxy = proxy(kind, flipbook);
        List<Witness> viewers = new ArrayList<>();
        for (String framing : FRAMINGS) {
            viewers.add(Witness.of(proxy.port(), "/video_feed?framing=" + framing));
            toClose.add(viewers.getLast());
        }
        RawConnection plain = connect(proxy).send("GET /video_feed HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        assertThat(PartReader.on(plain).nextNumber()).isEqualTo(1);
        flipbook.feeds().remove("cam");
        for (Witness viewer : viewers) {
            viewer.awaitEnd();
            assertThat(viewer.ended()).as("the closing delimiter").isTrue();
        }
        assertThat(plain.ends())
                .as("the connection of a client that knows no chunks")
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatLeavesIsAViewerNoMore(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(repeatingAfter(Duration.ofMillis(500)));
        Feed feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1));
        ReverseProxy proxy = proxy(kind, flipbook);
        RawConnection leaves = connect(proxy);
        PartReader.of(leaves, "/video_feed").next();
        RawConnection dies = connect(proxy);
        PartReader.of(dies, "/video_feed").next();
        assertThat(feed.status().viewers()).isEqualTo(2);
        leaves.close();
        dies.abort();
        await().until(() -> feed.status().viewers() == 0);
    }

    // below a path of another site

    @ParameterizedTest
    @EnumSource
    void belowAPathThePageFindsAllItsFiles(ReverseProxy.Kind kind) throws Exception {
        Flipbook flipbook = serve(NO_REPEATS);
        flipbook.feed("cam").publish(NumberedPicture.of(1));
        URI site = belowAPath(kind, flipbook);
        for (String page : List.of("", "feeds/cam")) {
            URI address = site.resolve(page);
            String html = get(address);
            List<String> files = Pattern.compile("(?:src|href)=\"([^\"]+)\"")
                    .matcher(html)
                    .results()
                    .map(file -> file.group(1))
                    .toList();
            assertThat(files).anyMatch(file -> file.endsWith(".js")).anyMatch(file -> file.endsWith(".css"));
            for (String file : files) {
                assertThat(address.resolve(file).getPath()).startsWith("/cam/");
                assertThat(get(address.resolve(file))).isNotEmpty();
            }
        }
        assertThat(get(site.resolve("page/flipbook.js"))).contains("flipbook-view");
        assertThat(get(site.resolve("api/feeds"))).contains("\"cam\"");
    }

    @ParameterizedTest
    @EnumSource
    void belowAPathPicturesComeByStreamSnapshotAndWebSocket(ReverseProxy.Kind kind) throws Exception {
        Flipbook flipbook = serve(NO_REPEATS);
        Feed feed = flipbook.feed("cam");
        byte[] picture = NumberedPicture.of(1, 30_000);
        feed.publish(picture);
        URI site = belowAPath(kind, flipbook);
        for (String framing : FRAMINGS) {
            RawConnection viewer = RawConnection.to(site.getPort());
            toClose.add(viewer);
            PartReader parts = PartReader.of(viewer, "/cam/feeds/cam.mjpg?framing=" + framing);
            assertThat(parts.nextNumber()).isEqualTo(1);
        }
        RawConnection client = RawConnection.to(site.getPort()).ask("GET", "/cam/feeds/cam.jpg");
        toClose.add(client);
        int length = Integer.parseInt(client.head().header("Content-Length"));
        assertThat(client.read(length)).isEqualTo(picture);
        try (SocketClient socket = SocketClient.open(site, "http://" + site.getAuthority())) {
            socket.say("{\"watch\": 7, \"feed\": \"cam\"}");
            socket.awaitPictures(1);
        }
    }

    /** The address of a server that such a proxy has below a path. */
    private URI belowAPath(ReverseProxy.Kind kind, Flipbook flipbook) throws IOException {
        ReverseProxy proxy = ReverseProxy.startBelowAPath(kind, flipbook.port());
        toClose.add(proxy);
        return URI.create("http://127.0.0.1:" + proxy.port() + "/cam/");
    }

    /** What this address answers, and that it does. */
    private static String get(URI address) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(address.toString()).isEqualTo(200);
            return answer.body();
        }
    }

    // who may change something

    @ParameterizedTest
    @EnumSource
    void clientOfAProxyDoesNotPassForOneOnThisMachine(ReverseProxy.Kind kind) throws IOException {
        Flipbook flipbook = serve(NO_REPEATS);
        Feed feed = flipbook.feed("cam");
        int port = proxy(kind, flipbook).port();
        int below = belowAPath(kind, flipbook).getPort();

        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            assertThat(statusOfPause(port, "/api/feeds/cam/pause", version)).isEqualTo(403);
            assertThat(statusOfPause(below, "/cam/api/feeds/cam/pause", version))
                    .isEqualTo(403);
        }
        assertThat(feed.paused()).isEmpty();
        assertThat(statusOfPause(flipbook.port(), "/api/feeds/cam/pause", "HTTP/1.1"))
                .as("without the proxy")
                .isEqualTo(200);
    }

    /** What a program is answered that calls the server by an address of this machine, whatever it asks. */
    private int statusOfPause(int port, String path, String version) throws IOException {
        RawConnection client = RawConnection.to(port);
        toClose.add(client);
        return client.send("POST " + path + ' ' + version + "\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
                .head()
                .status();
    }

    // whom the request names

    @ParameterizedTest
    @EnumSource(names = {"NGINX", "APACHE"})
    void theProxyAsksByAddressWhateverTheClientNamed(ReverseProxy.Kind kind) throws IOException {
        assertThat(statusByName(proxy(kind, serve(NO_REPEATS)))).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void aNamePassedOnMustBeOneOfFlipbooksOwn(ReverseProxy.Kind kind) throws IOException {
        assertThat(statusByName(passingNamesOn(kind, serve(NO_REPEATS)))).isEqualTo(421);
        assertThat(statusByName(passingNamesOn(kind, serve(NO_REPEATS, "cameras.example"))))
                .isEqualTo(200);
    }

    /** What the documents say of the {@code Host} that a client names. */
    private ReverseProxy passingNamesOn(ReverseProxy.Kind kind, Flipbook flipbook) throws IOException {
        ReverseProxy proxy = switch (kind) {
            case NGINX -> ReverseProxy.start(kind, flipbook.port(), "proxy_set_header Host $host;", "proxy_pass ");
            case HAPROXY -> ReverseProxy.start(kind, flipbook.port());
            case APACHE -> ReverseProxy.start(kind, flipbook.port(), "ProxyPreserveHost On", "ProxyPass ");
        };
        toClose.add(proxy);
        return proxy;
    }

    private int statusByName(ReverseProxy proxy) throws IOException {
        return connect(proxy)
                .send("GET /healthz HTTP/1.1\r\nHost: cameras.example\r\n\r\n")
                .head()
                .status();
    }

    // inside

    private static FeedOptions repeatingAfter(Duration quiet) {
        return new FeedOptions(Duration.ofSeconds(10), quiet, Duration.ofSeconds(30), Duration.ofSeconds(30), 64 << 20);
    }

    private Flipbook serve(FeedOptions feeds, String... names) throws IOException {
        ServerOptions plain = ServerOptions.DEFAULT;
        Flipbook flipbook = Flipbook.start(new ServerOptions(
                plain.host(), 0, false, Set.of(names), plain.embedOrigins(), feeds, plain.deadlines()));
        toClose.add(flipbook);
        return flipbook;
    }

    private ReverseProxy proxy(ReverseProxy.Kind kind, Flipbook flipbook) throws IOException {
        ReverseProxy proxy = ReverseProxy.start(kind, flipbook.port());
        toClose.add(proxy);
        return proxy;
    }

    private RawConnection connect(ReverseProxy proxy) throws IOException {
        RawConnection connection = RawConnection.to(proxy.port());
        toClose.add(connection);
        return connection;
    }
}
