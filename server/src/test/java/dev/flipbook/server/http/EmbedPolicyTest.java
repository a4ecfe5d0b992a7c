package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.FakeResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which pages may show pictures, read them, or have them in a frame: each kind of page with each header by which a
 * browser names the page.
 */
class EmbedPolicyTest {

    private static final String WALL = "https://wall.example";

    private final EmbedPolicy none = new EmbedPolicy(Set.of());
    private final EmbedPolicy listed = new EmbedPolicy(Set.of(WALL, "http://[2001:db8::7]:3000"));
    private final EmbedPolicy files = new EmbedPolicy(Set.of("null"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                            | same-origin",
                "null                          | same-origin",
                "http://localhost              | cross-origin",
                "http://localhost:3000         | cross-origin",
                "https://localhost:3000        | cross-origin",
                "http://[::1]:1                | cross-origin",
                "http://127.0.0.1              | cross-origin",
                "http://127.9.9.9              | cross-origin",
                "http://127.255.255.255:65535  | cross-origin",
                "http://localhost.evil.example | same-origin",
                "http://evil.example.localhost | same-origin",
                "http://evil-localhost         | same-origin",
                "http://127.0.0.1.evil.example | same-origin",
                "http://x127.0.0.1             | same-origin",
                "http://a.127.0.0.1            | same-origin",
                "http://127.0.0                | same-origin",
                "http://127.0.0.1.1            | same-origin",
                "http://127x0x0x1              | same-origin",
                "http://128.0.0.1              | same-origin",
                "http://227.0.0.1              | same-origin",
                "http://192.168.1.7            | same-origin",
                "http://[::2]:1                | same-origin",
                "http://[2001:db8::1]          | same-origin",
                "http://evil.example           | same-origin",
                "http://localhost@evil.example | same-origin",
                "http://evil.example#localhost | same-origin",
                "localhost                     | same-origin",
                "not a URL                     | same-origin"
            })
    void onlyPagesOfThisMachineShowPicturesWithoutBeingListed(String page, String policy) {
        assertThat(applied(none, "Origin: " + page).header("Cross-Origin-Resource-Policy"))
                .as("by the origin")
                .isEqualTo(policy);
        assertThat(applied(none, "Referer: " + page + (page.startsWith("http") ? "/a/page?x=http://localhost" : ""))
                        .header("Cross-Origin-Resource-Policy"))
                .as("by the page")
                .isEqualTo(policy);
        assertThat(applied(none, "Origin: " + page).header("Access-Control-Allow-Origin"))
                .as("nobody reads who is not listed")
                .isNull();
    }

