package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Frame;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusJsonTest {

    private static final Instant SINCE = Instant.parse("2026-03-01T12:00:00Z");
    private static final Encoding NOTHING_ENCODED = Encoding.NONE;

    /** A status in which no two figures are the same. */
    private static FeedStatus status(double fps, long frames, Encoding encoding) {
        return new FeedStatus(
                "door",
                State.OFFLINE,
                "the camera is off",
                SINCE,
                "a camera",
                encoding,
                640,
                480,
                fps,
                11,
                12,
                frames,
                14,
                15,
                16,
                17,
                18,
                Optional.of(Duration.ofMillis(1500)),
                Duration.ofMillis(2500),
                List.of(new Control("brightness", "integer", -10, 20, 2, 5, 7, List.of())),
                21,
                Optional.of(SINCE.plusSeconds(30)),
                List.of(new VariantStatus(320, 240, 70, 90, 31, new Encoding("TurboJPEG", 32, 3_456_789), 33)),
                22);
    }

    @Test
    void eachFigureOfAFeedStandsUnderItsName() {
        FeedStatus status = status(12.345678, 13, new Encoding("ImageIO", 9, 1_234_567));

        assertThat(Json.of(StatusJson.of(status)))
                .isEqualTo("{\"name\":\"door\",\"state\":\"offline\",\"reason\":\"the camera is off\","
                        + "\"since\":\"2026-03-01T12:00:00Z\",\"source\":\"a camera\",\"encoder\":\"ImageIO\","
                        + "\"passThrough\":false,\"width\":640,\"height\":480,\"fps\":12.35,\"viewers\":11,"
                        + "\"captured\":12,\"encoded\":9,\"encodeMs\":1.23,\"frames\":13,\"delivered\":14,"
                        + "\"bytes\":15,\"skipped\":16,\"dropped\":17,\"damaged\":18,\"ageMs\":1500,"
                        + "\"stillMs\":2500,\"failures\":21,\"nextTry\":\"2026-03-01T12:00:30Z\","
                        + "\"variants\":[{\"width\":320,\"height\":240,\"quality\":70,\"rotate\":90,\"viewers\":31,"
                        + "\"encoder\":\"TurboJPEG\",\"encoded\":32,\"encodeMs\":3.46,\"failed\":33}],"
                        + "\"variantFrames\":22,"
                        + "\"controls\":[{\"name\":\"brightness\",\"kind\":\"integer\",\"least\":-10,\"most\":20,"
                        + "\"step\":2,\"usual\":5,\"value\":7,\"choices\":[]}]}");
    }

    @Test
    void whatIsNotKnownYetIsNullAndControlsThatThereAreNoneOfAreLeftOut() {
        FeedStatus bare = new FeedStatus(
                "door",
                State.STARTING,
                "",
                SINCE,
                "a camera",
                NOTHING_ENCODED,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Optional.empty(),
                Duration.ZERO,
                List.of(),
                0,
                Optional.empty(),
                List.of(),
                0);

        assertThat(StatusJson.of(bare))
                .containsEntry("ageMs", null)
                .containsEntry("nextTry", null)
                .containsEntry("variants", List.of())
                .containsEntry("encoder", "none")
                .doesNotContainKey("controls");
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void aStateIsWrittenInSmallLetters(State state) {
        FeedStatus like = status(1, 1, NOTHING_ENCODED);
        FeedStatus status = new FeedStatus(
                like.name(),
                state,
                like.reason(),
                like.since(),
                like.source(),
                like.encoding(),
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                like.age(),
                like.still(),
                like.controls(),
                1,
                like.nextTry(),
                like.variants(),
                1);

        assertThat(StatusJson.of(status).get("state"))
                .isEqualTo(
                        switch (state) {
                            case IDLE -> "idle";
                            case STARTING -> "starting";
                            case LIVE -> "live";
                            case STALLED -> "stalled";
                            case OFFLINE -> "offline";
                            case PAUSED -> "paused";
                        });
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "1, 0, true", "13, 0, true", "13, 1, false", "0, 1, false"})
    void picturesPassThroughWhenThereAreSomeAndNoneWasEncoded(long frames, long encoded, boolean passThrough) {
        FeedStatus status = status(1, frames, new Encoding("ImageIO", encoded, 0));

        assertThat(StatusJson.of(status)).containsEntry("passThrough", passThrough);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0", "0.004, 0.0", "0.005, 0.01", "29.974, 29.97", "29.996, 30.0", "1000, 1000.0"})
    void framesASecondHaveTwoDecimals(double fps, double written) {
        assertThat(StatusJson.of(status(fps, 1, NOTHING_ENCODED))).containsEntry("fps", written);
        assertThat(StatusJson.of(new ViewerStatus(Duration.ZERO, 0, 0, 0, fps, Duration.ZERO)))
                .containsEntry("fps", written);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0", "4999, 0.0", "5000, 0.01", "1234567, 1.23", "999996000, 1000.0"})
    void timesOfEncodingAreMillisecondsWithTwoDecimals(long nanos, double written) {
        assertThat(StatusJson.of(status(1, 1, new Encoding("ImageIO", 1, nanos))))
                .containsEntry("encodeMs", written);
    }

    @Test
    void eachFigureOfAViewerStandsUnderItsName() {
        ViewerStatus viewer = new ViewerStatus(Duration.ofMillis(61_234), 5, 6, 7, 8.126, Duration.ofNanos(1_234_567));

        assertThat(Json.of(StatusJson.of(viewer)))
                .isEqualTo("{\"seconds\":61.234,\"sent\":5,\"skipped\":6,\"bytes\":7,\"fps\":8.13,\"ageMs\":1.23}");
    }

    @Test
    void aFeedAloneIsShownWithEachOfItsViewers() {
        FakeTicker ticker = new FakeTicker();
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT, ticker)) {
            Feed feed = feeds.feed("door");
            assertThat(StatusJson.of(feed)).containsEntry("watching", List.of()).containsEntry("viewers", 0);
            feed.watch((slice, last, completion) -> completion.drained(), Framing.STRICT);
            feed.watch((slice, last, completion) -> completion.drained(), Framing.STRICT);
            ticker.advance(Duration.ofMillis(2500));

            Map<String, Object> shown = StatusJson.of(feed);

            assertThat(shown).containsEntry("name", "door").containsEntry("viewers", 2);
            Map<String, Object> viewer =
                    new LinkedHashMap<>(StatusJson.of(feed.watching().get(0)));
            assertThat(viewer).containsEntry("seconds", 2.5);
            assertThat(shown).containsEntry("watching", List.of(viewer, viewer));
        }
    }

    @Test
    void allFeedsAreShownWithTheMemoryOfTheirFrames() {
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(8 << 20), new FakeTicker())) {
            feeds.feed("door").publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
            feeds.feed("attic");
            feeds.feed("cellar").publish(Frame.ofJpeg(Pictures.numbered(2, 100)));
            feeds.remove("cellar"); // whose memory is kept for other frames
            assertThat(feeds.usedBytes()).isPositive().isLessThan(feeds.allocatedBytes());

            Map<String, Object> shown = StatusJson.of(feeds);

            List<Object> names = new ArrayList<>();
            for (Object feed : (List<?>) shown.getOrDefault("feeds", List.of())) {
                names.add(((Map<?, ?>) feed).get("name"));
            }
            assertThat(names).isEqualTo(feeds.list().stream().map(Feed::name).toList());
            assertThat(names).containsExactlyInAnyOrder("door", "attic");
            assertThat(shown)
                    .containsEntry(
                            "memory",
                            Map.of(
                                    "used",
                                    feeds.usedBytes(),
                                    "allocated",
                                    feeds.allocatedBytes(),
                                    "ceiling",
                                    8L << 20));
        }
    }
}
