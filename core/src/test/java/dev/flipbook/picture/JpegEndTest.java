package dev.flipbook.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.JpegEnd.Found;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a JPEG ends. Most pictures here are a few bytes, because nothing is decoded. */
class JpegEndTest {

    private static final String FRAME = "ffc0000b080010002001" + "002200";
    private static final String SCAN = "ffda0003aa" + "1122";

    @Test
    void theEndIsFoundWithItsLastByteAndNotBefore() {
        for (byte[] picture :
                new byte[][] {Pictures.jpeg(16, 16), Pictures.progressive(16, 16), Pictures.grey(16, 16)}) {
            byte[] bytes = Arrays.copyOf(picture, picture.length + 50);
            for (int place : new int[] {0, 7}) {
                byte[] moved = new byte[bytes.length + place];
                System.arraycopy(bytes, 0, moved, place, bytes.length);
                JpegEnd end = new JpegEnd();
                end.begin(place);
                for (int count = place + 2; count < place + picture.length; count++) {
                    assertThat(walk(end, moved, count)).as("%d bytes", count).isEqualTo(Found.MORE);
                }
                assertThat(walk(end, moved, place + picture.length)).isEqualTo(Found.END);
                assertThat(end.at()).isEqualTo(place + picture.length);
            }
        }
    }

    @Test
    void bytesMayBeMovedTowardTheFrontMeanwhile() {
        byte[] picture = Pictures.jpeg(16, 16);
        byte[] late = new byte[picture.length + 100];
        System.arraycopy(picture, 0, late, 100, picture.length);
        JpegEnd end = new JpegEnd();
        end.begin(100);
        assertThat(walk(end, late, 400)).isEqualTo(Found.MORE);

        end.moved(100);

        assertThat(walk(end, picture, picture.length)).isEqualTo(Found.END);
        assertThat(end.at()).isEqualTo(picture.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                FRAME + SCAN,
                FRAME + SCAN + "ff00ffd0ff00ffd7ffffd3ffff00", // a scan has stuffed bytes, restarts and fill bytes
                FRAME + SCAN + FRAME + SCAN,
                FRAME + SCAN + "ffdd00040000" + "ffffff01ffda000200",
                "ff01" + FRAME + "ffd0ffd7" + SCAN,
                "ffffff" + FRAME + "ffff" + SCAN + "ffff",
                FRAME + "ffe00002" + SCAN, // a segment without content
                FRAME + "ffe1000affd8ffe0ffd90000" + SCAN, // a thumbnail that is whole
                FRAME + "ffe1000fffd8ffe0ffd9ffd8ffe0ffd900" + SCAN,
                FRAME + "ffe10006ffd80000" + SCAN, // no picture begins so
                FRAME + "ffe10006d8ffd8aa" + SCAN,
                "" // not shown by anybody, but it has an end
            })
    void whatStandsInAPictureIsNotItsEnd(String content) {
        byte[] picture = HexFormat.of().parseHex("ffd8" + content + "ffd9");

        for (int count = 2; count < picture.length; count++) {
            JpegEnd end = new JpegEnd();
            end.begin(0);
            assertThat(walk(end, picture, count)).as("%d bytes", count).isEqualTo(Found.MORE);
        }
        JpegEnd end = new JpegEnd();
        end.begin(0);
        assertThat(walk(end, Arrays.copyOf(picture, picture.length + 9), picture.length + 9))
                .isEqualTo(Found.END);
        assertThat(end.at()).isEqualTo(picture.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffd8", // another picture, because this one is cut off
                FRAME + SCAN + "ffd8",
                "ff00",
                "0000",
                "feda",
                FRAME + "ffe00000",
                FRAME + "ffe00001",
                FRAME + "ffe1000affd8ffe011220000" + SCAN, // a picture begins in the segment and does not end there
                FRAME + "ffe1000fffd8ffe0ffd9ffd8ffe0112200" + SCAN,
                FRAME + "ffe10005aaffd8" + SCAN,
                FRAME + "ffdb0006aaaaffd8" + SCAN
            })
    void aPictureThatIsCutOffOrNoneIsBroken(String content) {
        byte[] picture = HexFormat.of().parseHex("ffd8" + content + "ffe0ffe0ffe0ffd9");
        JpegEnd end = new JpegEnd();
        end.begin(0);

        assertThat(walk(end, picture, picture.length)).isEqualTo(Found.BROKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "c0, true",
        "c1, true",
        "c2, true",
        "c3, true",
        "c5, true",
        "c7, true",
        "c9, true",
        "cb, true",
        "cd, true",
        "cf, true",
        "c4, false",
        "c8, false",
        "cc, false",
        "bf, false",
        "d9, false",
        "db, false",
        "e0, false"
    })
    void theSizeIsThatOfTheFrameHeader(String code, boolean known) {
        JpegEnd end = walked("ff" + code + "00090801020304" + "0000" + SCAN);

        assertThat(end.isAsLargeAs(walked("ffc000090801020304" + "0000" + SCAN)))
                .isEqualTo(known);
    }