    @Test
    void whoSaysNothingShowsNothing() {
        FakeResponse answer = applied(none);

        assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
        assertThat(answer.getHeaders().getFieldNamesCollection())
                .doesNotContain("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://wall.example       | https://wall.example     | cross-origin",
                "http://[2001:db8::7]:3000  | http://[2001:db8::7]:3000 | cross-origin",
                "http://wall.example        | | same-origin",
                "https://wall.example:8443  | | same-origin",
                "https://wall.example/      | | same-origin",
                "https://Wall.example       | | same-origin",
                "https://a.wall.example     | | same-origin",
                "https://wall.example.evil  | | same-origin",
                "http://evil.example        | | same-origin",
                "http://localhost:3000      | | cross-origin",
                "null                       | | same-origin",
                "*                          | | same-origin"
            })
    void onlyListedOriginsReadPicturesEachUnderItsOwnName(String origin, String allowed, String policy) {
        FakeResponse answer = applied(listed, "Origin: " + origin);

        assertThat(answer.getHeaders().getValuesList("Access-Control-Allow-Origin"))
                .isEqualTo(allowed == null ? List.of() : List.of(allowed));
        assertThat(answer.header("Access-Control-Expose-Headers"))
                .isEqualTo(allowed == null ? null : "X-Frame-Sequence, X-Frame-Age-Ms, X-Timestamp, X-Stream-Id");
        assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo(policy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: " + WALL, "Origin: http://evil.example", "Referer: " + WALL + "/", "Accept: */*"})
    void answersVaryByOriginWheneverAnyIsListed(String header) {
        assertThat(applied(listed, header).getHeaders().getValuesList("Vary")).containsExactly("Origin");
        assertThat(applied(none, header).header("Vary")).isNull();
    }

    @Test
    void originCountsBeforeThePage() {
        assertThat(applied(listed, "Origin: http://evil.example", "Referer: " + WALL + "/")
                        .header("Cross-Origin-Resource-Policy"))
                .isEqualTo("same-origin");
        assertThat(applied(listed, "Origin: " + WALL, "Referer: http://evil.example/")
                        .header("Cross-Origin-Resource-Policy"))
                .isEqualTo("cross-origin");
    }

    @Test
    void pageOfAListedOriginMayShowPicturesButNotReadThem() {
        FakeResponse answer = applied(listed, "Referer: " + WALL + "/a/page");

        assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
    }

    @Test
    void pageFromAFileIsTheOneWithoutANameWhereTheseAreListed() {
        assertThat(applied(files).header("Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        assertThat(applied(files).header("Access-Control-Allow-Origin")).isNull();
        assertThat(applied(files, "Origin: null").header("Access-Control-Allow-Origin"))
                .isEqualTo("null");
        assertThat(applied(files, "Referer: http://evil.example/").header("Cross-Origin-Resource-Policy"))
                .isEqualTo("same-origin");
        assertThat(applied(listed, "Origin: null").header("Cross-Origin-Resource-Policy"))
                .isEqualTo("same-origin");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''   |                                    | frame-ancestors 'none'",
                "''   | http://evil.example/               | frame-ancestors 'none'",
                "''   | http://localhost.evil.example/     | frame-ancestors 'none'",
                "''   | http://localhost:3000/page         | frame-ancestors http://localhost:3000",
                "''   | http://127.0.0.1:1/                | frame-ancestors http://127.0.0.1:1",
                "https://wall.example | | frame-ancestors https://wall.example",
                "https://wall.example | http://evil.example/ | frame-ancestors https://wall.example",
                "https://wall.example http://a.example | | frame-ancestors http://a.example https://wall.example",
                "https://wall.example | http://[::1]:9/ | frame-ancestors http://[::1]:9 https://wall.example",
                "null | | ",
                "null | http://evil.example/ | frame-ancestors 'none'",
                "null https://wall.example | http://evil.example/ | frame-ancestors https://wall.example",
                "null https://wall.example | | "
            })
    void framesAreForListedOriginsAndPagesOfThisMachine(String origins, String page, String expected) {
        EmbedPolicy policy =
                new EmbedPolicy(origins.isEmpty() ? Set.of() : Set.copyOf(Arrays.asList(origins.split(" ", -1))));
        String[] headers = page == null ? new String[0] : new String[] {"Referer: " + page};

        assertThat(policy.frameAncestors(new FakeRequest("GET", "/", headers).exchange("")))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void whatABrowserOpensSaysWhoMayFrameItAndOtherAnswersDoNot() {
        assertThat(applied(listed, "Accept: text/html,*/*;q=0.8").header("Content-Security-Policy"))
                .isEqualTo("frame-ancestors http://[2001:db8::7]:3000 https://wall.example");
        assertThat(applied(none, "Accept: text/html").header("Content-Security-Policy"))
                .isEqualTo("frame-ancestors 'none'");
        assertThat(applied(files, "Accept: text/html").header("Content-Security-Policy"))
                .isNull();
        assertThat(applied(listed, "Accept: image/webp,*/*").header("Content-Security-Policy"))
                .isNull();
        assertThat(applied(listed).header("Content-Security-Policy")).isNull();
    }

    private static FakeResponse applied(EmbedPolicy policy, String... headers) {
        FakeRequest request = new FakeRequest("GET", "/feeds/cam.jpg", headers);
        policy.apply(request.exchange("cam"));
        return request.response;
    }
}
