package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StreamRequestTest {

    private final FakeTicker ticker = new FakeTicker();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT.withMaxVariants(2), ticker);
    private final Feed feed = feeds.feed("door");

    @AfterEach
    void end() {
        feeds.close();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "0.1, 0.1",
        "00.5, 0.5",
        "12.345, 12.345",
        "0007.125, 7.125",
        "25, 25",
        "1000, 1000",
        "1000.000, 1000"
    })
    void framesASecondAreRead(String asked, double fps) {
        assertThat(stream(Map.of("fps", asked)).fps()).isEqualTo(fps);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "0.099",
                "0.0",
                "1000.001",
                "1001",
                "10000",
                "-1",
                "1e2",
                "0.1234",
                ".5",
                "5.",
                "all",
                "NaN",
                " 5"
            })
    void framesASecondThatCannotBeAreRefused(String asked) {
        assertThatThrownBy(() -> stream(Map.of("fps", asked)))
                .isInstanceOf(BadRequestException.class)
                .hasMessage("fps is a number from 0.1 to 1000, not '" + asked + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                       |''   |STRICT",
                "*/*                                      |empty|STRICT",
                "image/avif,image/webp,*/*                |''   |BROWSER",
                "*/*;q=0.8,image/png                      |''   |STRICT",
                "text/html,application/xhtml+xml,*/*      |''   |BROWSER",
                "application/xhtml+xml,text/html;q=0.9    |''   |BROWSER",
                "*/*                                      |image|BROWSER",
                "x,image/webp                             |''   |STRICT",
                "a,text/html                              |''   |BROWSER",
                "*/*                                      |video|STRICT"
            })
    void whoShowsPicturesByItselfGetsTheFramingForBrowsers(String accept, String destination, Framing framing) {
        Map<String, String> headers = Map.of("Accept", accept, "Sec-Fetch-Dest", destination);

        assertThat(StreamRequest.of(query(Map.of()), query(headers)).framing()).isEqualTo(framing);
    }

    @ParameterizedTest
    @CsvSource({"strict, STRICT", "browser, BROWSER"})
    void aFramingThatIsNamedIsTakenForEveryClient(String name, Framing framing) {
        for (String accept : List.of("*/*", "image/webp")) {
            StreamRequest asked = StreamRequest.of(query(Map.of("framing", name)), query(Map.of("Accept", accept)));
            assertThat(asked.framing()).isEqualTo(framing);
        }
    }

    @Test
    void aFramingThatThereIsNoneOfIsRefused() {
        for (String other : List.of("none", "Strict")) {
            assertThatThrownBy(() -> stream(Map.of("framing", other)))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessage("framing is one of: strict, browser, not '" + other + "'");
        }
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

    @ParameterizedTest
    @CsvSource({
        "'', multipart/x-mixed-replace; boundary=",
        "mixed, multipart/mixed; boundary=",
        "raw, application/octet-stream"
    })
    void theHeadersNameTheBoundaryWhereThereIsOneAndForbidKeeping(String type, String expected) {
        String contentType = expected.endsWith("=") ? expected + feed.boundary() : expected;

        assertThat(stream(Map.of("type", type)).headers(feed))
                .isEqualTo(Map.of(
                        "Content-Type", contentType,
                        "Cache-Control", "no-store, no-transform",
                        "X-Accel-Buffering", "no"));
    }

    @Test
    void aRequestWithoutATypeHasPartsThatReplaceEachOther() {
        assertThat(new StreamRequest(Framing.NONE, 2, Variant.ORIGINAL))
                .isEqualTo(new StreamRequest("multipart/x-mixed-replace", Framing.NONE, 2, Variant.ORIGINAL));
    }

    @Test
    void theViewerGetsTheFramingAndTheFramesThatAreAskedFor() {
        Taking all = new Taking();
        Taking thinned = new Taking();
        new StreamRequest(Framing.NONE, 0, Variant.ORIGINAL).watch(feed, all, "a");
        new StreamRequest(Framing.NONE, 1, Variant.ORIGINAL).watch(feed, thinned, "a");
        for (int i = 1; i <= 3; i++) {
            feed.publish(Pictures.numbered(i, 20));
            int so = i;
            await().until(() -> all.numbers().contains((long) so));
        }
        feeds.close();

        assertThat(all.numbers()).containsExactly(1L, 2L, 3L);
        assertThat(thinned.numbers()).as("one a second").containsExactly(1L);
    }

    @Test
    void theViewerGetsItsVariantAndCountsInItsClientsShare() {
        feed.publish(Pictures.jpeg(64, 48));
        new StreamRequest(Framing.NONE, 0, new Variant(16, 0, 0, 0)).watch(feed, new Taking(), "a");
        assertThat(feed.status().variants()).hasSize(1);

        StreamRequest another = new StreamRequest(Framing.NONE, 0, new Variant(32, 0, 0, 0));
        another.watch(feed, new Taking(), "a");
        assertThat(feed.status().variants())
                .as("of one client, of two that may be")
                .hasSize(1);
        another.watch(feed, new Taking(), "b");
        assertThat(feed.status().variants()).hasSize(2);
        await().until(() -> feed.status().variants().stream()
                .map(one -> one.width())
                .toList()
                .containsAll(List.of(16, 32)));
    }

    private static StreamRequest stream(Map<String, String> values) {
        return StreamRequest.of(query(values), name -> Optional.empty());
    }

    private static Function<String, Optional<String>> query(Map<String, String> values) {
        return key -> Optional.ofNullable(values.get(key));
    }

    /** A connection that takes pictures at once, and keeps all of them except the end of the response. */
    private static final class Taking implements FrameSink {

        private final List<byte[]> pictures = new CopyOnWriteArrayList<>();

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            byte[] copy = new byte[slice.remaining()];
            slice.duplicate().get(copy);
            if (!last) {
                pictures.add(copy);
            }
            completion.drained();
        }

        List<Long> numbers() {
            return pictures.stream().map(Pictures::number).toList();
        }
    }
}
