package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.Canvas;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

    private static final byte[] BASELINE = Pictures.jpeg(40, 24);
    private static final Orientation RIGHT = Orientation.of(90, false);

    @ParameterizedTest
    @CsvSource({"1, 0, false", "2, 0, true", "3, 180, false", "4, 180, true", "6, 90, false", "8, 270, false"})
    void exifsNumbersMeanTheseTurns(int number, int rotate, boolean mirror) {
        assertThat(Orientation.of(rotate, mirror).exif()).isEqualTo(number);
        assertThat(Orientation.ofExif(number)).isEqualTo(Orientation.of(rotate, mirror));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, -1, 1000})
    void otherNumbersMeanUpright(int number) {
        assertThat(Orientation.ofExif(number)).isEqualTo(Orientation.UPRIGHT);
    }

    @Test
    void onlyThePictureAsItIsIsUpright() {
        assertThat(Orientation.UPRIGHT.isUpright()).isTrue();
        for (int number = 2; number <= 8; number++) {
            assertThat(Orientation.ofExif(number).isUpright()).as("%d", number).isFalse();
        }
    }

    @Test
    void numberFiveChangesAcrossForDownAndSevenTheOtherWay() {
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.ofExif(5))).containsExactly(1, 3, 2, 4);
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.ofExif(7))).containsExactly(4, 2, 3, 1);
    }

    @Test
    void pixelsAreTurnedClockwiseAndMirroredBefore() {
        assertThat(pixels(canvas(1, 2, 3, 4), RIGHT)).containsExactly(3, 1, 4, 2);
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.of(180, false))).containsExactly(4, 3, 2, 1);
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.of(270, false))).containsExactly(2, 4, 1, 3);
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.of(0, true))).containsExactly(2, 1, 4, 3);
        assertThat(pixels(canvas(1, 2, 3, 4), Orientation.of(90, true))).containsExactly(4, 2, 3, 1);
    }

    @Test
    void twoTurnsAreOneTurn() {
        for (int one = 1; one <= 8; one++) {
            for (int other = 1; other <= 8; other++) {
                Orientation first = Orientation.ofExif(one);
                Orientation second = Orientation.ofExif(other);
                int[] turnedTwice = pixels(canvas(1, 2, 3, 4).turned(first), second);
                assertThat(pixels(canvas(1, 2, 3, 4), first.then(second)))
                        .as("%d then %d", one, other)
                        .isEqualTo(turnedTwice);
            }
        }
    }

    @Test
    void onlyQuarterTurnsArePossible() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Orientation.of(45, false))
                .withMessage("rotate is 45; it is 0, 90, 180 or 270 degrees");
    }

    @Test
    void anyNumberOfQuarterTurnsIsOneOfFour() {
        assertThat(Orientation.of(0, true)).isEqualTo(new Orientation(0, true));
        assertThat(Orientation.of(270, false)).isEqualTo(new Orientation(3, false));
        assertThat(Orientation.of(-90, false)).isEqualTo(new Orientation(3, false));
        assertThat(Orientation.of(450, false)).isEqualTo(new Orientation(1, false));
        for (int quarters : new int[] {-1, 4}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Orientation(quarters, false))
                    .withMessage("there are 0 to 3 quarter turns, not " + quarters);
        }
    }

    @Test
    void sidesAreSwappedByOneAndThreeQuarters() {
        assertThat(IntStream.range(0, 4).mapToObj(quarters -> new Orientation(quarters, true).swapsSides()))
                .containsExactly(false, true, false, true);
    }

    // in a JPEG

    @Test
    void segmentsThatAreNoExifOrNameNoTurnWithinTheirEndsSayNothing() {
        Map<String, byte[]> odd = new LinkedHashMap<>();
        odd.put("another name", changed(4, 'e'));
        odd.put("no zero after the name", changed(8, 1));
        odd.put("a directory in the header", changed(17, 7));
        odd.put("a directory after the end", changed(17, 25));
        odd.put("no entries", changed(19, 0));
        odd.put("another tag", changed(21, 0x13));
        odd.put("a number above 255", changed(28, 1));
        odd.put("number 0", changed(29, 0));
        odd.put("number 9", changed(29, 9));
        odd.put("an entry cut off", cut(27));
        odd.put("nothing but a header", cut(14));
        odd.put("not even a header", cut(13));
        odd.forEach((what, segment) -> assertThat(
                        check(Pictures.insert(BASELINE, 2, segment)).orientation())
                .as(what)
                .isEqualTo(Orientation.UPRIGHT));
        assertThat(check(Pictures.insert(BASELINE, 2, cut(28))).orientation())
                .as("the entry is whole, and what follows it is missing")
                .isEqualTo(RIGHT);
    }

    @Test
    void theTurnMayBeAnyEntryOfTheDirectory() {
        byte[] content = HexFormat.of()
                .parseHex("457869660000" + "4d4d002a00000008" + "0002" + "010f0003000000010007" + "0000"
                        + "01120003000000010006" + "0000");

        assertThat(check(Pictures.insert(BASELINE, 2, Pictures.segment(0xE1, content)))
                        .orientation())
                .isEqualTo(RIGHT);
        content[15] = 1; // number of entries: the second one is not an entry then
        assertThat(check(Pictures.insert(BASELINE, 2, Pictures.segment(0xE1, content)))
                        .orientation())
                .isEqualTo(Orientation.UPRIGHT);
    }

    /** The segment that turns to the right, with another byte. */
    private static byte[] changed(int at, int value) {
        byte[] segment = exif(ByteOrder.BIG_ENDIAN, 6);
        assertThat(segment[at]).isNotEqualTo((byte) value);
        segment[at] = (byte) value;
        return segment;
    }

    /** The same, with this number of bytes of its content. */
    private static byte[] cut(int length) {
        byte[] segment = exif(ByteOrder.BIG_ENDIAN, 6);
        return Pictures.segment(0xE1, Arrays.copyOfRange(segment, 4, 4 + length));
    }

    @Test
    void uprightLeavesThePictureAsItIs() {
        Jpeg jpeg = check(BASELINE);

        assertThat(jpeg.turned(Orientation.UPRIGHT)).isSameAs(jpeg);
    }

    @Test
    void segmentIsPutInRightAfterTheBeginning() {
        Jpeg turned = check(BASELINE).turned(RIGHT);

        byte[] segment = exif(ByteOrder.BIG_ENDIAN, 6);
        assertThat(bytes(turned)).isEqualTo(Pictures.insert(BASELINE, 2, segment));
        assertThat(turned.size()).isEqualTo(BASELINE.length + segment.length);
        assertThat(turned.orientation()).isEqualTo(RIGHT);
        assertThat(turned.width()).isEqualTo(40);
        assertThat(turned.height()).isEqualTo(24);
    }

    @Test
    void nothingIsCopiedButTheSegment() {
        Jpeg turned = check(BASELINE).turned(RIGHT);

        assertThat(turned.parts().get(0).array()).isSameAs(BASELINE);
        assertThat(turned.parts().get(2).array()).isSameAs(BASELINE);
        assertThat(turned.parts()).hasSize(3);
    }

    @Test
    void whatThePictureSaysOfItselfIsTurnedFurtherInItsPlace() {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (int number = 1; number <= 8; number++) {
                byte[] own = Pictures.insert(BASELINE, 2, exif(order, number));
                Orientation before = Orientation.ofExif(number);

                Jpeg turned = check(own).turned(RIGHT);

                assertThat(check(own).orientation()).isEqualTo(before);
                assertThat(bytes(turned))
                        .isEqualTo(Pictures.insert(
                                BASELINE, 2, exif(order, before.then(RIGHT).exif())));
            }
        }
    }

    @Test
    void turnsAddUp() {
        Jpeg jpeg = check(BASELINE);
        for (int i = 1; i <= 4; i++) {
            jpeg = jpeg.turned(RIGHT);
            assertThat(jpeg.orientation().quarters()).isEqualTo(i % 4);
            assertThat(jpeg.size()).isEqualTo(BASELINE.length + 36);
            assertThat(bytes(jpeg)).hasSize(jpeg.size());
        }
    }

    @Test
    void everyNumberInThePictureIsChangedAndOneComesBeforeOtherMetadata() {
        byte[] twice = Pictures.insert(BASELINE, 2, exif(ByteOrder.LITTLE_ENDIAN, 3));
        twice = Pictures.insert(twice, 2, exif(ByteOrder.BIG_ENDIAN, 8));
        byte[] xmp = Pictures.segment(0xE1, "http://ns.adobe.com/xap/1.0/\0<x/>".getBytes(StandardCharsets.US_ASCII));

        byte[] turned = bytes(check(Pictures.insert(twice, 2, xmp)).turned(RIGHT));

        byte[] expected = Pictures.insert(BASELINE, 2, exif(ByteOrder.LITTLE_ENDIAN, 1));
        expected = Pictures.insert(expected, 2, exif(ByteOrder.BIG_ENDIAN, 1));
        expected = Pictures.insert(expected, 2, xmp);
        assertThat(turned).isEqualTo(Pictures.insert(expected, 2, exif(ByteOrder.BIG_ENDIAN, 1)));
    }

    @Test
    void repairedPicturesAreTurnedToo() {
        byte[] bare = Pictures.without(BASELINE, 0xC4);
        byte[] fill = {-1, -1, -1};
        byte[] filled = Pictures.insert(bare, Pictures.find(bare, 0xDA), fill);
        byte[] thumbnail = Pictures.segment(0xE1, new byte[] {0, 0, -1, (byte) 0xD8, 0, 0});
        for (byte[] odd : List.of(bare, filled, Pictures.insert(filled, 2, thumbnail))) {
            Jpeg turned = check(odd).turned(RIGHT);

            assertThat(bytes(turned)).isEqualTo(Pictures.insert(bytes(check(odd)), 2, exif(ByteOrder.BIG_ENDIAN, 6)));
            assertThat(check(bytes(turned)).orientation()).isEqualTo(RIGHT);
        }
    }

    @Test
    void numbersThatBrowsersDoNotReadAreNotReadEither() {
        byte[] long1 = exif(ByteOrder.BIG_ENDIAN, 6);
        long1[4 + 6 + 8 + 2 + 3] = 4; // the type: a long
        byte[] two = exif(ByteOrder.BIG_ENDIAN, 6);
        two[4 + 6 + 8 + 2 + 7] = 2; // two of them
        byte[] nine = exif(ByteOrder.BIG_ENDIAN, 9);
        for (byte[] odd : List.of(long1, two, nine)) {
            Jpeg jpeg = check(Pictures.insert(BASELINE, 2, odd));
            assertThat(jpeg.orientation()).isEqualTo(Orientation.UPRIGHT);
            assertThat(jpeg.turned(RIGHT).orientation()).isEqualTo(RIGHT);
        }
    }

    @Test
    void pictureThatIsTooLargeWithItsOrientationIsRefused() {
        byte[] large = Pictures.insert(BASELINE, BASELINE.length - 2, new byte[Jpeg.MAX_BYTES - BASELINE.length - 35]);
        Jpeg jpeg = check(large);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> jpeg.turned(RIGHT))
                .withMessageContaining("33554433 bytes with its orientation put in");
    }

    @Test
    void pictureThatIsAsLargeAsAllowedWithItsOrientationIsTaken() {
        byte[] large = Pictures.insert(BASELINE, BASELINE.length - 2, new byte[Jpeg.MAX_BYTES - BASELINE.length - 36]);

        assertThat(check(large).turned(RIGHT).size()).isEqualTo(Jpeg.MAX_BYTES);
    }

    @Test
    void markersWithoutASegmentDoNotHideTheOrientation() {
        byte[] restarts = {-1, (byte) 0xD0, -1, (byte) 0xD7, -1, 1};
        byte[] picture = Pictures.insert(BASELINE, 2, exif(ByteOrder.BIG_ENDIAN, 6));

        assertThat(check(Pictures.insert(picture, 2, restarts)).orientation()).isEqualTo(RIGHT);
    }

    @Test
    void anotherKindOfSegmentThatLooksLikeExifSaysNothing() {
        byte[] odd = exif(ByteOrder.BIG_ENDIAN, 6);
        odd[1] = (byte) 0xE3;
        byte[] picture = Pictures.insert(BASELINE, 2, odd);

        assertThat(check(picture).orientation()).isEqualTo(Orientation.UPRIGHT);
        assertThat(bytes(check(picture).turned(RIGHT)))
                .isEqualTo(Pictures.insert(picture, 2, exif(ByteOrder.BIG_ENDIAN, 6)));
    }

    @Test
    void aShortSegmentBeforeARemovedThumbnailSaysNothing() {
        byte[] thumbnail = Pictures.segment(0xE1, new byte[] {-1, (byte) 0xD8});
        byte[] picture = Pictures.insert(BASELINE, 2, thumbnail);

        assertThat(check(Pictures.insert(picture, 2, Pictures.segment(0xE1, new byte[] {7})))
                        .orientation())
                .isEqualTo(Orientation.UPRIGHT);
    }

    @Test
    void noPartOfATurnedPictureIsEmpty() {
        byte[] twice = Pictures.insert(BASELINE, 2, exif(ByteOrder.LITTLE_ENDIAN, 3));
        twice = Pictures.insert(twice, 2, exif(ByteOrder.BIG_ENDIAN, 8));

        assertThat(check(twice).turned(RIGHT).parts().stream().map(ByteBuffer::remaining))
                .containsExactly(2, 36, 36, BASELINE.length - 2);
    }

    private static Jpeg check(byte[] bytes) {
        return Jpeg.check(ByteBuffer.wrap(bytes));
    }

    private static byte[] bytes(Jpeg jpeg) {
        return JpegTest.bytes(jpeg);
    }

    /** The segment as readers have it: one entry, in either order of bytes. */
    private static byte[] exif(ByteOrder order, int number) {
        ByteBuffer out = ByteBuffer.allocate(32).order(order);
        out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        out.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
        out.putShort((short) 42).putInt(8).putShort((short) 1);
        out.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        out.putShort((short) number).putShort((short) 0).putInt(0);
        return Pictures.segment(0xE1, out.array());
    }

    private static Canvas canvas(int... fourPixels) {
        return Canvas.of(fourPixels, 2, 2);
    }

    private static int[] pixels(Canvas canvas, Orientation turn) {
        List<int[]> seen = new ArrayList<>();
        canvas.turned(turn)
                .encode(
                        new dev.flipbook.image.JpegEncoder() {
                            @Override
                            public String name() {
                                return "looks";
                            }

                            @Override
                            public Jpeg encode(int[] pixels, int width, int height, int quality) {
                                seen.add(pixels.clone());
                                return Jpeg.check(ByteBuffer.wrap(BASELINE));
                            }
                        },
                        80);
        return seen.get(0);
    }
}
