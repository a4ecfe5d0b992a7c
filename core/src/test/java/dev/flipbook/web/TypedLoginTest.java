package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses in which a character of a password ends the login, and addresses in which that only seems to be so. */
class TypedLoginTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                // what stands before the mark cannot be a host and its port
                "http://admin:s3/cret@door.local/x, /, %2F",
                "http://admin:s3/c/r/et@door.local, /, %2F",
                "rtsp://admin:123456/7/8@door.local, /, %2F",
                "http://admin:s3?cret@door.local/x, ?, %3F",
                "https://admin:s3?a=b@door.local/x, ?, %3F",
                "http://[admin:s3?cret@door.local/x, ?, %3F",
                "http://[::1]:80#b@c, #, %23",
                // this could be a host and its port, but the rest is more like a password than like a path or a query
                "http://admin:12/34@door.local/basic, /, %2F",
                "http://admin:12345/6@door.local, /, %2F",
                "http://admin:/34@door.local/basic, /, %2F",
                "http://admin:12?34@door.local:8080/x, ?, %3F",
                "http://s3@cret?s3@door.local/x, ?, %3F",
                "http://admin:s3@cret?s3@door.local/x, ?, %3F",
                // no address of pictures has a fragment
                "http://admin:s3#cret@door.local/x, #, %23",
                "http://admin:12#34@door.local/x, #, %23",
                "http://admin#@door.local/x, #, %23",
                "http://admin:s3@cret#s3@door.local/x, #, %23",
                "://admin:s3#cret@door.local, #, %23"
            })
    void aCharacterThatCutsAPasswordOffIsNamedWithHowItIsWritten(String address, String typed, String written) {
        assertThat(TypedLogin.cutOff(address))
                .contains("has a " + typed + " before its @; in a password " + typed + " is written " + written
                        + ", and an @ elsewhere %40");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://",
                "http://door.local",
                "http://door.local/x.jpg",
                "http://admin:s3cret@door.local",
                "http://admin:s3cret@door.local/x.jpg",
                "http://admin:s3%2Fcret@door.local/x.jpg",
                // an @ in a path or a query
                "http://door.local/img/photo@2x.jpg",
                "http://door.local/b@c",
                "http://door.local:80/a/b@c",
                "http://door.local:80/a?b@c",
                "http://door.local:80/@c",
                "http://door.local?me@home",
                "http://door.local:80?mail=me@home",
                "http://door.local:65535/a/b@c",
                "http://[::1]:80/a/b@c",
                "http://[::1]:80/b@c",
                "http://[::1]:80?b@c",
                "http://[::1]/b@c",
                "http://admin:s3cret@door.local/x?to=me@home",
                "http://admin:s3cret@door.local/a/b@c.jpg",
                "http://admin:s3cret@door.local/b@c.jpg",
                "http://admin@door.local?mail=me@home",
                "http://@door:local?mail=me@home",
                // not an address
                "admin:s3#cret@door.local",
                "/admin:s3#cret@door.local"
            })
    void anAtSignElsewhereIsNothingUnusual(String address) {
        assertThat(TypedLogin.cutOff(address)).isEmpty();
    }

    @Test
    void nothingElseOfTheAddressIsRepeated() {
        assertThat(TypedLogin.cutOff("rtsp://admin:top/secret@camera/live").orElseThrow())
                .doesNotContain("top", "secret", "admin", "camera");
    }
}
