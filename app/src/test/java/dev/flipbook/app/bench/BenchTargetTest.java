package dev.flipbook.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchTargetTest {

    @Test
    void theRequestAsksForPathAndQuery() throws IOException {
        BenchTarget target = BenchTarget.of("http://127.0.0.1:8080/?action=stream_1&a=%20#x");
        assertThat(target.request())
                .startsWith("GET /?action=stream_1&a=%20 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
                .endsWith("\r\n\r\n")
                .doesNotContain("Authorization");
        assertThat(target.address().getPort()).isEqualTo(8080);
        assertThat(target.shown()).isEqualTo("http://127.0.0.1:8080/?action=stream_1&a=%20");
        assertThat(target.local()).isTrue();
    }

    @Test
    void portAndPathMayBeLeftOut() throws IOException {
        BenchTarget target = BenchTarget.of("HTTP://127.0.0.1");
        assertThat(target.request()).startsWith("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        assertThat(target.address().getPort()).isEqualTo(80);
    }

    @Test
    void lettersBeyondAsciiAreEncoded() throws IOException {
        assertThat(BenchTarget.of("http://127.0.0.1/caf\u00e9").request()).startsWith("GET /caf%C3%A9 HTTP");
    }

    @Test
    void nameAndPasswordAreSentAndNeverShown() throws IOException {
        BenchTarget target = BenchTarget.of("http://me:a%40b+c@127.0.0.1:8080/x");
        assertThat(target.request()).contains("\r\nAuthorization: Basic bWU6YUBiK2M=\r\n"); // me:a@b+c
        assertThat(target.shown()).isEqualTo("http://127.0.0.1:8080/x");
        assertThat(target.request()).doesNotContain("me:");
    }

    @Test
    void anAddressOfAnotherMachineIsNotLocal() throws IOException {
        assertThat(BenchTarget.of("http://192.0.2.1/").local()).isFalse();
        assertThat(BenchTarget.of("http://[::1]:8080/").address().getPort()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "ftp://127.0.0.1/", "http://", "http:///x", "http://a:99999/", "http://u:pass word@a/"})
    void whatIsNotAnAddressIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BenchTarget.of(url))
                .withMessageContaining("such as http://")
                .withMessageNotContaining("pass");
    }

    @Test
    void httpsIsRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BenchTarget.of("https://127.0.0.1/"))
                .withMessageContaining("https");
    }

    @Test
    void anUnknownHostIsNamed() {
        assertThatIOException()
                .isThrownBy(() -> BenchTarget.of("http://u:secret@no-such-host.invalid/"))
                .withMessageContaining("'no-such-host.invalid'")
                .withMessageNotContaining("secret");
    }
}
