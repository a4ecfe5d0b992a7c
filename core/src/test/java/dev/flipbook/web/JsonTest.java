package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {

    /** A record like that of a camera's controls. */
    public record Control(String name, long value) {}

    /** A record whose component cannot be read. */
    public record Silent(String name) {
        @Override
        public String name() {
            throw new IllegalStateException("not now");
        }
    }

    @Test
    void whatAStatusIsMadeOfIsWritten() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a");
        map.put("numbers", Arrays.asList(1, 2.5, null, true));
        map.put("control", new Control("brightness", -3));
        map.put("empty", List.of());
        assertThat(Json.of(map))
                .isEqualTo("{\"text\":\"a\",\"numbers\":[1,2.5,null,true],"
                        + "\"control\":{\"name\":\"brightness\",\"value\":-3},\"empty\":[]}");
    }

    @Test
    void textCannotLeaveItsQuotes() {
        assertThat(Json.of("a\"b\\c\nd\u2028é")).isEqualTo("\"a\\\"b\\\\c\\u000ad\\u2028é\"");
        assertThat(Json.of("\u2029\u001f !")).isEqualTo("\"\\u2029\\u001f !\"");
    }

    @Test
    void controlCharactersAreEscapedAndNothingElseIs() {
        assertThat(Json.of("\u0000\u001f \u007f'/\u2027\u2028\u2029\u202a"))
                .isEqualTo("\"\\u0000\\u001f \u007f'/\u2027\\u2028\\u2029\u202a\"");
    }

    @Test
    void namesAreQuotedAsTextsAre() {
        assertThat(Json.of(Map.of("a\"b", 1L))).isEqualTo("{\"a\\\"b\":1}");
        assertThat(Json.of(Map.of(7, false))).isEqualTo("{\"7\":false}");
        assertThat(Json.of(Map.of())).isEqualTo("{}");
    }

    @Test
    void aRecordThatDoesNotTellItsValuesIsRefused() {
        assertThatThrownBy(() -> Json.of(new Silent("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no JSON for a dev.flipbook.web.JsonTest$Silent");
    }

    @Test
    void aFeedsStatusCanBeWritten() {
        try (Feeds feeds = new Feeds()) {
            feeds.feed("door");
            assertThat(Json.of(StatusJson.of(feeds)))
                    .startsWith("{\"feeds\":[{\"name\":\"door\",\"state\":\"starting\"");
        }
    }

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void everyFigureOfAFeedHasItsName() {
        FeedStatus.VariantStatus variant =
                new FeedStatus.VariantStatus(32, 24, 50, 90, 3, new Encoding("ImageIO", 9, 1_234_567), 2);
        FeedStatus status = new FeedStatus(
                "door",
                State.STALLED,
                "no picture for 5 s",
                NOON,
                "a script",
                new Encoding("TurboJPEG", 11, 4_567_890),
                640,
                480,
                14.98765,
                4,
                12,
                13,
                14,
                15,
                16,
                17,
                18,
                Optional.of(Duration.ofMillis(1900)),
                Duration.ofMillis(2100),
                List.of(),
                19,
                Optional.of(NOON.plusSeconds(4)),
                List.of(variant),
                20);

        assertThat(Json.of(StatusJson.of(status)))
                .isEqualTo(
                        ("{'name':'door','state':'stalled','reason':'no picture for 5 s','since':'2026-03-01T12:00:00Z',"
                                        + "'source':'a script','encoder':'TurboJPEG','passThrough':false,'width':640,'height':480,"
                                        + "'fps':14.99,'viewers':4,'captured':12,'encoded':11,'encodeMs':4.57,'frames':13,"
                                        + "'delivered':14,'bytes':15,'skipped':16,'dropped':17,'damaged':18,'ageMs':1900,"
                                        + "'stillMs':2100,'failures':19,'nextTry':'2026-03-01T12:00:04Z',"
                                        + "'variants':[{'width':32,'height':24,'quality':50,'rotate':90,'viewers':3,"
                                        + "'encoder':'ImageIO','encoded':9,'encodeMs':1.23,'failed':2}],'variantFrames':20}")
                                .replace('\'', '"'));
    }

    @Test
    void whatIsNotThereIsNullAndControlsAreLeftOut() {
        Map<String, Object> none = StatusJson.of(status(0, Encoding.NONE, List.of()));

        assertThat(none)
                .containsEntry("ageMs", null)
                .containsEntry("nextTry", null)
                .doesNotContainKey("controls");
        FeedStatus.Control brightness = new FeedStatus.Control("brightness", "integer", 0, 9, 1, 4, 5, List.of());
        assertThat(StatusJson.of(status(0, Encoding.NONE, List.of(brightness))))
                .containsEntry("controls", List.of(brightness));
    }

    @Test
    void picturesPassThroughWhenThereAreSomeAndNoneWasEncoded() {
        assertThat(StatusJson.of(status(0, Encoding.NONE, List.of()))).containsEntry("passThrough", false);
        assertThat(StatusJson.of(status(1, Encoding.NONE, List.of()))).containsEntry("passThrough", true);
        assertThat(StatusJson.of(status(2, new Encoding("ImageIO", 1, 1), List.of())))
                .containsEntry("passThrough", false);
    }

    private static FeedStatus status(long frames, Encoding encoding, List<FeedStatus.Control> controls) {
        return new FeedStatus(
                "door",
                State.LIVE,
                "",
                NOON,
                "a script",
                encoding,
                0,
                0,
                0,
                0,
                0,
                frames,
                0,
                0,
                0,
                0,
                0,
                Optional.empty(),
                Duration.ZERO,
                controls,
                0,
                Optional.empty(),
                List.of(),
                0);
    }

    @Test
    void everyFigureOfAViewerHasItsName() {
        ViewerStatus viewer =
                new ViewerStatus(Duration.ofMillis(2500), 7, 3, 4711, 2.71828, Duration.ofNanos(12_345_678));

        assertThat(StatusJson.of(viewer))
                .isEqualTo(
                        Map.of("seconds", 2.5, "sent", 7L, "skipped", 3L, "bytes", 4711L, "fps", 2.72, "ageMs", 12.35));
    }

    @Test
    void aFeedIsReportedWithItsViewersAndAllFeedsWithTheirMemory() {
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(1 << 20), new FakeTicker())) {
            Feed door = feeds.feed("door");
            feeds.feed("window");
            door.publish(Pictures.jpeg(16, 16));
            Viewer unused = door.watch((slice, last, completion) -> completion.drained(), Framing.STRICT);

            assertThat((List<?>) StatusJson.of(door).get("watching")).hasSize(1);
            Map<String, Object> all = StatusJson.of(feeds);
            assertThat((List<?>) all.get("feeds")).hasSize(2);
            assertThat(all).containsEntry("memory", Map.of("used", 4096L, "allocated", 4096L, "ceiling", 1L << 20));
        }
    }

    @Test
    void whatHasNoJsonIsRefused() {
        assertThatThrownBy(() -> Json.of(new Object())).hasMessage("no JSON for a java.lang.Object");
    }
}
