package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.image.PixelFormat;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.http.HttpError;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the query of a publisher says of plain pixels. */
class RawShapeTest {

    @ParameterizedTest
    @EnumSource
    void eachFormatIsKnownByItsName(PixelFormat format) {
        RawShape shape = shape("format=" + format.name().toLowerCase(Locale.ROOT) + "&size=640x480", -1)
                .orElseThrow();

        assertThat(shape).isEqualTo(new RawShape(format, 640, 480));
        assertThat(shape.bytes()).isEqualTo(format.bytes(640, 480));
        assertThat(shape).hasToString("640x480 in " + format.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void bodyWithoutAQueryHasPicturesThatDescribeThemselves() {
        assertThat(shape("", 5)).isEmpty();
        assertThat(shape("takeover=1", 5)).isEmpty();
        assertThat(shape("format=&size=", 5)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "8192x1", "1x8192", "0640x0480"})
    void sidesGoFrom1To8192(String size) {
        assertThat(shape("format=grey8&size=" + size, -1)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x1",
                "1x0",
                "8193x1",
                "1x8193",
                "640",
                "x",
                "640x",
                "x480",
                "640X480",
                "640x480x3",
                "-1x1",
                "10000x1",
                "640*480",
                "640x480%20"
            })
    void otherSizesAreRefused(String size) {
        assertRefused(
                "format=grey8&size=" + size,
                -1,
                400,
                "size is WIDTHxHEIGHT in pixels, each from 1 to 8192, such as 640x480, and is given together"
                        + " with format; here it is '" + size.replace("%20", " ") + "'");
    }

    @Test
    void sizeStandsBesideAFormat() {
        assertRefused("format=grey8", -1, 400, "size is WIDTHxHEIGHT");
        assertRefused("size=64x48", -1, 400, "format is one of: ");
        assertRefused("format=nv99&size=64x48", -1, 400, "; here it is 'nv99'");
    }

    @Test
    void pictureMayBeAsLargeAsABodyWithoutOneAndNotARowLarger() {
        assertThat(shape("format=rgba&size=8192x1024", -1)).isPresent(); // 32 MiB
        assertRefused(
                "format=rgba&size=8192x1025",
                -1,
                413,
                "a picture of 8192x1025 in rgba has 33587200 bytes; at most 33554432 are taken");
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "0, true", "1, false", "11, false", "12, true", "13, false", "120, true", "121, false"})
    void lengthOfABodyIsAWholeNumberOfPictures(long length, boolean fits) {
        if (fits) {
            assertThat(shape("format=grey8&size=4x3", length)).isPresent();
        } else {
            assertRefused(
                    "format=grey8&size=4x3",
                    length,
                    400,
                    "a picture of 4x3 in grey8 has 12 bytes, and the body has " + length
                            + ", which is not a whole number of them");
        }
    }

    @Test
    void pixelsBecomeAPictureOfThisShape() {
        RawShape shape = new RawShape(PixelFormat.GREY8, 4, 3);

        assertThat(shape.image(new byte[12]).width()).isEqualTo(4);
        assertThat(shape.image(new byte[12]).height()).isEqualTo(3);
        assertThat(shape.image(new byte[12]).format()).isEqualTo(PixelFormat.GREY8);
    }

    private static FakeRequest request(String query, long length) {
        String target = "/feeds/door?" + query;
        return length < 0
                ? new FakeRequest("PUT", target, "Host: a")
                : new FakeRequest("PUT", target, "Host: a", "Content-Length: " + length);
    }

    private static Optional<RawShape> shape(String query, long length) {
        return RawShape.of(request(query, length).exchange("door"));
    }

    private static void assertRefused(String query, long length, int status, String sentence) {
        FakeRequest request = request(query, length);
        assertThatThrownBy(() -> RawShape.of(request.exchange("door")))
                .isInstanceOfSatisfying(HttpError.class, error -> {
                    error.answer(request.exchange(""));
                    assertThat(request.response.getStatus()).isEqualTo(status);
                    assertThat(request.response.text()).contains(sentence);
                });
    }
}
