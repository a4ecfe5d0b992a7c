package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.text.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class LiveAddressTest {

    @ParameterizedTest
    @CsvSource({
        "rtsp://127.0.0.1/x, rtsp://127.0.0.1/x, rtsp://127.0.0.1/x",
        "RTSP://127.0.0.1:8554, rtsp://127.0.0.1:8554, rtsp://127.0.0.1:8554",
        "rtsp://me:secret@127.0.0.1:8554/a/b?channel=1, rtsp://127.0.0.1:8554/a/b, rtsp://me:secret@127.0.0.1:8554/a/b?channel=1",
        "rtsp://me:p@ss:w%rd@127.0.0.1/x, rtsp://127.0.0.1/x, rtsp://me:p%40ss%3Aw%25rd@127.0.0.1/x",
        "rtsp://me:%40%2F+ü@127.0.0.1/x, rtsp://127.0.0.1/x, rtsp://me:%40%2F%2B%C3%BC@127.0.0.1/x",
        "rtsp://me@127.0.0.1/x, rtsp://127.0.0.1/x, rtsp://me@127.0.0.1/x",
        "rtsp://[::1]:554/x, rtsp://[::1]:554/x, rtsp://[0:0:0:0:0:0:0:1]:554/x",
        "srt://127.0.0.1:9000?passphrase=secret, srt://127.0.0.1:9000, srt://127.0.0.1:9000?passphrase=secret",
        "udp://:5000, udp://:5000, udp://:5000",
        "udp://@239.1.2.3:5000, udp://239.1.2.3:5000, udp://239.1.2.3:5000"
    })
    void addressIsShownWithoutSecretsAndOpenedWithThem(String typed, String shown, String opened) throws Exception {
        LiveAddress address = LiveAddress.of(typed).orElseThrow();
        assertThat(address.shown()).isEqualTo(shown);
        assertThat(address).hasToString(shown);
        assertThat(address.addresses()).containsExactly(opened);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "http://127.0.0.1/x",
                "https://127.0.0.1/x.m3u8",
                "file:///etc/passwd",
                "concat:a|b",
                "ffmpeg://x",
                "pipe:0",
                "rtsp:/x",
                "screen::0"
            })
    void otherTextsAreLeftToOtherProviders(String text) throws Exception {
        assertThat(LiveAddress.of(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rtsp://",
                "rtsp:///x",
                "rtsp://me:s3cret@",
                "rtsp://me:s3cret@door:99999/x",
                "rtsp://me:s3cret@door.local/a b",
                "rtsp://me:s3cret@door.local/x\r\nEvil: yes",
                "rtsp://me:s3/cret@door.local:x/y",
                "udp://127.0.0.1"
            })
    void incompleteAddressIsRefusedWithoutItsSecrets(String text) {
        assertThatThrownBy(() -> LiveAddress.of(text))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("://NAME:PASSWORD@HOST:PORT/PATH")
                .hasMessageNotContaining("s3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"169.254.169.254", "[fe80::1]", "169.254.1.2", "100.100.100.200", "[::ffff:169.254.169.254]"})
    void linkLocalAddressesAreNotOpened(String host) throws Exception {
        LiveAddress address =
                LiveAddress.of("rtsp://me:s3cret@" + host + "/latest").orElseThrow();
        assertThatThrownBy(address::addresses)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a link-local address, which no source opens")
                .hasMessageNotContaining("s3");
    }

    @Test
    void addressesOfOrdinaryNetworksAreOpened() throws Exception {
        for (String host : new String[] {"127.0.0.1", "192.168.1.7", "10.0.0.9", "::1", "fd12::7", "8.8.8.8"}) {
            assertThat(Hosts.isAllowed(InetAddress.getByName(host))).as(host).isTrue();
        }
    }

    @Test
    void unknownHostIsNamed() throws Exception {
        LiveAddress address = LiveAddress.of("rtsp://me:s3cret@door.invalid/x").orElseThrow();
        assertThatThrownBy(address::addresses)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("door.invalid")
                .hasMessageNotContaining("s3");
    }

    @Test
    void secretsInFfmpegsMessagesAreRemoved() {
        assertThat(Secrets.withoutLoginsAndQueries(
                        "tls: rtsp://me:p@ss@door.local:554/a?token=x failed, see 'http://a:b@c/?k=v'"))
                .isEqualTo("tls: rtsp://door.local:554/a failed, see 'http://c/'");
        assertThat(Secrets.withoutLoginsAndQueries("[h264 @ 0x55] error while decoding MB 3 4"))
                .isEqualTo("[h264 @ 0x55] error while decoding MB 3 4");
    }

    @ParameterizedTest
    @CsvSource({
        "rtsp://admin:12/34@door.local/stream, %2F",
        "rtsp://admin:s3/34/s3@door.local/stream, %2F",
        "rtmp://admin:s3#34/s3@door.local/stream, %23",
        "rtsps://admin:s3?34/s3@door.local/stream, %3F"
    })
    void errorNamesTheEscapeOfACharacterThatEndsAPassword(String typed, String written) {
        assertThatThrownBy(() -> LiveAddress.of(typed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is written " + written)
                .hasMessageNotContaining("s3")
                .hasMessageNotContaining("34");
    }

    @ParameterizedTest
    @CsvSource({
        "rtsp://127.0.0.1/x, tcp, tcp",
        "rtsp://127.0.0.1/x?udp, udp, 'tcp,rtp,udp'",
        "rtsp://127.0.0.1/x?a=1&udp, udp, 'tcp,rtp,udp'",
        "rtsp://127.0.0.1/x?udpx, tcp, tcp"
    })
    void rtspUsesUdpIfTheAddressRequestsIt(String typed, String transport, String protocols) throws Exception {
        assertThat(LiveAddress.of(typed).orElseThrow().options())
                .containsEntry("rtsp_transport", transport)
                .containsEntry("protocol_whitelist", protocols);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://0.0.0.0:5000?listen, true",
        "tcp://0.0.0.0:5000?listen=1&x=y, true",
        "tcp://0.0.0.0:5000?listen=0, false",
        "tcp://127.0.0.1:5000, false",
        "udp://127.0.0.1:5000, true",
        "rtp://127.0.0.1:5000, true",
        "rtsp://127.0.0.1/x?listen, false",
        "srt://127.0.0.1:5000?mode=listener, true"
    })
    void addressTellsWhetherASenderIsAwaited(String typed, boolean listens) throws Exception {
        assertThat(LiveAddress.of(typed).orElseThrow().listens()).isEqualTo(listens);
    }

    @Test
    void passwordsInPathsAreNotShown() throws IOException {
        assertThat(LiveAddress.of("rtsp://door.local/user=a_password=S3cr3t_channel=1.sdp?x=y"))
                .hasValueSatisfying(
                        address -> assertThat(address.shown()).isEqualTo("rtsp://door.local/user=a_password=***"));
    }
}
