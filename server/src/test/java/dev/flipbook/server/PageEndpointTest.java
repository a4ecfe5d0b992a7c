package dev.flipbook.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.web.FeedLookup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as it is sent: which files, of which types, with which policy, and packed for whom. */
@Timeout(60)
class PageEndpointTest {

    private static final String POLICY =
            "default-src 'none'; img-src 'self' blob:; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'self'";

    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, new FakeTicker());
    private final List<FakeClient> clients = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (FakeClient client : clients) {
            client.close();
        }
        feeds.close();
    }

    private PageEndpoint page(String... origins) {
        return new PageEndpoint(new FeedLookup(feeds), new EmbedPolicy(Set.of(origins)));
    }

    private FakeClient get(String name, Endpoint endpoint, String... headers) {
        FakeClient client = new FakeClient(name, endpoint);
        clients.add(client);
        return client.ask("GET", "/", headers);
    }

    private static byte[] read(String file) {
        try (InputStream in = PageEndpoint.class.getResourceAsStream("page/" + file)) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String index(String root) {
        return new String(read("index.html"), UTF_8).replace("{root}", root);
    }

    @Test
    void pageOfAllFeedsHasItsFilesBelowItselfAndRunsNothingElse() {
        FakeClient client = get("", page()::grid);

        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        assertThat(client.headers())
                .containsEntry("Content-Type", "text/html;charset=utf-8")
                .containsEntry("Content-Security-Policy", POLICY + "; frame-ancestors 'none'")
                .containsEntry("Referrer-Policy", "same-origin")
                .containsEntry("Cache-Control", "no-cache")
                .containsEntry("Vary", "Accept-Encoding")
                .doesNotContainKey("Content-Encoding");
        assertThat(new String(client.body().getBytes(ISO_8859_1), UTF_8))
                .isEqualTo(index("./"))
                .doesNotContain("{root}");
    }

    @Test
    void pageMayBeInFramesOfListedOriginsAndInAnyWhereFilesMayEmbed() {
        assertThat(get("", page("https://wall.example")::grid).headers())
                .containsEntry("Content-Security-Policy", POLICY + "; frame-ancestors https://wall.example");
        assertThat(get("", page("null")::grid).headers()).containsEntry("Content-Security-Policy", POLICY);
    }

    @Test
    void pageOfOneFeedHasItsFilesAbove() {
        feeds.feed("door");
        FakeClient client = get("door", page()::feed);

        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        assertThat(new String(client.body().getBytes(ISO_8859_1), UTF_8)).isEqualTo(index("../"));
    }

    @Test
    void browserGetsThePageOfAFeedThatIsNotThereAndProgramsASentence() {
        feeds.feed("door");
        FakeClient browser = get("dor", page()::feed, "Accept: text/html,*/*");
        FakeClient program = get("dor", page()::feed, "Accept: */*");

        assertThat(browser.head()).startsWith("HTTP/1.1 404 ");
        assertThat(new String(browser.body().getBytes(ISO_8859_1), UTF_8)).isEqualTo(index("../"));
        assertThat(program.head()).startsWith("HTTP/1.1 404 ");
        assertThat(program.body()).contains("door").doesNotContain("<");
    }

    @ParameterizedTest
    @CsvSource({
        "page.css,    text/css;charset=utf-8",
        "page.js,     text/javascript;charset=utf-8",
        "favicon.svg, image/svg+xml"
    })
    void filesHaveTheirTypes(String name, String type) {
        FakeClient client = get(name, page()::file);

        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        assertThat(client.headers()).containsEntry("Content-Type", type).containsEntry("Cache-Control", "no-cache");
        assertThat(client.body().getBytes(ISO_8859_1)).isEqualTo(read(name));
    }

    @Test
    void iconIsThePagesOwn() {
        FakeClient client = get("", page()::favicon);

        assertThat(client.headers()).containsEntry("Content-Type", "image/svg+xml");
        assertThat(client.body().getBytes(ISO_8859_1)).isEqualTo(read("favicon.svg"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none.js",
                "index.html",
                "../Page.css",
                "PAGE.JS",
                "page.class",
                "page",
                ".js",
                "page.js.js",
                "x.js%00"
            })
    void fileThatThePageDoesNotHaveIsNamed(String name) {
        FakeClient client = get(name, page()::file);

        assertThat(client.head()).startsWith("HTTP/1.1 404 ");
        assertThat(client.body()).isEqualTo("the page has no file '" + name + "'\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br, gzip", "GZIP", "deflate, gzip;q=0.5", "gzip;q=1.0, *;q=0", "gzip; q=0.01"})
    void pageIsCompressedForClientsThatAcceptIt(String accepted) throws IOException {
        FakeClient client = get("", page()::grid, "Accept-Encoding: " + accepted);

        assertThat(client.headers()).containsEntry("Content-Encoding", "gzip").containsEntry("Vary", "Accept-Encoding");
        byte[] sent = client.body().getBytes(ISO_8859_1);
        assertThat(client.headers()).containsEntry("Content-Length", Integer.toString(sent.length));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(index("./"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip;q=0", "gzip;q=0.0, br", "gzip ; q=0", "xgzip", "gzipped"})
    void pageIsNotPackedForOthers(String accepted) {
        assertThat(get("", page()::grid, "Accept-Encoding: " + accepted).headers())
                .doesNotContainKey("Content-Encoding");
    }
}
