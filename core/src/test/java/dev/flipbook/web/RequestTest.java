package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Variant;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests for streams and for snapshots have in common. */
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
                "width|81920|width is a number of pixels from 16 to 8192, not '81920'",
                "height|8193|height is a number of pixels from 16 to 8192, not '8193'",
                "width|99999999999|width is a number of pixels from 16 to 8192, not '99999999999'",
                "quality|0|quality is a number from 1 to 100, not '0'",
                "width|-16|width is a number of pixels from 16 to 8192, not '-16'",
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

    private static StreamRequest stream(Map<String, String> values) {
        return StreamRequest.of(query(values), name -> Optional.empty());
    }

    private static Function<String, Optional<String>> query(Map<String, String> values) {
        return key -> Optional.ofNullable(values.get(key));
    }
}
