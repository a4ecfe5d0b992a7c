package dev.flipbook.variant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of the existing variants is the nearest to a requested one. */
class VariantKeyTest {

    private static final VariantKey.Size HD = new VariantKey.Size(1280, 720);

    @ParameterizedTest
    @CsvSource({
        "320, 640 160, 160", // as far, and no link takes the smaller one worse
        "480, 160 640, 640",
        "800, 320 640 960, 960",
        "1120, 320 640, 0", // the feed itself is the nearest
        "160, '', 0",
        "320, 320 480, 320",
    })
    void theNearestInSizeIsTheOneWhoseAreaDiffersByTheSmallestFactor(int wished, String there, int nearest) {
        List<VariantKey> rungs = Arrays.stream(there.split(" "))
                .filter(width -> !width.isEmpty())
                .map(width -> wide(Integer.parseInt(width)))
                .toList();
        assertThat(wide(wished).nearest(rungs, HD)).isEqualTo(wide(nearest));
    }

    @Test
    void ofOneSizeTheNearestQualityIsTheNearest() {
        VariantKey wished = new VariantKey(320, 0, 60, 0);
        assertThat(wished.nearest(List.of(new VariantKey(320, 0, 20, 0), wide(320), new VariantKey(320, 0, 90, 0)), HD))
                .as("80, where none is asked for")
                .isEqualTo(wide(320));
        assertThat(wished.nearest(List.of(new VariantKey(320, 0, 70, 0), new VariantKey(320, 0, 50, 0)), HD))
                .isEqualTo(new VariantKey(320, 0, 50, 0));
        assertThat(new VariantKey(0, 0, 90, 0).nearest(List.of(new VariantKey(0, 0, 70, 0)), HD))
                .as("the feed's own quality is above all others")
                .isEqualTo(VariantKey.ORIGINAL);
    }

    @Test
    void aPictureThatLiesOnItsSideIsNearOnlyWhenNoOtherIs() {
        VariantKey turned = new VariantKey(0, 320, 0, 90);
        VariantKey small = new VariantKey(0, 160, 0, 90);
        assertThat(turned.nearest(List.of(wide(320), small), HD)).isEqualTo(small);
        assertThat(wide(320).nearest(List.of(turned, wide(1120)), HD)).isEqualTo(wide(1120));
        assertThat(turned.nearest(List.of(wide(320)), HD)).isEqualTo(wide(320));
    }

    @Test
    void heightsAreComparedWithWidthsAsThePictureIsSeen() {
        VariantKey high = new VariantKey(0, 360, 0, 0);
        assertThat(high.nearest(List.of(wide(160), wide(640), wide(960)), HD)).isEqualTo(wide(640));
    }

    private static VariantKey wide(int width) {
        return new VariantKey(width, 0, 0, 0);
    }
}
