package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses in which a character of a password ends the login, and those in which it only looks so. */
class TypedLoginTest {

    @ParameterizedTest
    @CsvSource({
        "rtsp://admin:se/cret@camera/live, /, %2F",
        "rtsp://admin:se?cret@camera/live, ?, %3F",
        "rtsp://admin:se#cret@camera/live, #, %23",
        "http://admin:12/34@camera, /, %2F",
        "http://admin:1?x@camera/, ?, %3F",
        "http://user#name@camera, #, %23",
        "rtsp://a:b@c?d@camera, ?, %3F",
    })
    void theCharacterThatEndsThePasswordIsNamed(String address, String typed, String written) {
        assertThat(TypedLogin.cutOff(address))
                .hasValue("has a " + typed + " before its @; in a password " + typed + " is written " + written
                        + ", and an @ elsewhere %40");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rtsp://admin:secret@camera/live",
                "rtsp://camera/live",
                "http://camera/pictures/@latest",
                "http://camera:8080/a/b@c",
                "http://camera/a?mail=me@example.org",
                "http://camera:8080/a?mail=me@example.org",
                "http://admin:secret@camera/a@b",
                "http://admin:secret@camera?mail=me@example.org",
                "http://[::1]:8080/a/b@c",
                "camera@home/a@b",
                "",
            })
    void otherAddressesAreLeftAlone(String address) {
        assertThat(TypedLogin.cutOff(address)).isEmpty();
    }

    @Test
    void nothingElseOfTheAddressIsRepeated() {
        assertThat(TypedLogin.cutOff("rtsp://admin:top/secret@camera/live").orElseThrow())
                .doesNotContain("top", "secret", "admin", "camera");
    }
}
