package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.delivery.Pictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.plugins.jpeg.JPEGHuffmanTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class JpegTest {

    private static final byte[] BASELINE = Pictures.jpeg(40, 24);
    private static final byte[] PROGRESSIVE = Pictures.progressive(40, 24);

    // whole pictures

    @Test
    void baselinePictureIsTakenAsItIs() {
        Jpeg jpeg = check(BASELINE);

        assertThat(jpeg.parts()).hasSize(1);
        assertThat(bytes(jpeg)).isEqualTo(BASELINE);
        assertThat(jpeg.size()).isEqualTo(BASELINE.length);
        assertThat(jpeg.width()).isEqualTo(40);
        assertThat(jpeg.height()).isEqualTo(24);
    }

    @Test
    void progressivePictureIsTakenAsItIs() {
        assertThat(bytes(check(PROGRESSIVE))).isEqualTo(PROGRESSIVE);
    }

    @Test
    void greyPictureIsTakenAsItIs() {
        byte[] grey = Pictures.grey(9, 7);

        assertThat(bytes(check(grey))).isEqualTo(grey);
    }

    @Test
    void pictureInTheMiddleOfADirectBufferIsFoundAndTheBufferStaysAsItWas() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BASELINE.length + 20).order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(7).put(BASELINE).flip().position(7);

        assertThat(bytes(Jpeg.check(buffer))).isEqualTo(BASELINE);
        assertThat(buffer.position()).isEqualTo(7);
        assertThat(buffer.limit()).isEqualTo(7 + BASELINE.length);
    }

    @Test
    void bytesAfterTheEndAreCut() {
        byte[] tail = new byte[1 << 20];
        new Random(1).nextBytes(tail);

        assertThat(bytes(check(Pictures.insert(BASELINE, BASELINE.length, tail))))
                .isEqualTo(BASELINE);
    }

    @Test
    void secondPictureAfterTheFirstIsCut() {
        assertThat(bytes(check(Pictures.insert(BASELINE, BASELINE.length, PROGRESSIVE))))
                .isEqualTo(BASELINE);
    }

    @Test
    void whereAPictureLiesMakesNoDifference() {
        byte[] picture = new byte[20_000];
        System.arraycopy(
                BASELINE, 0, picture, 0, BASELINE.length - 2); // its scan goes on, with FF at every place of a window
        for (int i = BASELINE.length - 2, gap = 1; i < picture.length - 2; i++) {
            boolean stuffed = picture[i - 1] != -1 && i % 131 == gap % 131 && i < picture.length - 3;
            picture[i] = (byte) (picture[i - 1] == -1 ? 0 : stuffed ? 0xFF : 0x55);
            gap += stuffed ? 1 : 0;
        }
        picture[picture.length - 2] = (byte) 0xFF;
        picture[picture.length - 1] = (byte) 0xD9;
        for (int length = picture.length; length > picture.length - 9000; length -= length > 19_900 ? 1 : 37) {
            byte[] cut = Arrays.copyOf(picture, length);
            String inArray = outcome(ByteBuffer.wrap(cut));
            assertThat(outcome(ByteBuffer.allocateDirect(length).put(cut).flip()))
                    .isEqualTo(inArray);
            assertThat(outcome(ByteBuffer.wrap(cut).asReadOnlyBuffer())).isEqualTo(inArray);
            assertThat(inArray.equals("20000")).isEqualTo(length == picture.length);
        }
    }

    private static String outcome(ByteBuffer picture) {
        try {
            return Integer.toString(Jpeg.check(picture).size());
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void fillBytesBeforeMarkersAreKept() {
        byte[] filled = Pictures.insert(BASELINE, Pictures.find(BASELINE, 0xDB), new byte[] {-1, -1, -1});

        assertThat(bytes(check(filled))).isEqualTo(filled);
    }

    // what is not a whole picture

    @Test
    void pictureCutAnywhereIsRefused() {
        byte[] withThumbnail = Pictures.insert(BASELINE, 2, exif(ByteOrder.BIG_ENDIAN, 6, true));
        for (byte[] whole : new byte[][] {BASELINE, PROGRESSIVE, withThumbnail}) {
            for (int length = 0; length < whole.length; length++) {
                refused(Arrays.copyOf(whole, length));
            }
        }
    }

    @Test
    void cutPictureIsReportedWithItsSize() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(Arrays.copyOf(BASELINE, 700)))
                .withMessage("the JPEG is cut off: its 700 bytes end before the end marker FF D9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "<!doctype html><title>404</title>", "\u0089PNG\r\n\u001a\n", "GIF89a", "JFIF"})
    void whatIsNotAJpegIsRefused(String text) {
        refused(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void endRightAfterTheBeginningIsRefused() {
        refused(hex("ffd8ffd9"));
    }

    @Test
    void headersWithoutImageDataAreRefused() {
        byte[] headers = Arrays.copyOf(BASELINE, Pictures.find(BASELINE, 0xDA) + 2);
        headers[headers.length - 1] = (byte) 0xD9;

        refused(headers);
    }

    @Test
    void pictureOfMoreThan32MiBIsRefusedUnread() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(new byte[Jpeg.MAX_BYTES + 1]))
                .withMessageContaining("33554433 bytes");
    }

    @Test
    void markersWithoutASegmentArePassedOver() {
        byte[] scan = Arrays.copyOf(hex("ffd0ffd7ffff00ffffd3"), 10);
        byte[] inScan = Pictures.insert(BASELINE, BASELINE.length - 2, scan);
        assertThat(bytes(check(inScan)))
                .as("restarts, a stuffed byte and fill bytes")
                .isEqualTo(inScan);
        for (String marker : new String[] {"ff01", "ffd0", "ffd7"}) {
            byte[] between = Pictures.insert(BASELINE, 2, hex(marker));
            assertThat(bytes(check(between))).as(marker).isEqualTo(between);
        }
    }

    @Test
    void asManyFillBytesAsThereMayBeAreTaken() {
        byte[] fill = new byte[1023]; // and the marker's own
        Arrays.fill(fill, (byte) 0xFF);
        int at = Pictures.find(BASELINE, 0xDB);
        byte[] filled = Pictures.insert(BASELINE, at, fill);

        assertThat(bytes(check(filled))).isEqualTo(filled);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(Pictures.insert(filled, at, new byte[] {-1})))
                .withMessageEndingWith("there are more than 1024 fill bytes at byte " + at);
    }

    @Test
    void aSegmentWithTheBeginningOfAPictureIsTakenOutWhereverThatIs() {
        for (String content : new String[] {"ffd8", "00ffd8", "ffd800", "ffffd8", "000000ffd8ffd90000"}) {
            for (int marker : new int[] {0xE0, 0xE2, 0xEF}) {
                byte[] jpeg = Pictures.insert(BASELINE, 2, Pictures.segment(marker, hex(content)));
                assertThat(bytes(check(jpeg))).as(content).isEqualTo(BASELINE);
            }
        }
        for (String content : new String[] {"", "ff", "d8", "ff00d8", "d8ff", "fed8", "ffd9"}) {
            byte[] jpeg = Pictures.insert(BASELINE, 2, Pictures.segment(0xE0, hex(content)));
            assertThat(bytes(check(jpeg))).as(content).isEqualTo(jpeg);
        }
        byte[] comment = Pictures.insert(BASELINE, 2, Pictures.segment(0xFE, hex("ffd8")));
        assertThat(bytes(check(comment))).as("no metadata").isEqualTo(comment);
    }

    @Test
    void pictureInTheMiddleOfAnArrayIsFound() {
        byte[] around = new byte[BASELINE.length + 20];
        Arrays.fill(around, (byte) 0xFF);
        System.arraycopy(BASELINE, 0, around, 7, BASELINE.length);

        assertThat(bytes(Jpeg.check(ByteBuffer.wrap(around, 7, BASELINE.length))))
                .isEqualTo(BASELINE);
    }

    @Test
    void pictureOf32MiBIsTaken() {
        assertThat(check(padded(BASELINE, Jpeg.MAX_BYTES - BASELINE.length)).size())
                .isEqualTo(Jpeg.MAX_BYTES);
    }

    @ParameterizedTest
    @CsvSource({
        "ffd8ffd9, 'not a JPEG that can be shown: the picture ends without any image data at byte 2'",
        "ffd8ff, 'not a JPEG: it does not begin with FF D8'",
        "ffd8ffe00002, 'the JPEG is cut off: its 6 bytes end before the end marker FF D9'",
        "ffd8ffe00003ff, 'the JPEG is cut off: its 7 bytes end before the end marker FF D9'",
        "ffd8ffe0000212, 'not a JPEG that can be shown: there is no marker at byte 6'",
        "ffd8ffe00001, 'not a JPEG that can be shown: there is no valid segment at byte 2'",
        "ffd8ffdd000300, 'not a JPEG that can be shown: the restart interval has 1 bytes instead of 2 at byte 2'"
    })
    void whatIsWrongAndWhereIsTold(String picture, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(hex(picture)))
                .withMessage(why);
    }

    @Test
    void lengthOfASegmentIsNoBeginningOfAPicture() {
        byte[] jpeg = Pictures.insert(BASELINE, 2, Pictures.segment(0xE3, new byte[0xFFD8 - 2]));

        assertThat(bytes(check(jpeg))).isEqualTo(jpeg);
    }

    @Test
    void noPartIsEmptyWhereThumbnailsFollowEachOther() {
        byte[] thumbnail = Pictures.segment(0xE1, hex("ffd8"));
        byte[] jpeg = Pictures.insert(Pictures.insert(BASELINE, 2, thumbnail), 2, thumbnail);

        assertThat(check(jpeg).parts().stream().map(ByteBuffer::remaining)).containsExactly(2, BASELINE.length - 2);
    }

    // bombs

    @Test
    void giantSizeIsRefusedBeforeAnythingDecodesIt() {
        byte[] bomb = BASELINE.clone();
        int frame = Pictures.find(bomb, 0xC0);
        Arrays.fill(bomb, frame + 5, frame + 9, (byte) 0xFF);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(bomb))
                .withMessageContaining("65535x65535")
                .withMessageContaining("67108864");
    }

    @Test
    void largestSizeIsTaken() {
        byte[] large = BASELINE.clone();
        int frame = Pictures.find(large, 0xC0);
        large[frame + 5] = large[frame + 7] = 0x20;
        large[frame + 6] = large[frame + 8] = 0;

        assertThat(check(large).width()).isEqualTo(8192);
    }

    @Test
    void onePixelMoreThanTheLargestSizeIsRefused() {
        byte[] large = BASELINE.clone();
        int frame = Pictures.find(large, 0xC0);
        ByteBuffer.wrap(large).putShort(frame + 5, (short) 8192).putShort(frame + 7, (short) 8193);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(large))
                .withMessage("the picture is 8193x8192 pixels; at most 67108864 in all are taken");
    }

    @Test
    void aHundredScansAreTaken() {
        int first = Pictures.find(PROGRESSIVE, 0xDA);
        byte[] scan = Arrays.copyOfRange(PROGRESSIVE, first, first + 14);
        int scans = 0;
        for (int at = 2; at < PROGRESSIVE.length - 1; at++) {
            scans += PROGRESSIVE[at] == -1 && PROGRESSIVE[at + 1] == (byte) 0xDA ? 1 : 0;
        }
        byte[] most = PROGRESSIVE;
        for (; scans < 100; scans++) {
            most = Pictures.insert(most, first, scan);
        }

        assertThat(bytes(check(most))).isEqualTo(most);
        byte[] more = Pictures.insert(most, first, scan);
        assertThatIllegalArgumentException().isThrownBy(() -> check(more)).withMessageContaining("more than 100 scans");
    }

    @Test
    void pictureWithoutWidthOrHeightIsRefused() {
        for (int at : new int[] {5, 7}) {
            byte[] flat = BASELINE.clone();
            int frame = Pictures.find(flat, 0xC0);
            flat[frame + at] = flat[frame + at + 1] = 0;
            refused(flat);
        }
    }

    @Test
    void tenThousandScansAreRefused() {
        int first = Pictures.find(PROGRESSIVE, 0xDA);
        byte[] scan = Arrays.copyOfRange(PROGRESSIVE, first, first + 14);
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(PROGRESSIVE, 0, first);
        for (int i = 0; i < 10_000; i++) {
            bomb.write(scan, 0, scan.length);
        }
        bomb.writeBytes(hex("ffd9"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(bomb.toByteArray()))
                .withMessageContaining("more than 100 scans");
    }

    @Test
    void scanBeforeTheFrameHeaderIsRefused() {
        refused(Pictures.without(BASELINE, 0xC0));
    }

    @Test
    void secondFrameHeaderIsRefused() {
        int frame = Pictures.find(BASELINE, 0xC0);

        refused(Pictures.insert(BASELINE, frame, Arrays.copyOfRange(BASELINE, frame, frame + 19)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ffe00000", "ffe00001", "ff000002", "ff020002", "ffbf0002", "ffd80002", "00000000", "fff0ffff"})
    void impossibleSegmentIsRefused(String segment) {
        refused(Pictures.insert(BASELINE, 2, hex(segment)));
    }

    @Test
    void segmentThatReachesPastTheEndIsRefused() {
        refused(hex("ffd8ffe0ffff00"));
    }

    @Test
    void endlessFillBytesAreRefused() {
        byte[] fill = new byte[4 << 20];
        Arrays.fill(fill, (byte) 0xFF);
        fill[1] = (byte) 0xD8;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(fill))
                .withMessageContaining("fill bytes at byte 2");

        System.arraycopy(BASELINE, 0, fill, 0, BASELINE.length - 2);
        assertThatIllegalArgumentException().isThrownBy(() -> check(fill)).withMessageContaining("fill bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC3, 0xC5, 0xC9, 0xCA, 0xCF})
    void codingsThatBrowsersDoNotShowAreRefused(int coding) {
        byte[] odd = BASELINE.clone();
        odd[Pictures.find(odd, 0xC0) + 1] = (byte) coding;

        refused(odd);
    }

    @Test
    void impossibleNumberOfComponentsIsRefused() {
        for (int components : new int[] {0, 2, 5, 255}) {
            byte[] odd = BASELINE.clone();
            odd[Pictures.find(odd, 0xC0) + 9] = (byte) components;
            refused(odd);
        }
    }

    // repairs

    @Test
    void missingHuffmanTablesArePutBack() {
        byte[] bare = Pictures.without(BASELINE, 0xC4);

        Jpeg jpeg = check(bare);

        byte[] repaired = bytes(jpeg);
        assertThat(repaired).hasSize(bare.length + 420).hasSize(jpeg.size());
        assertThat(Pictures.find(repaired, 0xDA)).isEqualTo(Pictures.find(repaired, 0xC4) + 420);
        assertSamePixels(Pictures.decode(repaired), Pictures.decode(BASELINE));
    }

    @Test
    void tablesPutBackAreThoseOfTheStandard() {
        byte[] repaired = bytes(check(Pictures.without(BASELINE, 0xC4)));
        ByteBuffer tables = ByteBuffer.wrap(repaired, Pictures.find(repaired, 0xC4) + 4, 416);

        assertTable(tables, 0x00, JPEGHuffmanTable.StdDCLuminance);
        assertTable(tables, 0x10, JPEGHuffmanTable.StdACLuminance);
        assertTable(tables, 0x01, JPEGHuffmanTable.StdDCChrominance);
        assertTable(tables, 0x11, JPEGHuffmanTable.StdACChrominance);
        assertThat(tables.hasRemaining()).isFalse();
    }

    private static void assertTable(ByteBuffer tables, int kind, JPEGHuffmanTable expected) {
        assertThat(tables.get()).isEqualTo((byte) kind);
        for (int i = 0; i < 16; i++) {
            int length = i < expected.getLengths().length ? expected.getLengths()[i] : 0;
            assertThat(tables.get()).isEqualTo((byte) length);
        }
        for (short value : expected.getValues()) {
            assertThat(tables.get()).isEqualTo((byte) value);
        }
    }

    @Test
    void thumbnailIsTakenOutSoThatThePictureBeginsOnce() {
        byte[] jpeg = Pictures.insert(BASELINE, 2, exif(ByteOrder.BIG_ENDIAN, 1, true));

        assertThat(bytes(check(jpeg))).isEqualTo(BASELINE);
    }

    @Test
    void orientationOutlivesTheThumbnail() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            for (int orientation = 2; orientation <= 8; orientation++) {
                byte[] repaired = bytes(check(Pictures.insert(BASELINE, 2, exif(order, orientation, true))));

                assertThat(repaired)
                        .isEqualTo(Pictures.insert(BASELINE, 2, exif(ByteOrder.BIG_ENDIAN, orientation, false)));
            }
        }
    }

    @Test
    void metadataWithoutAThumbnailStays() {
        byte[] jpeg = Pictures.insert(BASELINE, 2, exif(ByteOrder.LITTLE_ENDIAN, 6, false));

        assertThat(bytes(check(jpeg))).isEqualTo(jpeg);
    }

    @Test
    void onlyTheMissingOnesOfTheStandardTablesArePutBack() {
        for (int missing = 1; missing < 16; missing++) {
            byte[] bare = Pictures.without(BASELINE, 0xC4);
            for (int table = 0; table < 4; table++) {
                if ((missing & 1 << table) == 0) {
                    bare = Pictures.insert(bare, Pictures.find(bare, 0xDA), standardTable(table));
                }
            }

            byte[] repaired = bytes(check(bare));

            assertThat(repaired.length - bare.length).isLessThanOrEqualTo(420);
            assertThat(bytes(check(repaired))).isEqualTo(repaired);
            assertSamePixels(Pictures.decode(repaired), Pictures.decode(BASELINE));
        }
    }

    @Test
    void ownTablesAreNotReplacedByTheStandardOnes() {
        for (int missing = 0; missing < 4; missing++) {
            byte[] bare = Pictures.without(BASELINE, 0xC4);
            for (int table = 0; table < 4; table++) {
                if (table != missing) {
                    bare = Pictures.insert(bare, Pictures.find(bare, 0xDA), standardTable(table));
                }
            }

            assertThat(bytes(check(bare)))
                    .isEqualTo(Pictures.insert(bare, Pictures.find(bare, 0xDA), standardTable(missing)));
        }
    }

    @Test
    void missingHuffmanTablesArePutBackOnceForAllScans() {
        byte[] bare = Pictures.without(BASELINE, 0xC4);
        int scan = Pictures.find(bare, 0xDA);
        byte[] scans = hex("ffda0008010100003f0012ffda0008010211003f0012ffda0008010311003f0012ffd9");
        byte[] three = Pictures.insert(Arrays.copyOf(bare, scan), scan, scans);
        byte[] whole = bytes(check(bare));

        assertThat(bytes(check(three)))
                .isEqualTo(Pictures.insert(three, scan, Arrays.copyOfRange(whole, scan, scan + 420)));
    }

    @Test
    void pictureThatIsTooLargeWithItsTablesPutBackIsRefused() {
        byte[] bare = Pictures.without(BASELINE, 0xC4);
        int room = Jpeg.MAX_BYTES - bare.length;

        assertThat(check(padded(bare, room - 420)).size()).isEqualTo(Jpeg.MAX_BYTES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(padded(bare, room - 419)))
                .withMessageContaining("33554433 bytes with its missing Huffman tables");
    }

    @Test
    void fillBytesBeforeAThumbnailGoWithIt() {
        byte[] fill = new byte[1000];
        Arrays.fill(fill, (byte) 0xFF);
        byte[] jpeg = Pictures.insert(BASELINE, 2, fill);
        jpeg = Pictures.insert(jpeg, 2, exif(ByteOrder.BIG_ENDIAN, 1, true));
        jpeg = Pictures.insert(jpeg, 2, fill);

        assertThat(bytes(check(jpeg))).isEqualTo(Pictures.insert(BASELINE, 2, fill));
    }

    @Test
    void moreThan64ThumbnailsAreRefused() {
        byte[] jpeg = BASELINE;
        for (int i = 0; i < 64; i++) {
            jpeg = Pictures.insert(jpeg, 2, exif(ByteOrder.BIG_ENDIAN, 6, true));
        }
        byte[] many = Pictures.insert(jpeg, 2, exif(ByteOrder.BIG_ENDIAN, 6, true));

        assertThat(bytes(check(jpeg))).endsWith(tail(BASELINE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(many))
                .withMessageContaining("more than 64 metadata segments with thumbnails at byte 2562");
    }

    // hostile bytes

    @Test
    void hostileExifOffsetsDoNoHarm() {
        int[] hostile = {Integer.MIN_VALUE, -1, 0, 7, 8, 20, 60, 1000, 0xFFFF, 0x7FFFFFF0, Integer.MAX_VALUE};
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            byte[] segment = exif(order, 6, true);
            for (int at = 10; at < 36; at++) {
                for (int value : hostile) {
                    byte[] odd = segment.clone();
                    ByteBuffer.wrap(odd).order(order).putInt(at, value);
                    assertThat(bytes(check(Pictures.insert(BASELINE, 2, odd)))).endsWith(tail(BASELINE));
                }
            }
        }
    }

    @Test
    void shortExifSegmentsDoNoHarm() {
        byte[] segment = exif(ByteOrder.BIG_ENDIAN, 6, false);
        for (int length = 4; length < segment.length; length++) {
            byte[] content = Arrays.copyOfRange(segment, 4, 4 + length);
            content[length - 1] = (byte) 0xD8;
            content[length - 2] = (byte) 0xFF;
            assertThat(bytes(check(Pictures.insert(BASELINE, 2, Pictures.segment(0xE1, content)))))
                    .endsWith(tail(BASELINE));
        }
    }

    // the means

    static Jpeg check(byte[] bytes) {
        return Jpeg.check(ByteBuffer.wrap(bytes));
    }

    private static void refused(byte[] bytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> check(bytes)).withMessageMatching("(?s).{20,200}");
    }

    static byte[] bytes(Jpeg jpeg) {
        ByteBuffer out = ByteBuffer.allocate(jpeg.size());
        jpeg.parts().forEach(part -> out.put(part.duplicate()));
        assertThat(out.hasRemaining()).isFalse();
        return out.array();
    }

    private static byte[] tail(byte[] jpeg) {
        return Arrays.copyOfRange(jpeg, 2, jpeg.length);
    }

    private static byte[] hex(String text) {
        return java.util.HexFormat.of().parseHex(text);
    }

    /** One of the four standard tables as a segment: DC and AC for brightness, then for colour. */
    private static byte[] standardTable(int table) {
        byte[] repaired = bytes(check(Pictures.without(BASELINE, 0xC4)));
        int[] places = {0, 29, 208, 237, 416};
        int from = Pictures.find(repaired, 0xC4) + 4;
        return Pictures.segment(0xC4, Arrays.copyOfRange(repaired, from + places[table], from + places[table + 1]));
    }

    /** The picture with this many more bytes at the end of its image data. */
    private static byte[] padded(byte[] jpeg, int bytes) {
        return Pictures.insert(jpeg, jpeg.length - 2, new byte[bytes]);
    }

    /** An Exif segment with one entry, the orientation; and a thumbnail after the directory. */
    static byte[] exif(ByteOrder order, int orientation, boolean thumbnail) {
        ByteBuffer out = ByteBuffer.allocate(thumbnail ? 36 : 32).order(order);
        out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        out.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
        out.putShort((short) 42).putInt(8).putShort((short) 1);
        out.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        out.putInt(0);
        if (thumbnail) {
            out.put(hex("ffd8ffd9"));
        }
        return Pictures.segment(0xE1, out.array());
    }

    private static void assertSamePixels(BufferedImage one, BufferedImage other) {
        for (int y = 0; y < other.getHeight(); y++) {
            for (int x = 0; x < other.getWidth(); x++) {
                assertThat(one.getRGB(x, y)).isEqualTo(other.getRGB(x, y));
            }
        }
    }
}
