package dev.flipbook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "http://door,                     door,      80,   /,       http://door/",
        "HTTP://Door.Local:8080/a?b=c#d,  door.local,8080, /a?b=c,  http://door.local:8080/a",
        "http://front_door?action=stream, front_door,80,   /?action=stream, http://front_door/",
        "https://[::1]:444/x,             ::1,       444,  /x,      https://[::1]:444/x",
        "http://u:p@h/ä\"|,               h,         80,   /%C3%A4%22|, http://h/%C3%A4%22|"
    })
    void partsAreGiven(String text, String host, int port, String target, String shown) throws IOException {
        HttpAddress address = HttpAddress.of(text);
        assertThat(address.host()).isEqualTo(host);
        assertThat(address.port()).isEqualTo(port);
        assertThat(address.target()).isEqualTo(target);
        assertThat(address).hasToString(shown);
    }

    @Test
    void userAndPasswordAreDecoded() throws IOException {
        HttpAddress address = HttpAddress.of("http://m%C3%A4x:p%40s:s%2F@host/");
        assertThat(address.user()).isEqualTo("mäx");
        assertThat(address.password()).isEqualTo("p@s:s/");
        assertThat(HttpAddress.of("http://host/").user()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:/x",
                "http://",
                "http://u:S3CR3T@/",
                "http://h:S3CR3T/",
                "http://h:0/",
                "http://h:70000/",
                "http://h/S3CR3T x",
                "http://h/\r\nX: y",
                "http://u:S3CR3T%@h/",
                "http://u%00:S3CR3T@h/",
                "http://-h/",
                "http://u%3A:S3CR3T@h/"
            })
    void whatCannotBeAskedIsRefusedWithoutASecret(String text) {
        assertThatThrownBy(() -> HttpAddress.of(text))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the URL ")
                .hasMessageNotContaining("S3CR3T");
    }

    @ParameterizedTest
    @CsvSource({
        "LOOPBACK,  127.0.0.1",
        "LOOPBACK,  ::1",
        "LOOPBACK, 0.0.0.0",
        "PRIVATE, 192.168.1.2",
        "PRIVATE, 10.0.0.1",
        "PRIVATE, 172.16.0.1",
        "PRIVATE, 100.64.0.1",
        "PRIVATE, fd12::1",
        "PUBLIC, 93.184.216.34",
        "PUBLIC, 2001:db8::1",
        "FORBIDDEN, 169.254.169.254",
        "FORBIDDEN, 100.100.100.200",
        "FORBIDDEN, fe80::1",
        "FORBIDDEN, fd00:ec2::254",
        "FORBIDDEN, 224.0.0.1",
        "FORBIDDEN, 255.255.255.255",
        "FORBIDDEN, ::ffff:169.254.169.254",
        "FORBIDDEN, 64:ff9b::a9fe:a9fe",
        "LOOPBACK, 2002:7f00:1::"
    })
    void reachIsGiven(AddressScope reach, String address) throws IOException {
        assertThat(AddressScope.of(InetAddress.getAllByName(address)[0])).isEqualTo(reach);
    }

    @Test
    void digestsAreThoseOfTheStandard() { // RFC 7616, 3.9.1
        String ask = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=%s,"
                + " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        assertThat(answer(ask.formatted("MD5")))
                .contains("response=\"8ca523f5e9506fed4657c9700eebdbec\"", "nc=00000001");
        assertThat(answer(ask.formatted("SHA-256")))
                .contains("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
        assertThat(answer(ask.formatted("MD5"), "Basic realm=\"x\"", ask.formatted("SHA-256")))
                .as("the strongest is taken")
                .contains("algorithm=SHA-256");
    }

    private static String answer(String... asked) {
        HttpLogin login =
                new HttpLogin("Mufasa", "Circle of Life", () -> "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        assertThat(login.authorization("GET", "/dir/index.html")).isNull();
        assertThat(login.refused(List.of(asked))).isTrue();
        String answer = login.authorization("GET", "/dir/index.html");
        assertThat(login.refused(List.of(asked))).as("it was told all there is").isFalse();
        return String.valueOf(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "http://admin:s3/cret@door.local/x, %2F",
        "http://admin:12/34@door.local/basic, %2F",
        "http://admin:s3#cret@door.local/x, %23",
        "http://admin:12#34@door.local/x, %23",
        "http://admin:s3@cret#s3@door.local/x, %23",
        "http://admin:s3?cret@door.local/x, %3F",
        "http://admin:12?34@door.local:8080/x, %3F",
        "http://admin:s3@cret?s3@door.local/x, %3F",
        "https://admin:s3?a=b@door.local/x, %3F"
    })
    void whatEndsAPasswordIsSaidToBeWrittenInNumbers(String address, String written) {
        assertThatThrownBy(() -> HttpAddress.of(address))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in a password " + unwritten(written) + " is written " + written)
                .hasMessageNotContaining("s3")
                .hasMessageNotContaining("34");
    }

    private static String unwritten(String escape) {
        return Character.toString(Integer.parseInt(escape.substring(1), 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://door.local/img/photo@2x.jpg",
                "http://door.local:80?mail=me@home",
                "http://door.local/x?mail=me@home",
                "http://[::1]:80/a/b@c",
                "http://[::1]:80/b@c",
                "http://admin:s3cret@door.local/x?to=me@home",
                "http://admin:s3cret@door.local/a/b@c.jpg"
            })
    void anAtSignElsewhereIsNothingUnusual(String address) throws IOException {
        assertThat(HttpAddress.of(address).host()).isIn("door.local", "::1");
    }

    @Test
    void aSlashInAPasswordIsNotTakenForAPath() {
        assertThatThrownBy(() -> HttpAddress.of("http://admin:12/34@door.local/basic"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("%2F");
    }

    @Test
    void passwordsInPathsAreNotShown() throws IOException {
        assertThat(HttpAddress.of("http://door.local/user=a_password=S3cr3t_channel=1/x.jpg"))
                .hasToString("http://door.local/user=a_password=***/x.jpg");
        assertThat(HttpAddress.of("http://door.local/@axis/x.jpg")).hasToString("http://door.local/@axis/x.jpg");
    }
}
