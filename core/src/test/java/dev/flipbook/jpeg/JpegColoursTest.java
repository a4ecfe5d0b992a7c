package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.delivery.Pictures;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JpegColoursTest {

    private static final byte[] JFIF =
            Pictures.segment(0xE0, "JFIF\0\1\1\0\0\1\0\1\0\0".getBytes(StandardCharsets.ISO_8859_1));

    private static final byte[] THREE = Pictures.components(16, 16, 220, 30, 30);
    private static final byte[] FOUR = Pictures.components(16, 16, 220, 30, 30, 200);

    @Test
    void threeComponentsMeanWhatLibjpegTakesThemFor() {
        assertThat(colours(THREE)).isEqualTo(JpegColours.YCC);
        assertThat(colours(Pictures.withIds(THREE, "RGB"))).isEqualTo(JpegColours.RGB);
        assertThat(colours(Pictures.adobe(THREE, 0))).isEqualTo(JpegColours.RGB);
        assertThat(colours(Pictures.adobe(THREE, 1))).isEqualTo(JpegColours.YCC);
        assertThat(colours(Pictures.adobe(Pictures.withIds(THREE, "RGB"), 1))).isEqualTo(JpegColours.YCC);
    }

    @Test
    void jfifSaysMoreThanAdobeAndIds() {
        byte[] jfif = Pictures.insert(Pictures.adobe(Pictures.withIds(THREE, "RGB"), 0), 2, JFIF);

        assertThat(colours(jfif)).isEqualTo(JpegColours.YCC);
    }

    @Test
    void otherNumbersOfComponentsAreGreyAndFourColours() {
        assertThat(colours(Pictures.grey(16, 16))).isEqualTo(JpegColours.GREY);
        assertThat(colours(FOUR)).isEqualTo(JpegColours.CMYK);
        assertThat(colours(Pictures.adobe(FOUR, 0))).isEqualTo(JpegColours.CMYK);
        assertThat(colours(Pictures.adobe(FOUR, 2))).isEqualTo(JpegColours.YCCK);
    }

    @Test
    void aProfileInSeveralSegmentsIsFoundWhole() {
        byte[] profile = profile(150_000);
        Jpeg picture = jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), profile, 3));

        assertThat(picture.profile().orElseThrow()).isEqualTo(profile);
    }

    @Test
    void aProfileOfWhichAPartIsMissingOrThatIsTooLargeIsNone() {
        byte[] three = Pictures.withProfile(Pictures.jpeg(16, 16), profile(3000), 3);
        byte[] two = Pictures.insert(new byte[0], 0, three);
        int first = Pictures.find(two, 0xE2);
        byte[] cut = new byte[two.length - 1018]; // a segment of 1000 bytes
        System.arraycopy(two, 0, cut, 0, first);
        System.arraycopy(two, first + 1018, cut, first, cut.length - first);

        assertThat(jpeg(three).profile()).isPresent();
        assertThat(jpeg(cut).profile()).isEmpty();
        assertThat(jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), profile(2 << 20), 40))
                        .profile())
                .isEmpty();
    }

    @Test
    void aProfileGoesOverToAnotherPicture() {
        byte[] profile = profile(100_000);
        Jpeg from = jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), profile, 2));
        Jpeg to = jpeg(Pictures.jpeg(8, 8));

        Jpeg made = copy(to.withProfileOf(from));

        assertThat(made.profile()).hasValueSatisfying(found -> assertThat(found).isEqualTo(profile));
        assertThat(made.width()).isEqualTo(8);
        assertThat(bytes(made)[3]).as("JFIF stays the first segment").isEqualTo((byte) 0xE0);
        assertThat(to.withProfileOf(to)).isSameAs(to);
        assertThat(copy(to.withProfileOf(from).turned(new Orientation(1, false)))
                        .profile())
                .isPresent();
    }

    @Test
    void aProfileInWhichNumbersLookLikeAPictureIsKept() {
        byte[] profile = profile(3000);
        profile[2000] = (byte) 0xFF;
        profile[2001] = (byte) 0xD8;
        byte[] bytes = Pictures.withProfile(Pictures.jpeg(16, 16), profile, 1);

        assertThat(bytes(jpeg(bytes))).as("untouched").isEqualTo(bytes);
    }

    @Test
    void aProgressivePictureHasColoursToo() {
        assertThat(colours(Pictures.progressive(16, 16))).isEqualTo(JpegColours.YCC);
    }

    @Test
    void segmentsOfTheSameKindWithAnotherNameSayNothing() {
        byte[] ids = Pictures.withIds(THREE, "RGB");
        byte[] jfxx = Pictures.insert(ids, 2, Pictures.segment(0xE0, "JFXX\0".getBytes(StandardCharsets.US_ASCII)));
        byte[] other =
                Pictures.insert(jfxx, 2, Pictures.segment(0xEE, "Adobf1234567".getBytes(StandardCharsets.US_ASCII)));

        assertThat(colours(other)).isEqualTo(JpegColours.RGB);
        assertThat(colours(
                        Pictures.insert(ids, 2, Pictures.segment(0xE0, "JFIF\0".getBytes(StandardCharsets.US_ASCII)))))
                .as("the name is all that is needed")
                .isEqualTo(JpegColours.YCC);
    }

    @Test
    void aShortSegmentBeforeARemovedThumbnailSaysNothing() {
        byte[] thumbnail = Pictures.segment(0xE1, new byte[] {-1, (byte) 0xD8});
        byte[] picture = Pictures.insert(Pictures.withIds(THREE, "RGB"), 2, thumbnail);

        assertThat(colours(Pictures.insert(picture, 2, Pictures.segment(0xE0, new byte[] {'J', 'F'}))))
                .isEqualTo(JpegColours.RGB);
    }

    @Test
    void pixelsHaveOneThreeOrFourSamples() {
        assertThat(Arrays.stream(JpegColours.values()).map(JpegColours::components))
                .containsExactly(1, 3, 3, 4, 4);
    }

    @Test
    void brightnessAndColourDifferencesAreRedGreenAndBlue() {
        byte[] samples = bytes(128, 128, 128, 76, 85, 255, 29, 255, 107, 100, 150, 90, 255, 0, 255);

        JpegColours.YCC.separate(samples);

        assertThat(samples).isEqualTo(bytes(128, 128, 128, 254, 0, 0, 0, 0, 254, 47, 120, 139, 255, 208, 28));
    }

    @Test
    void inksAreTheOppositeOfLightAndBlackStays() {
        byte[] samples = bytes(100, 150, 90, 77, 76, 85, 255, 200);

        JpegColours.YCCK.separate(samples);

        assertThat(samples).isEqualTo(bytes(208, 135, 116, 77, 1, 255, 255, 200));
    }

    @Test
    void samplesThatAreSeparateAlreadyStay() {
        for (JpegColours colours : new JpegColours[] {JpegColours.GREY, JpegColours.RGB, JpegColours.CMYK}) {
            byte[] samples = bytes(100, 150, 90, 77, 76, 85, 255, 200, 0, 1, 2, 3);
            colours.separate(samples);
            assertThat(samples).as("%s", colours).isEqualTo(bytes(100, 150, 90, 77, 76, 85, 255, 200, 0, 1, 2, 3));
        }
    }

    @Test
    void eachInkTakesAwayItsShareOfTheLight() {
        byte[] inks = bytes(255, 128, 0, 255, 200, 100, 50, 128, 255, 255, 255, 0);

        assertThat(JpegColours.withoutProfile(inks)).containsExactly(0xFF8000, 0x643219, 0);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void aProfileHasAtMostOneMiB() {
        byte[] most = profile(1 << 20);

        assertThat(jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), most, 17))
                        .profile()
                        .orElseThrow())
                .isEqualTo(most);
        assertThat(jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), profile((1 << 20) + 1), 17))
                        .profile())
                .isEmpty();
    }

    @Test
    void aProfileWithoutBytesIsNone() {
        assertThat(jpeg(Pictures.withProfile(Pictures.jpeg(16, 16), new byte[0], 1))
                        .profile())
                .isEmpty();
    }

    @Test
    void aProfileIsPutAfterAJfifSegmentOfAnyLength() {
        byte[] jfif = Arrays.copyOf("JFIF\0".getBytes(StandardCharsets.US_ASCII), 1000);
        byte[] to = Pictures.insert(THREE, 2, Pictures.segment(0xE0, jfif));
        Jpeg from = jpeg(Pictures.withProfile(THREE, profile(100), 1));
        byte[] segment = Arrays.copyOfRange(bytes(from), 2, 2 + 4 + 14 + 100);

        assertThat(bytes(jpeg(to).withProfileOf(from))).isEqualTo(Pictures.insert(to, 2 + 4 + 1000, segment));
    }

    @Test
    void aProfileForWhichThereIsNoRoomIsLeftOut() {
        Jpeg from = jpeg(Pictures.withProfile(THREE, profile(100), 1));
        int room = Jpeg.MAX_BYTES - THREE.length - (4 + 14 + 100);
        Jpeg fits = jpeg(Pictures.insert(THREE, THREE.length - 2, new byte[room]));
        Jpeg full = jpeg(Pictures.insert(THREE, THREE.length - 2, new byte[room + 1]));

        assertThat(fits.withProfileOf(from).size()).isEqualTo(Jpeg.MAX_BYTES);
        assertThat(full.withProfileOf(from)).isSameAs(full);
    }

    private static byte[] profile(int size) {
        byte[] profile = new byte[size];
        new Random(size).nextBytes(profile);
        for (int i = 0; i < size; i++) {
            profile[i] &= 0x7F; // no markers in it
        }
        return profile;
    }

    private static JpegColours colours(byte[] bytes) {
        return JpegColours.of(jpeg(bytes));
    }

    private static Jpeg jpeg(byte[] bytes) {
        return Jpeg.check(ByteBuffer.wrap(bytes));
    }

    private static Jpeg copy(Jpeg jpeg) {
        return jpeg(bytes(jpeg));
    }

    private static byte[] bytes(Jpeg jpeg) {
        ByteBuffer bytes = ByteBuffer.allocate(jpeg.size());
        jpeg.parts().forEach(part -> bytes.put(part.duplicate()));
        return bytes.array();
    }

    /** The result of asking a picture without a profile for its profile. */
    @Test
    void aPictureWithoutAProfileHasNone() {
        assertThat(jpeg(Pictures.jpeg(16, 16)).profile()).isEqualTo(Optional.empty());
    }
}
