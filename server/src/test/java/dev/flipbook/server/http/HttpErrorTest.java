package dev.flipbook.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an answer is written, a refusal above all. */
class HttpErrorTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html,*/*;q=0.8", "image/webp"})
    void refusalIsALineOfPlainText(String accept) {
        FakeRequest request = new FakeRequest("GET", "/", "Accept: " + accept);

        new HttpError(404, "there is no 'dör'").answer(request.exchange(""));

        assertAnswered(request, 404, "text/plain;charset=utf-8", "there is no 'dör'\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/problem+json, */*", "text/json"})
    void refusalIsAProblemWhereJsonIsAskedFor(String accept) {
        FakeRequest request = new FakeRequest("GET", "/", "Accept: " + accept);

        new HttpError(409, "another one \"publishes\"").answer(request.exchange(""));

        assertThat(request.response.text())
                .startsWith("{")
                .endsWith("}")
                .contains("\"title\":\"Conflict\"", "\"status\":409", "\"detail\":\"another one \\\"publishes\\\"\"");
        assertAnswered(request, 409, "application/problem+json", request.response.text());
    }

    private static void assertAnswered(FakeRequest request, int status, String type, String body) {
        assertThat(request.response.getStatus()).isEqualTo(status);
        assertThat(request.response.header("Content-Type")).isEqualTo(type);
        assertThat(request.response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(request.response.header("Content-Length")).isEqualTo(String.valueOf(body.getBytes(UTF_8).length));
        assertThat(request.response.text()).isEqualTo(body);
        assertThat(request.response.writes()).hasSize(1);
        assertThat(request.response.ended()).isTrue();
        assertThat(request.end).isCompleted();
    }

    @Test
    void refusalMayHaveAHeaderOfItsOwn() {
        FakeRequest request = new FakeRequest("GET", "/");

        new HttpError(503, "later", "Retry-After", "1").answer(request.exchange(""));

        assertThat(request.response.header("Retry-After")).isEqualTo("1");
        FakeRequest other = new FakeRequest("GET", "/");
        new HttpError(404, "none").answer(other.exchange(""));
        assertThat(other.response.getHeaders().getFieldNamesCollection())
                .containsExactlyInAnyOrder("Content-Type", "Cache-Control", "Content-Length");
    }

    @Test
    void whoAsksForHeadersAloneGetsThoseOfTheWholeAnswer() {
        FakeRequest request = new FakeRequest("HEAD", "/");

        new HttpError(404, "none").answer(request.exchange(""));

        assertThat(request.response.header("Content-Length")).isEqualTo("5");
        assertThat(request.response.text()).isEmpty();
        assertThat(request.response.hasLastWrite()).isTrue();
        assertThat(request.exchange("").isHead()).isTrue();
        assertThat(new FakeRequest("GET", "/").exchange("").isHead()).isFalse();
    }

    @Test
    void answerHasItsLengthWhateverIsLeftOfTheBuffer() {
        FakeRequest request = new FakeRequest("GET", "/");

        request.exchange("")
                .answer(200, ByteBuffer.wrap("xyz abc".getBytes(UTF_8)).position(4));

        assertThat(request.response.text()).isEqualTo("abc");
        assertThat(request.response.header("Content-Length")).isEqualTo("3");
    }

    @Test
    void headersAloneAreAWholeAnswerAndThoseOfAStreamHaveNoLength() {
        FakeRequest alone = new FakeRequest("DELETE", "/");
        alone.exchange("").answer(204);
        assertThat(alone.response.getStatus()).isEqualTo(204);
        assertThat(alone.response.writes()).hasSize(1);
        assertThat(alone.response.ended()).isTrue();

        FakeRequest stream = new FakeRequest("HEAD", "/");
        stream.exchange("").begin(200);
        assertThat(stream.response.getStatus()).isEqualTo(200);
        assertThat(stream.response.writes()).hasSize(1);
        assertThat(stream.response.ended()).isFalse();
        assertThat(stream.response.header("Content-Length")).isNull();
        assertThat(stream.end).isCompleted();
    }

    @ParameterizedTest
    @CsvSource({"'/?a=1&b=2', 1", "'/?b=2', ", "/, ", "'/?a=', ''", "'/?a=1&a=2', 1", "'/?a=%C3%A9+x', é x"})
    void firstValueOfAQueryCounts(String target, String value) {
        assertThat(new FakeRequest("GET", target, "Host: a").exchange("").query("a"))
                .isEqualTo(Optional.ofNullable(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?a=%", "/?a=%zz", "/?%ff=1", "/?a=%C3"})
    void queryThatCannotBeReadIsRefused(String target) {
        FakeRequest request = new FakeRequest("GET", target, "Host: a");

        assertThatThrownBy(() -> request.exchange("").query("a")).isInstanceOfSatisfying(HttpError.class, error -> {
            error.answer(request.exchange(""));
            assertThat(request.response.getStatus()).isEqualTo(400);
            assertThat(request.response.text()).startsWith("the query cannot be read; ");
        });
    }

    @Test
    void headerThatIsMissingIsEmpty() {
        Exchange exchange = new FakeRequest("GET", "/", "Accept: a").exchange("");

        assertThat(exchange.header(HttpHeader.ACCEPT)).isEqualTo("a");
        assertThat(exchange.header(HttpHeader.ORIGIN)).isEmpty();
        assertThat(exchange.header("Accept")).contains("a");
        assertThat(exchange.header("Origin")).isEmpty();
    }
}
