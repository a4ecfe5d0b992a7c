package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Feed;
import dev.flipbook.Feeds;
import dev.flipbook.Variant;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestTest {

    @Test
    void whatIsNotNamedIsAsUsual() {
        StreamRequest stream = stream(Map.of("t", "1", "width", ""));
        assertThat(stream.variant()).isEqualTo(Variant.ORIGINAL);
        assertThat(stream.fps()).isZero();
        SnapshotRequest snapshot = SnapshotRequest.of(query(Map.of()));
        assertThat(snapshot).isEqualTo(new SnapshotRequest(Variant.ORIGINAL, Optional.empty(), Duration.ofSeconds(5)));
    }

    @Test
    void aVariantIsReadForBoth() {
        Map<String, String> all = Map.of(
                "width",
                "320",
                "height",
                "0240",
                "quality",
                "70",
                "rotate",
                "270",
                "max_age",
                "0",
                "max_delay",
                "60000");
        Variant variant = new Variant(320, 240, 70, 270);
        assertThat(stream(all).variant()).isEqualTo(variant);
        assertThat(SnapshotRequest.of(query(all)))
                .isEqualTo(new SnapshotRequest(variant, Optional.of(Duration.ZERO), Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width|15|width is a number of pixels from 16 to 8192, not '15'",
                "width|8193|width is a number of pixels from 16 to 8192, not '8193'",
                "width|81920|width is a number of pixels from 16 to 8192, not '81920'",
                "height|15|height is a number of pixels from 16 to 8192, not '15'",
                "height|8193|height is a number of pixels from 16 to 8192, not '8193'",
                "width|99999999999|width is a number of pixels from 16 to 8192, not '99999999999'",
                "quality|0|quality is a number from 1 to 100, not '0'",
                "quality|101|quality is a number from 1 to 100, not '101'",
                "width|-16|width is a number of pixels from 16 to 8192, not '-16'",
                "max_age|-1|max_age is a number of milliseconds from 0 to 3600000, not '-1'",
                "max_delay|60001|max_delay is a number of milliseconds from 0 to 60000, not '60001'",
                "rotate|360|rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '360'",
                "quality|8e1|quality is a number from 1 to 100, not '8e1'",
                "rotate|45|rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '45'",
                "rotate|-90|rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '-90'",
                "max_age|3600001|max_age is a number of milliseconds from 0 to 3600000, not '3600001'",
                "max_delay|1.5|max_delay is a number of milliseconds from 0 to 60000, not '1.5'"
            })
    void aWrongValueIsNamedWithThoseThatAreAllowed(String key, String value, String sentence) {
        assertThatThrownBy(() -> SnapshotRequest.of(query(Map.of(key, value))))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessage(sentence);
        if (!key.startsWith("max")) {
            assertThatThrownBy(() -> stream(Map.of(key, value))).hasMessage(sentence);
        }
    }

    @Test
    void eachNumberMayBeTheLeastAndTheMost() {
        assertThat(stream(Map.of("width", "16", "height", "16", "quality", "1", "rotate", "0"))
                        .variant())
                .isEqualTo(new Variant(16, 16, 1, 0));
        assertThat(stream(Map.of("width", "8192", "height", "8192", "quality", "100", "rotate", "180"))
                        .variant())
                .isEqualTo(new Variant(8192, 8192, 100, 180));
        assertThat(stream(Map.of("rotate", "90")).variant().rotate()).isEqualTo(90);
        SnapshotRequest most = SnapshotRequest.of(query(Map.of("max_age", "3600000", "max_delay", "0")));
        assertThat(most.maxAge()).contains(Duration.ofHours(1));
        assertThat(most.maxDelay()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "refused",
            value = {
                "0.1, 0.1",
                "0.09, refused",
                "0.099, refused",
                "0, refused",
                "12.5, 12.5",
                "1000, 1000",
                "1000.0, 1000",
                "1000.001, refused",
                "1001, refused",
                "10000, refused",
                "-1, refused",
                "1e1, refused",
                "5., refused",
                "x, refused"
            })
    void ratesGoFromOneInTenSecondsToAThousandASecond(String asked, Double fps) {
        if (fps == null) {
            assertThatThrownBy(() -> stream(Map.of("fps", asked)))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessage("fps is a number from 0.1 to 1000, not '" + asked + "'");
        } else {
            assertThat(stream(Map.of("fps", asked)).fps()).isEqualTo(fps);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''      | image/webp,*/*        |       | BROWSER",
                "''      | text/html,*/*;q=0.8   |       | BROWSER",
                "''      | a,text/html           |       | BROWSER",
                "''      | */*                   |       | STRICT",
                "''      | x,image/webp          |       | STRICT",
                "''      |                       |       | STRICT",
                "''      | */*                   | image | BROWSER",
                "''      | */*                   | empty | STRICT",
                "strict  | image/webp            | image | STRICT",
                "browser | */*                   |       | BROWSER"
            })
    void browsersThatShowAStreamHaveTheFramingForThem(String asked, String accept, String dest, Framing framing) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept", accept);
        headers.put("Sec-Fetch-Dest", dest);

        assertThat(StreamRequest.of(query(Map.of("framing", asked)), query(headers))
                        .framing())
                .isEqualTo(framing);
    }

    @ParameterizedTest
    @CsvSource({
        "'', multipart/x-mixed-replace, BROWSER",
        "mixed, multipart/mixed, STRICT",
        "raw, application/octet-stream, STRICT"
    })
    void typesForScriptsHaveTheFramingForScripts(String type, String mediaType, Framing framing) {
        StreamRequest asked = StreamRequest.of(query(Map.of("type", type)), query(Map.of("Accept", "image/webp,*/*")));
        assertThat(asked.mediaType()).isEqualTo(mediaType);
        assertThat(asked.framing()).isEqualTo(framing);
        StreamRequest chosen = StreamRequest.of(query(Map.of("type", type, "framing", "browser")), query(Map.of()));
        assertThat(chosen.framing()).isEqualTo(Framing.BROWSER);
    }

    @Test
    void aTypeThatThereIsNoneOfIsRefused() {
        assertThatThrownBy(() -> stream(Map.of("type", "MIXED")))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("type is one of: mixed, raw, not 'MIXED'");
    }

    @Test
    void aRefusalSaysWhatWasAskedForAndWhyThereIsNone() {
        try (Feeds feeds = new Feeds()) {
            Feed feed = feeds.feed("door");
            SnapshotRequest asked = SnapshotRequest.of(query(Map.of("max_age", "250")));
            assertThat(asked.refusal(feed, new CompletionException(new IOException("the newest was taken 900 ms ago"))))
                    .isEqualTo(
                            "the feed 'door' has no picture that is at most 250 ms old: the newest was taken 900 ms ago");
            assertThat(asked.refusal(feed, new SnapshotMemory.FullException("all is full")))
                    .isEqualTo("the feed 'door' cannot send its picture now: all is full; try again in a second");
        }
    }

    private static StreamRequest stream(Map<String, String> values) {
        return StreamRequest.of(query(values), name -> Optional.empty());
    }

    private static Function<String, Optional<String>> query(Map<String, String> values) {
        return key -> Optional.ofNullable(values.get(key));
    }
}
