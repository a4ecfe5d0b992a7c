package dev.flipbook.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private final Secrets none = Secrets.in(List.of());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "opening rtsp://me:pw@door/1 failed | opening rtsp://***@door/1 failed",
                "http://me:p@ss@door/ | http://***@door/",
                "GET /x?token=abc&size=5 | GET /x?token=***&size=5",
                "password = hunter2, user = me | password = ***, user = me",
                "{\"api_key\": \"k1\"} | {\"api_key\": \"***\"}",
                "Authorization: Basic bWU6cHc= | Authorization: ***",
                "frame 12 of rtsp://door/1 | frame 12 of rtsp://door/1"
            })
    void whatLooksLikeASecretIsHidden(String text, String expected) {
        assertThat(none.hide(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http://me:pw@door/x | http://door/x",
                "http://me:pw@door/x?a=b | http://door/x?a=b",
                "no 'http://me:p@s/s@door/x', no rtsp://me@b | no 'http://door/x', no rtsp://b",
                "http://USER:PASSWORD@HOST | http://USER:PASSWORD@HOST",
                "rtsp://NAME:PASSWORD@HOST | rtsp://NAME:PASSWORD@HOST",
                "http://me:pw@USER:PASSWORD@door | http://door",
                "http://door/x and me@door | http://door/x and me@door"
            })
    void loginsOfAddressesInASentenceAreLeftOut(String sentence, String expected) {
        assertThat(Secrets.withoutLogins(sentence)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rtsp://me:p@ss@door:554/a?token=x failed | rtsp://door:554/a failed",
                "see 'http://a:b@c/?k=v' and \"srt://d?passphrase=x\" | see 'http://c/' and \"srt://d\"",
                "http://door/a@b | http://door/a@b",
                "[h264 @ 0x55] what? nothing | [h264 @ 0x55] what? nothing"
            })
    void loginsAndQueriesOfAddressesInATextAreLeftOut(String text, String expected) {
        assertThat(Secrets.withoutLoginsAndQueries(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/live | /live",
                "/live?user=me&password=pw | /live",
                "/user=me&password=pw&channel=1 | /user=me&password=***&channel=1",
                "/Passwd=a,b 'c\"/1 | /Passwd=***/1",
                "/pass=a;pwd=b;token=c;secret=d;api_key=e;passphrase=f | "
                        + "/pass=***;pwd=***;token=***;secret=***;api_key=***;passphrase=***",
                "/compass/1 | /compass/1",
                "?pwd=x | ``"
            })
    void passwordsInAPathAreHidden(String path, String expected) {
        assertThat(Secrets.hideInPath(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rstp://me:pw@door/x | rstp://***@door/x",
                "rstp://me:p w@x@door/x?a=b?c | rstp://***@door/x?***",
                "http://door/x?user=a@b | http://***@b",
                "video.mp4 | video.mp4",
                "what?.mp4 | what?.mp4"
            })
    void loginAndQueryOfAnAddressAreHidden(String address, String expected) {
        assertThat(Secrets.hideInAddress(address)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p@ss/w rd", "p%40ss%2Fw%20rd", "p%40ss%2Fw+rd", "p%40ss%2fw%20rd"})
    void passwordOfAnAddressIsHiddenHoweverItIsWritten(String printed) {
        Secrets secrets = Secrets.in(List.of("-i", "rtsp://me:p%40ss%2Fw%20rd@door/1"));

        assertThat(secrets.hide("401 for " + printed + "!")).isEqualTo("401 for ***!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--password",
                "-password",
                "--PASSWORD",
                "--pass",
                "--passwd",
                "--passphrase",
                "--pwd",
                "--token",
                "--secret",
                "--apikey",
                "--api-key",
                "--api_key",
                "--accesskey",
                "--access-key",
                "--access_key",
                "--credential",
                "--credentials"
            })
    void nextWordOfAnOptionThatAsksForASecretIsHidden(String option) {
        assertThat(Secrets.in(List.of("cam", option, "hunter2")).hide("no hunter2 here"))
                .isEqualTo("no *** here");
        assertThat(Secrets.in(List.of("cam", option, "-hunter2")).hide("no -hunter2"))
                .as("another option")
                .isEqualTo("no -hunter2");
        assertThat(Secrets.in(List.of("cam", option)).hide("no value")).isEqualTo("no value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-u", "--user", "-U", "--proxy-user"})
    void whatFollowsTheColonAfterAUserIsHidden(String option) {
        assertThat(Secrets.in(List.of("curl", option, "me:hunter2", "x")).hide("me, hunter2"))
                .isEqualTo("me, ***");
        assertThat(Secrets.in(List.of("curl", option, "me:a:b", "x")).hide("me, a:b, b"))
                .isEqualTo("me, ***, b");
        assertThat(Secrets.in(List.of("curl", option, "me", "x")).hide("me"))
                .as("a name alone")
                .isEqualTo("me");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-s", "--users", "-P", "--name", "--passing", "password"})
    void nextWordOfAnotherOptionIsNotASecret(String option) {
        assertThat(Secrets.in(List.of("cam", option, "me:hunter2")).hide("me:hunter2"))
                .isEqualTo("me:hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pass",
                "password",
                "passwd",
                "passphrase",
                "pwd",
                "token",
                "secret",
                "apikey",
                "api_key",
                "api-key",
                "accesskey",
                "access_key",
                "credential",
                "credentials",
                "PassWord"
            })
    void whatIsNamedASecretIsHiddenThoughNobodyTypedIt(String name) {
        assertThat(none.hide("a " + name + "=x1 b")).isEqualTo("a " + name + "=*** b");
        assertThat(none.hide("a \"" + name + "\": \"x1\" b")).isEqualTo("a \"" + name + "\": \"***\" b");
        assertThat(Secrets.in(List.of("--" + name + "=x1")).hide("got x1")).isEqualTo("got ***");
    }

    @Test
    void longerPasswordIsHiddenWholeThoughAShorterOneIsInIt() {
        assertThat(Secrets.in(List.of("--token", "abc", "--password", "abcdef")).hide("abcdef abc"))
                .isEqualTo("*** ***");
    }

    @Test
    void headersThatHoldSecretsAreHiddenToTheirEnd() {
        assertThat(none.hide("Cookie: a=b; c=d")).isEqualTo("Cookie: ***");
        assertThat(none.hide("sent authorization=Bearer a b")).isEqualTo("sent authorization=***");
    }

    @Test
    void passwordsAreTheNextWordOfSomeOptions() {
        assertThat(Secrets.in(List.of("cam", "--password", "hunter2")).hide("cannot log in with hunter2"))
                .isEqualTo("cannot log in with ***");
        assertThat(Secrets.in(List.of("curl", "-u", "me:hunter2", "x")).hide("me, hunter2"))
                .isEqualTo("me, ***");
        assertThat(Secrets.in(List.of("sshpass", "-p", "hunter2", "ssh")).hide("no hunter2"))
                .isEqualTo("no ***");
        assertThat(Secrets.in(List.of("cp", "-p", "file")).hide("no file")).isEqualTo("no file");
        assertThat(Secrets.in(List.of("cam", "--password", "--quiet")).hide("not --quiet"))
                .isEqualTo("not --quiet");
    }

    @Test
    void passwordWithBareSignsIsHidden() {
        assertThat(Secrets.in(List.of("http://me:a@b@door/")).hide("a@b")).isEqualTo("***");
        assertThat(Secrets.in(List.of("http://me:50%@door/")).hide("50%")).isEqualTo("***");
        assertThat(Secrets.in(List.of("http://me:pässe@door/")).hide("p%C3%A4sse"))
                .isEqualTo("***");
    }

    @Test
    void valueOfAWordIsHiddenWhereverItStands() {
        assertThat(Secrets.in(List.of("--token=abcdef")).hide("sent abcdef to the camera"))
                .isEqualTo("sent *** to the camera");
    }
}
