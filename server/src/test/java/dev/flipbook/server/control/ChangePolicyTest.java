package dev.flipbook.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeConnection;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.http.HttpError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may change feeds: where a request comes from, and what tells that it came through a proxy. */
class ChangePolicyTest {

    private static final String RULE =
            "only the machine that serves the feeds may change them, without a proxy; this request ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "127.0.0.1  | Host: 127.0.0.1:8080                                       | none",
                "127.8.9.1  | Host: localhost:8080                                       | none",
                "::1        | Host: [::1]:8080                                           | none",
                "127.0.0.1  | Host: LOCALHOST                                            | none",
                "127.0.0.1  | Host: door.localhost:8080                                  | none",
                "127.0.0.1  | Host: 127.1:8080                                           | none",
                "127.0.0.1  | Host: 127.0.0.1:8080; Origin: http://127.0.0.1:8080        | none",
                "127.0.0.1  | Host: 127.0.0.1:8080; Referer: http://127.0.0.1:8080/a?b   | none",
                "127.0.0.1  | Host: [::1]:8080; Origin: http://[::1]:8080                | none",
                "127.0.0.1  | Host: 127.0.0.1:8080; Sec-Fetch-Site: same-origin          | none",
                "192.0.2.7  | Host: 127.0.0.1:8080                                       | comes from 192.0.2.7 and not from 127.0.0.1",
                "192.0.2.7  | Host: 192.0.2.1:8080                                       | comes from 192.0.2.7 and not from 127.0.0.1",
                "127.0.0.1  | Host: 127.0.0.1; X-Forwarded-For: 192.0.2.7                | has the header X-Forwarded-For",
                "127.0.0.1  | Host: 127.0.0.1; x-forwarded-for: 127.0.0.1                | has the header x-forwarded-for",
                "127.0.0.1  | Host: 127.0.0.1; X-Forwarded-Proto: https                  | has the header X-Forwarded-Proto",
                "127.0.0.1  | Host: 127.0.0.1; Forwarded: for=192.0.2.7                  | has the header Forwarded",
                "127.0.0.1  | Host: 127.0.0.1; Via: 1.1 proxy                            | has the header Via",
                "127.0.0.1  | Host: 127.0.0.1; X-Real-IP: 192.0.2.7                      | has the header X-Real-IP",
                "127.0.0.1  | Host: cameras.example                      | is for 'cameras.example' and not for localhost or 127.0.0.1",
                "127.0.0.1  | Host: 127.0.0.1.example                    | is for '127.0.0.1.example' and not for localhost or 127.0.0.1",
                "127.0.0.1  | Host: notlocalhost                         | is for 'notlocalhost' and not for localhost or 127.0.0.1",
                "127.0.0.1  | Host: 127.0.0.1; Sec-Fetch-Site: same-origin; Origin: https://cameras.example"
                        + " | comes from a page at 'https://cameras.example' and not at localhost or 127.0.0.1",
                "127.0.0.1  | Host: 127.0.0.1; Sec-Fetch-Site: same-origin; Referer: https://cameras.example/feeds/a"
                        + " | comes from a page at 'https://cameras.example/feeds/a' and not at localhost or 127.0.0.1",
                "127.0.0.1  | Host: 127.0.0.1; Sec-Fetch-Site: none; Origin: null"
                        + " | comes from a page at 'null' and not at localhost or 127.0.0.1",
            })
    void onlyThisMachineMayChangeFeedsAndNotThroughAProxy(String peer, String headers, @Nullable String how) {
        FakeRequest request = request(peer, headers.split("; ", -1));

        assertRefused(request, how == null ? null : RULE + how);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: http://127.0.0.1:8081",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void pageOfAnotherOriginMayNotChangeFeeds(String header) {
        assertRefused(
                request("127.0.0.1", "Host: 127.0.0.1:8080", header),
                "only programs and pages of this server may change feeds");
    }

    @Test
    void requestOfHttp10IsTakenForThatOfAProxy() {
        FakeRequest request = request("127.0.0.1", "Host: 127.0.0.1:8080");
        request.connection.speakHttp10();

        assertRefused(request, RULE + "is one of HTTP/1.0, which proxies speak");
    }

    private static FakeRequest request(String peer, String... headers) {
        FakeRequest request = new FakeRequest("POST", "/api/feeds/door/pause", headers);
        request.connection = new FakeConnection(peer);
        return request;
    }

    private static void assertRefused(FakeRequest request, @Nullable String sentence) {
        if (sentence == null) {
            assertThat(ChangePolicy.refusal(request)).isEmpty();
            assertThatCode(() -> ChangePolicy.check(request)).doesNotThrowAnyException();
        } else {
            assertThat(ChangePolicy.refusal(request)).contains(sentence);
            assertThatThrownBy(() -> ChangePolicy.check(request))
                    .isInstanceOf(HttpError.class)
                    .hasMessage(sentence);
        }
    }
}
