package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a body that nobody has read when the answer has been sent. */
@Timeout(60)
class DrainingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                            | 0",
                "Content-Length: 0                           | 0",
                "Content-Length: 3                           | 3",
                "Transfer-Encoding: chunked                  | 3",
                "Content-Length: 3, Expect: 100-continue     | 0"
            })
    void restOfABodyIsReadWhereThereIsOne(String headers, int pieces) {
        FakeRequest request = request(headers);
        for (int i = 0; i < 3; i++) {
            request.come(new byte[1], i == 2);
        }

        new Draining(request, request.end).succeeded();

        assertThat(request.end).succeedsWithin(Duration.ofSeconds(30));
        assertThat(request.reads()).isEqualTo(pieces);
    }

    @Test
    void bodyThatWasReadToItsEndIsLeftAlone() throws IOException {
        FakeRequest request = request("Content-Length: 3").come(new byte[3], true);
        RequestBody.of(request).readAllBytes();

        new Draining(request, request.end).succeeded();

        assertThat(request.end).isCompleted();
        assertThat(request.reads()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3", "Content-Length: 3, Expect: 100-continue"})
    void bodyOfWhichSomeWasReadIsReadOn(String headers) throws IOException {
        FakeRequest request = request(headers)
                .come(new byte[1], false)
                .come(new byte[1], false)
                .come(new byte[1], true);
        RequestBody.of(request).read();

        new Draining(request, request.end).succeeded();

        assertThat(request.end).succeedsWithin(Duration.ofSeconds(30));
        assertThat(request.reads()).isEqualTo(3);
    }

    @Test
    void whoeverStopsSendingIsWaitedForOnlyOneSecond() {
        FakeRequest request = request("Content-Length: 3");

        new Draining(request, request.end).succeeded();

        assertThat(request.scheduler.delayMillis()).isEqualTo(1000);
        assertThat(request.end).isNotDone();
        request.scheduler.run();
        assertThat(request.end).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void failureEndsTheRequestAtOnce() {
        FakeRequest request = request("Content-Length: 3").come(new byte[3], true);

        new Draining(request, request.end).failed(new IOException("reset"));

        assertThatThrownBy(() -> request.end.get(1, TimeUnit.SECONDS)).hasRootCauseMessage("reset");
        assertThat(request.reads()).isZero();
        assertThat(new Draining(request, request.end).getInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
    }

    private static FakeRequest request(String headers) {
        return headers == null ? new FakeRequest("PUT", "/") : new FakeRequest("PUT", "/", headers.split(", ", -1));
    }
}
