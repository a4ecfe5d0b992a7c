package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
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

    @Test
    void aRefusalQuotesNoMoreThanALineOfWhatWasAsked() {
        assertThatThrownBy(() -> stream(Map.of("width", "1\n" + "2".repeat(100))))
                .hasMessage("width is a number of pixels from 16 to 8192, not '1?" + "2".repeat(77) + "…'");
    }

    @Test
    void anotherStatusCanBeNamed() {
        BadRequestException refusal = new BadRequestException(409, "it is there already");
        assertThat(refusal.status()).isEqualTo(409);
        assertThat(refusal).hasMessage("it is there already");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width|0|width is a number of pixels from 16 to 8192, not '0'",
                "width|8193|width is a number of pixels from 16 to 8192, not '8193'",
                "height|15|height is a number of pixels from 16 to 8192, not '15'",
                "height|-16|height is a number of pixels from 16 to 8192, not '-16'",
                "width|0000000320|width is a number of pixels from 16 to 8192, not '0000000320'",
                "quality|101|quality is a number from 1 to 100, not '101'",
                "max_delay|60001|max_delay is a number of milliseconds from 0 to 60000, not '60001'",
                "max_age|-1|max_age is a number of milliseconds from 0 to 3600000, not '-1'",
                "rotate|360|rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '360'",
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

    @ParameterizedTest
    @CsvSource({"16, 16", "8192, 8192"})
    void sidesFrom16To8192AreTaken(int width, int height) {
        StreamRequest asked = stream(Map.of("width", "" + width, "height", "" + height, "quality", "1"));
        assertThat(asked.variant()).isEqualTo(new Variant(width, height, 1, 0));
        assertThatThrownBy(() -> stream(Map.of("width", "8193")))
                .hasMessage("width is a number of pixels from 16 to 8192, not '8193'");
        assertThatThrownBy(() -> stream(Map.of("height", "15")))
                .hasMessage("height is a number of pixels from 16 to 8192, not '15'");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "90, 90", "180, 180", "270, 270"})
    void quarterTurnsAreTaken(String rotate, int degrees) {
        assertThat(stream(Map.of("rotate", rotate, "quality", "100")).variant())
                .isEqualTo(new Variant(0, 0, 100, degrees));
    }

    @Test
    void agesUpToAnHourAreTaken() {
        assertThat(SnapshotRequest.of(query(Map.of("max_age", "3600000", "max_delay", "0"))))
                .isEqualTo(new SnapshotRequest(Variant.ORIGINAL, Optional.of(Duration.ofHours(1)), Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.1", "1000, 1000", "12.5, 12.5", "0007.125, 7.125"})
    void ratesFromATenthTo1000AreTaken(String fps, double value) {
        assertThat(stream(Map.of("fps", fps)).fps()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"0", "0.099", "1000.001", "1e2", "10000", "-1", "1.", "1.2345", "NaN", "' 5'"})
    void otherRatesAreRefused(String fps) {
        assertThatThrownBy(() -> stream(Map.of("fps", fps)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("fps is a number from 0.1 to 1000, not '" + fps + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image/avif,image/webp,*/*|''|BROWSER",
                "text/html,application/xhtml+xml|''|BROWSER",
                "*/*|image|BROWSER",
                "*/*|empty|STRICT",
                "*/*|''|STRICT",
                "''|''|STRICT",
                "application/json,image/png|''|STRICT"
            })
    void whoShowsPicturesHasTheFramingForBrowsers(String accept, String dest, Framing framing) {
        Map<String, String> headers = Map.of("Accept", accept, "Sec-Fetch-Dest", dest);
        assertThat(StreamRequest.of(query(Map.of()), query(headers)).framing()).isEqualTo(framing);
        assertThat(StreamRequest.of(query(Map.of("framing", "strict")), query(headers))
                        .framing())
                .isEqualTo(Framing.STRICT);
    }

    @Test
    void anotherFramingIsRefused() {
        assertThatThrownBy(() -> stream(Map.of("framing", "Strict")))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("framing is one of: strict, browser, not 'Strict'");
    }

    @Test
    void theHeadersOfAStreamSayWhatSeparatesItsPartsAndThatNobodyIsToKeepIt() {
        try (Feeds feeds = new Feeds()) {
            Feed feed = feeds.feed("door");
            assertThat(stream(Map.of()).headers(feed))
                    .isEqualTo(Map.of(
                            "Content-Type",
                            "multipart/x-mixed-replace; boundary=" + feed.boundary(),
                            "Cache-Control",
                            "no-store, no-transform",
                            "X-Accel-Buffering",
                            "no"));
            assertThat(stream(Map.of("type", "mixed")).headers(feed))
                    .containsEntry("Content-Type", "multipart/mixed; boundary=" + feed.boundary());
            assertThat(stream(Map.of("type", "raw")).headers(feed))
                    .containsEntry("Content-Type", "application/octet-stream");
        }
    }

    @Test
    void theHeadersOfASnapshotSayHowOldThePictureIs() {
        FakeTicker ticker = new FakeTicker();
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT, ticker)) {
            Feed feed = feeds.feed("door");
            long captured = ticker.nanos();
            ticker.advance(Duration.ofMillis(1500));
            Instant before = Instant.now();

            Map<String, String> headers = SnapshotRequest.of(query(Map.of())).headers(feed, 7, captured);

            String time = Objects.requireNonNull(headers.remove("X-Timestamp"));
            assertThat(headers)
                    .isEqualTo(Map.of(
                            "Content-Type",
                            "image/jpeg",
                            "Cache-Control",
                            "no-store",
                            "X-Frame-Sequence",
                            "7",
                            "X-Frame-Age-Ms",
                            "1500"));
            assertThat(time).matches("\\d+\\.\\d{6}");
            BigDecimal taken = new BigDecimal(time);
            assertThat(taken)
                    .isBetween(
                            seconds(before.minusMillis(1500)),
                            seconds(Instant.now().minusMillis(1500)));
        }
    }

    /** The time to the microsecond. */
    private static BigDecimal seconds(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond() * 1_000_000 + time.getNano() / 1000, 6);
    }

    @Test
    void aSnapshotIsAskedForAndAViewerIsAddedAsTheRequestSays() {
        try (Feeds feeds = new Feeds()) {
            Feed feed = feeds.feed("door");
            byte[] picture = Pictures.jpeg(16, 16);
            feed.publish(picture);
            List<byte[]> written = new CopyOnWriteArrayList<>();
            FrameSink sink = (slice, last, completion) -> {
                byte[] copy = new byte[slice.remaining()];
                slice.duplicate().get(copy);
                written.add(copy);
                completion.drained();
            };

            SnapshotRequest.of(query(Map.of())).write(feed, "192.0.2.7", sink).join();
            Viewer viewer = stream(Map.of()).watch(feed, sink, "192.0.2.7");

            assertThat(written.get(0)).isEqualTo(picture);
            assertThat(viewer.sent()).isEqualTo(1);
            assertThat(feed.watching()).hasSize(1);
        }
    }

    // which feed

    @Test
    void aFeedIsFoundByItsNameAndTheFirstByNone() {
        try (Feeds feeds = new Feeds()) {
            FeedLookup lookup = new FeedLookup(feeds);
            assertThatThrownBy(() -> lookup.find(""))
                    .isInstanceOf(UnknownFeedException.class)
                    .hasMessage("there are no feeds yet");
            assertThatThrownBy(() -> lookup.find("door")).hasMessage("there are no feeds yet");
            Feed door = feeds.feed("door");
            Feed window = feeds.feed("window");

            assertThat(lookup.find("")).isSameAs(door);
            assertThat(lookup.find("window")).isSameAs(window);
            assertThatThrownBy(() -> lookup.find("gar\nage"))
                    .isInstanceOf(UnknownFeedException.class)
                    .hasMessage("there is no feed 'gar?age'; there are: door, window");
        }
    }

    @Test
    void whatIsShownBackIsOneLineOf80Characters() {
        assertThat(Quote.of("a\u001b[31mb\r\n")).isEqualTo("a?[31mb?");
        assertThat(Quote.of("x".repeat(80))).isEqualTo("x".repeat(80));
        assertThat(Quote.of("x".repeat(10_000))).startsWith("x".repeat(70)).hasSizeLessThan(90);
    }

    private static StreamRequest stream(Map<String, String> values) {
        return StreamRequest.of(query(values), name -> Optional.empty());
    }

    private static Function<String, Optional<String>> query(Map<String, String> values) {
        return key -> Optional.ofNullable(values.get(key));
    }
}
