package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may change something: each header that names the origin of a request, with each method. */
class SameOriginTest {

    private static final List<String> READING = List.of("GET", "HEAD", "OPTIONS");
    private static final List<String> CHANGING =
            List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get", "");

    /** Headers after a Host of 127.0.0.1:8080; whether a page of this server asks, or a program. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                     | true",
                "Sec-Fetch-Site: same-origin          | true",
                "Sec-Fetch-Site: none                 | true",
                "Sec-Fetch-Site: cross-site           | false",
                "Sec-Fetch-Site: same-site            | false",
                "Sec-Fetch-Site: None                 | false",
                "Sec-Fetch-Site: whatever             | false",
                "Origin: http://127.0.0.1:8080        | true",
                "Origin: https://127.0.0.1:8080       | true",
                "Origin: http://evil.example          | false",
                "Origin: http://127.0.0.1             | false",
                "Origin: http://127.0.0.1:80          | false",
                "Origin: http://127.0.0.1:80800       | false",
                "Origin: http://127.0.0.1:8080.evil   | false",
                "Origin: http://a@127.0.0.1:8080      | false",
                "Origin: http://localhost:8080        | false",
                "Origin: null                         | false",
                "Origin: 127.0.0.1:8080               | false",
                "Origin: a b                          | false",
                "Referer: http://127.0.0.1:8080/a?b   | true",
                "Referer: http://evil.example/        | false",
                "Referer: http://evil.example/127.0.0.1:8080 | false",
                "Referer: about:blank                 | false",
                "Origin: http://127.0.0.1:8080, Referer: http://evil.example/ | true",
                "Origin: http://evil.example, Referer: http://127.0.0.1:8080/ | false",
                "Sec-Fetch-Site: same-origin, Origin: http://evil.example     | true",
                "Sec-Fetch-Site: cross-site, Origin: http://127.0.0.1:8080    | false",
                "Sec-Fetch-Site: cross-site, Referer: http://127.0.0.1:8080/  | false"
            })
    void onlyProgramsAndPagesOfThisServerChangeSomething(String headers, boolean ours) {
        List<String> lines = new ArrayList<>(List.of("Host: 127.0.0.1:8080"));
        if (headers != null) {
            lines.addAll(List.of(headers.split(", ", -1)));
        }
        String[] all = lines.toArray(String[]::new);

        assertThat(SameOrigin.isOurs(new FakeRequest("GET", "/", all))).isEqualTo(ours);
        for (String method : READING) {
            FakeRequest request = new FakeRequest(method, "/", all);
            assertThat(SameOrigin.onlyReads(request)).as(method).isTrue();
            assertThatCode(() -> SameOrigin.check(request)).as(method).doesNotThrowAnyException();
            assertChecked(ours, request, "may not ask for this here");
        }
        for (String method : CHANGING) {
            FakeRequest request = new FakeRequest(method, "/", all);
            assertThat(SameOrigin.onlyReads(request)).as(method).isFalse();
            assertChecked(ours, request, "may not change anything here");
            if (ours) {
                assertThatCode(() -> SameOrigin.check(request)).as(method).doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> SameOrigin.check(request)).as(method).isInstanceOf(HttpError.class);
            }
        }
    }

    private static void assertChecked(boolean ours, FakeRequest request, String sentence) {
        if (ours) {
            assertThatCode(() -> SameOrigin.checkOrigin(request)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> SameOrigin.checkOrigin(request))
                    .isInstanceOf(HttpError.class)
                    .hasMessageContaining(sentence);
        }
    }

    @Test
    void pageIsNamedByItsOriginWhereItSaysOne() {
        assertRefused(
                "a page of 'http://evil.example' may not change anything here; programs and pages of this server may",
                "Origin: http://evil.example");
        assertRefused(
                "a page of another origin may not change anything here; programs and pages of this server may",
                "Sec-Fetch-Site: cross-site");
    }

    private static void assertRefused(String sentence, String header) {
        FakeRequest request = new FakeRequest("PUT", "/", "Host: a", header);
        assertThatThrownBy(() -> SameOrigin.check(request)).isInstanceOfSatisfying(HttpError.class, error -> {
            error.answer(request.exchange(""));
            assertThat(request.response.getStatus()).isEqualTo(403);
            assertThat(request.response.text()).isEqualTo(sentence + "\n");
        });
    }

    @Test
    void hostIsComparedWhateverItsLettersAre() {
        assertThat(SameOrigin.isOurs(new FakeRequest("PUT", "/", "Host: Door.example", "Origin: http://door.EXAMPLE")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: a", "Origin: http://a", "Sec-Fetch-Site: none"})
    void headersThatNameTheOriginMayOccurOnce(String header) {
        String name = header.substring(0, header.indexOf(':'));

        assertThatCode(() -> SameOrigin.checkOnce(new FakeRequest("GET", "/", header)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> SameOrigin.checkOnce(new FakeRequest("GET", "/", header, header)))
                .isInstanceOfSatisfying(HttpError.class, error -> {
                    FakeRequest request = new FakeRequest("GET", "/");
                    error.answer(request.exchange(""));
                    assertThat(request.response.getStatus()).isEqualTo(400);
                })
                .hasMessage(name + " may be in a request only once; here it is more than once");
        assertThatCode(() -> SameOrigin.checkOnce(new FakeRequest("GET", "/", "Accept: a", "Accept: b")))
                .doesNotThrowAnyException();
    }
}