    @Test
    void sizesAreEqualWhenBothSidesAre() {
        JpegEnd end = walked("ffc000090801020304" + "0000" + SCAN);
        assertThat(end.isAsLargeAs(walked("ffc000070801020304" + SCAN)))
                .as("no shorter")
                .isTrue();
        assertThat(end.isAsLargeAs(walked("ffc000090801020305" + "0000" + SCAN)))
                .isFalse();
        assertThat(end.isAsLargeAs(walked("ffc000090801020404" + "0000" + SCAN)))
                .isFalse();
        assertThat(end.isAsLargeAs(walked("ffc000090802020304" + "0000" + SCAN)))
                .isFalse();
        assertThat(end.isAsLargeAs(walked("ffc000090801030304" + "0000" + SCAN)))
                .isFalse();
        assertThat(walked("ffc0000608010203" + SCAN).isAsLargeAs(walked(SCAN)))
                .as("too short")
                .isTrue();

        end.begin(0);
        assertThat(end.isAsLargeAs(new JpegEnd())).as("of the picture before").isTrue();
    }

    @Test
    void aPictureIsAmongBytesWithItsSizeAndItsFirstCodedData() {
        byte[] picture = HexFormat.of().parseHex("aaffd8ffd8" + FRAME + SCAN);
        int coded = picture.length - 2;

        assertThat(JpegEnd.isAmong(picture, picture.length)).isTrue();
        assertThat(JpegEnd.isAmong(picture, coded + 2)).isTrue();
        assertThat(JpegEnd.isAmong(picture, coded))
                .as("whether more follows is not known")
                .isFalse();
        assertThat(among("ffd8" + SCAN)).as("without a size").isFalse();
        assertThat(among("ffd8" + FRAME + "ffd9")).as("without coded data").isFalse();
        assertThat(among("ffd8aa" + FRAME + SCAN)).isFalse();
        assertThat(among("ffd9" + FRAME + SCAN)).isFalse();
        assertThat(among("")).isFalse();
        assertThat(among("ffd8ff")).isFalse();
        assertThat(JpegEnd.isAmong(Pictures.jpeg(16, 16), 20))
                .as("its beginning alone")
                .isFalse();
    }

    @Test
    void aPictureMayHaveAsManyBytesAsTheLimitAndNoMore() {
        int place = 5;
        int most = place + Jpeg.MAX_BYTES;
        byte[] bytes = new byte[most + 2];
        byte[] beginning = HexFormat.of().parseHex("ffd8" + FRAME + SCAN);
        System.arraycopy(beginning, 0, bytes, place, beginning.length);
        JpegEnd end = new JpegEnd();
        end.begin(place);

        assertThat(walk(end, bytes, most + 1)).isEqualTo(Found.MORE);
        assertThat(end.at()).isEqualTo(most);
        assertThat(walk(end, bytes, most + 2)).isEqualTo(Found.MORE);
        assertThat(end.at()).as("one too many").isEqualTo(most + 1);
        assertThat(walk(end, bytes, most + 2)).isEqualTo(Found.BROKEN);
    }

    private static boolean among(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return JpegEnd.isAmong(bytes, bytes.length);
    }

    private static JpegEnd walked(String content) {
        byte[] picture = HexFormat.of().parseHex("ffd8" + content + "ffd9");
        JpegEnd end = new JpegEnd();
        end.begin(0);
        walk(end, picture, picture.length);
        return end;
    }

    private static Found walk(JpegEnd end, byte[] bytes, int count) {
        Found found = Found.NEXT;
        while (found == Found.NEXT) {
            found = end.step(bytes, count);
        }
        return found;
    }
}
