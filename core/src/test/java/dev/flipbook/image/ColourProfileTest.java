package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.image.MatrixProfile.Places;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ColourProfileTest {

    private static final Places P3 = new Places(0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06);

    /** The profile of Apple's screens, with the curve of sRGB. */
    static byte[] displayP3() {
        return new MatrixProfile(P3, 0).icc();
    }

    @Test
    void coloursOfDisplayP3AreShownAsChromiumDoes() {
        int[] pixels = {0xDC1E1E, 0x1EDC1E, 0x283CE6, 0x808080, 0xFFFFFF, 0, 0xC8A078};
        ColourProfile.of(displayP3()).orElseThrow().convert(pixels);

        int[] seen = {0xF00000, 0x00E000, 0x223DEF, 0x808080, 0xFFFFFF, 0, 0xD09E72}; // in Chromium 156
        for (int i = 0; i < pixels.length; i++) {
            assertClose(pixels[i], seen[i]);
        }
    }

    @Test
    void theCodesOfDisplayP3MeanTheSame() {
        int[] pixels = {0xDC1E1E};
        MatrixProfile.ofCodes(12, 13)
                .flatMap(MatrixProfile::profile)
                .orElseThrow()
                .convert(pixels);

        assertClose(pixels[0], 0xF00000);
    }

    @Test
    void codesThatSayWhatIsTakenAnywayNeedNoProfile() {
        assertThat(MatrixProfile.ofCodes(1, 13)).isEmpty();
        assertThat(MatrixProfile.ofCodes(2, 2)).isEmpty();
        assertThat(MatrixProfile.ofCodes(9, 16)).as("PQ").isEmpty();
    }

    @Test
    void linearLightIsMadeBrighter() {
        int[] pixels = {0x808080, 0xFF0000};
        new MatrixProfile(Places.SRGB, 1).profile().orElseThrow().convert(pixels);

        assertClose(pixels[0], 0xBCBCBC);
        assertClose(pixels[1], 0xFF0000);
    }

    @Test
    void moreColoursThanAreConvertedAtOnceAreAllConverted() {
        int[] pixels = new int[100_000];
        Arrays.fill(pixels, 0xDC1E1E);
        ColourProfile.of(displayP3()).orElseThrow().convert(pixels);

        assertThat(Arrays.stream(pixels).distinct()).hasSize(1);
        assertClose(pixels[99_999], 0xF00000);
    }

    @Test
    void greyHasAProfileOfItsOwn() {
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
        ColourProfile profile = ColourProfile.of(linear).orElseThrow();
        int[] pixels = {0x808080};
        profile.convert(pixels);

        assertThat(profile.suits(true)).isTrue();
        assertThat(profile.suits(false)).isFalse();
        assertClose(pixels[0], 0xBCBCBC);
    }

    @Test
    void whatIsNotAProfileIsNone() {
        byte[] whole = displayP3();
        byte[] damaged = whole.clone();
        Arrays.fill(damaged, 132, damaged.length, (byte) 0x55);

        assertThat(ColourProfile.of(new byte[0])).isEmpty();
        assertThat(ColourProfile.of(new byte[500])).isEmpty();
        assertThat(ColourProfile.of(Arrays.copyOf(whole, 200))).isEmpty();
        assertThat(ColourProfile.of(damaged)).isEmpty();
        assertThat(ColourProfile.of(Arrays.copyOf(whole, (1 << 20) + 1))).isEmpty();
        assertThat(new MatrixProfile(new Places(0, 0, 0, 0, 0, 0, 0, 0), 0).profile())
                .isEmpty();
    }

    static void assertClose(int pixel, int expected) {
        for (int shift = 0; shift <= 16; shift += 8) {
            assertThat(pixel >> shift & 0xFF)
                    .as("%06x, not %06x", pixel, expected)
                    .isCloseTo(expected >> shift & 0xFF, within(3));
        }
    }
}
