package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.delivery.Pictures;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers are accepted. Every picture that is accepted here is decoded as well. */
@Timeout(180)
class JpegHeadersTest {

    private static final byte[] BASELINE = Pictures.jpeg(16, 16);
    private static final byte[] PROGRESSIVE = Pictures.progressive(16, 16);
    private static final byte[] GREY = Pictures.grey(16, 16);

    // quantization tables

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x0F, 0x20, 0x84, 0xF0})
    void quantizationTableOfUnknownKindIsRefused(int kind) {
        refused(set(BASELINE, 0xDB, 4, kind), "there is a quantization table of precision " + (kind >> 4));
    }

    @Test
    void quantizationTablesThatDoNotEndWithTheirSegmentAreRefused() {
        refused(Pictures.insert(BASELINE, 2, Pictures.segment(0xDB, new byte[64])), "quantization tables do not end");
        refused(Pictures.insert(BASELINE, 2, Pictures.segment(0xDB, new byte[66])), "quantization tables do not end");
    }

    @Test
    void quantizationTablesOf16BitsAndOfZeroesAreTaken() {
        byte[] wide = new byte[129];
        wide[0] = 0x13;

        taken(Pictures.insert(BASELINE, 2, Pictures.segment(0xDB, wide)));
        taken(Pictures.insert(BASELINE, Pictures.find(BASELINE, 0xDA), Pictures.segment(0xDB, new byte[65])));
    }

    @Test
    void scanWithoutItsQuantizationTableIsRefused() {
        refused(
                Pictures.without(BASELINE, 0xDB),
                "the scan needs quantization table 0, which is not defined, at byte ");
        refused(set(BASELINE, 0xC0, 12, 2), "the scan needs quantization table 2");
        refused(set(BASELINE, 0xC0, 12, 0xFF), "the scan needs quantization table 255");
    }

    // Huffman tables

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x14, 0x20, 0x30, 0x80, 0xFF})
    void huffmanTableOfUnknownKindIsRefused(int kind) {
        refused(set(BASELINE, 0xC4, 4, kind), "there is a Huffman table of class " + (kind >> 4) + " and id ");
    }

    @Test
    void huffmanTableWithMoreSymbolsThanItsSegmentIsRefused() {
        refused(Pictures.insert(BASELINE, 2, huffman(0x03, "00020000000000000000000000000000", "00")), "2 symbols");
    }

    @Test
    void huffmanTableWithMoreThan256SymbolsIsRefused() {
        String symbols = "00".repeat(257);

        refused(
                Pictures.insert(BASELINE, 2, huffman(0x13, "000000000000000000000000000002ff", symbols)),
                "257 symbols");
    }

    @Test
    void huffmanTablesThatDoNotEndWithTheirSegmentAreRefused() {
        refused(Pictures.insert(BASELINE, 2, Pictures.segment(0xC4, new byte[16])), "Huffman tables do not end");
        refused(Pictures.insert(BASELINE, 2, Pictures.segment(0xC4, new byte[18])), "Huffman tables do not end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "03000000000000000000000000000000",
                "02000000000000000000000000000000",
                "01020000000000000000000000000000",
                "00000f02000000000000000000000000"
            })
    void scanWithImpossibleHuffmanCodesIsRefused(String lengths) {
        int symbols = 0;
        for (byte codes : HexFormat.of().parseHex(lengths)) {
            symbols += codes;
        }
        byte[] table = huffman(0x10, lengths, "01".repeat(symbols));

        refused(beforeScan(table), "the scan needs AC Huffman table 0, whose codes are impossible,");
    }

    @Test
    void scanWithMoreThan15DcBitsIsRefused() {
        refused(beforeScan(huffman(0, "00010000000000000000000000000000", "10")), "DC Huffman table 0, whose codes");
        refused(beforeScan(huffman(0, "00010000000000000000000000000000", "ff")), "DC Huffman table 0, whose codes");
    }

    @Test
    void impossibleHuffmanTableThatNoScanNeedsIsTaken() {
        taken(beforeScan(huffman(0x12, "03000000000000000000000000000000", "000102")));
    }

    @Test
    void impossibleHuffmanTableMayBeDefinedAgain() {
        byte[] wrong = huffman(0x10, "03000000000000000000000000000000", "000102");

        taken(Pictures.insert(BASELINE, 2, wrong));
    }

    @Test
    void huffmanTablesWithoutAStandardAreNotPutIn() {
        refused(set(BASELINE, 0xDA, 6, 0x20), "the scan needs DC Huffman table 2, which is not defined,");
        refused(set(BASELINE, 0xDA, 6, 0x03), "the scan needs AC Huffman table 3, which is not defined,");
        refused(set(BASELINE, 0xDA, 6, 0x40), "the scan needs Huffman tables 4 and 0");
        refused(set(BASELINE, 0xDA, 6, 0x04), "the scan needs Huffman tables 0 and 4");
    }

    @Test
    void progressivePictureWithoutHuffmanTablesIsRefused() {
        refused(Pictures.without(PROGRESSIVE, 0xC4), "the scan needs DC Huffman table 0, which is not defined,");
    }

    // the frame header

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 9, 12, 16, 255})
    void samplesOfAnythingButEightBitsAreRefused(int bits) {
        refused(set(BASELINE, 0xC0, 4, bits), "the samples have " + bits + " bits");
    }

    @Test
    void frameHeaderLongerOrShorterThanItsComponentsIsRefused() {
        for (int components : new int[] {1, 4}) {
            refused(set(BASELINE, 0xC0, 9, components), "names " + components + " components");
        }
        refused(Pictures.insert(BASELINE, 2, Pictures.segment(0xC0, new byte[5])), "the frame header is too short");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x10, 0x51, 0x15, 0xF1, 0xFF})
    void impossibleSamplingIsRefused(int factors) {
        refused(set(BASELINE, 0xC0, 11, factors), "a component's sampling factors are ");
    }

    @Test
    void samplingThatWouldHaveToBeInterpolatedIsRefused() {
        byte[] odd = set(BASELINE, 0xC0, 11, 0x31);

        taken(odd);
        refused(set(odd, 0xC0, 14, 0x21), "factors are 2x1, which do not fit 3x1");
    }

    @Test
    void moreThanTenBlocksInOneUnitAreRefused() {
        taken(set(BASELINE, 0xC0, 11, 0x24));
        refused(set(BASELINE, 0xC0, 11, 0x34), "the scan has 14 blocks in one unit, more than 10,");
        taken(set(GREY, 0xC0, 11, 0x44));
    }

    @Test
    void sideThatDecodersDoNotTakeIsRefused() {
        byte[] wide = BASELINE.clone();
        ByteBuffer.wrap(wide)
                .putShort(Pictures.find(wide, 0xC0) + 5, (short) 1)
                .putShort(Pictures.find(wide, 0xC0) + 7, (short) 65_501);

        refused(wide, "65501x1 pixels; at most 65500 a side");
        ByteBuffer.wrap(wide).putShort(Pictures.find(wide, 0xC0) + 7, (short) 65_500);
        assertThat(check(wide).width()).isEqualTo(65_500);

        byte[] high = set(set(wide, 0xC0, 7, 0), 0xC0, 8, 1);
        ByteBuffer.wrap(high).putShort(Pictures.find(high, 0xC0) + 5, (short) 65_501);
        refused(high, "1x65501 pixels; at most 65500 a side");
    }

    /** ImageIO does not open such a picture, but libjpeg-turbo and the browsers do. */
    @Test
    void componentsOfTheSameIdAreTakenInTheirOrder() {
        byte[] same = BASELINE.clone();
        for (int i = 0; i < 3; i++) {
            same = set(set(same, 0xC0, 10 + 3 * i, 7), 0xDA, 5 + 2 * i, 7);
        }

        assertThat(JpegTest.bytes(check(same))).isEqualTo(same);
    }

    // the scan header

    @Test
    void scanHeaderLongerOrShorterThanItsComponentsIsRefused() {
        for (int components : new int[] {0, 1, 2, 4, 5, 255}) {
            refused(set(BASELINE, 0xDA, 4, components), "the scan header of 10 bytes names " + components);
        }
        refused(set(BASELINE, 0xDA, 3, 2), "the scan header of 0 bytes names 0 components");
    }

    @Test
    void scanOfAComponentThatIsNotThereIsRefused() {
        refused(set(BASELINE, 0xDA, 5, 9), "the scan's component 9 is not in the frame header");
    }

    @Test
    void scanOfAComponentTwiceOrOutOfOrderIsRefused() {
        refused(set(BASELINE, 0xDA, 7, 1), "the scan's component 1 is not in the frame header, or out of order,");
        refused(set(set(BASELINE, 0xDA, 5, 2), 0xDA, 7, 1), "the scan's component 1");
        refused(set(BASELINE, 0xDA, 5, 2), "the scan's component 2");
    }

    @Test
    void coefficientsOfASequentialScanDoNotMatter() {
        taken(set(set(set(BASELINE, 0xDA, 11, 5), 0xDA, 12, 0), 0xDA, 13, 0xFF));
    }

    @ParameterizedTest
    @CsvSource({"0,1,0", "0,63,0", "1,0,0", "1,63,0", "0,0,14", "0,0,2", "0,0,17", "0,0,34", "64,64,0"})
    void impossibleProgressionIsRefused(int start, int end, int bits) {
        byte[] odd = set(set(set(PROGRESSIVE, 0xDA, 11, start), 0xDA, 12, end), 0xDA, 13, bits);

        if (bits == 2) {
            taken(odd);
        } else {
            refused(odd, "impossible coefficients " + start + " to " + end);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "0,0,13", "0,0,16", "0,0,33", "0,0,237"})
    void possibleProgressionOfTheFirstCoefficientIsTaken(int start, int end, int bits) {
        byte[] picture = set(set(set(PROGRESSIVE, 0xDA, 11, start), 0xDA, 12, end), 0xDA, 13, bits);

        assertThat(JpegTest.bytes(check(picture))).isEqualTo(picture);
    }

    @ParameterizedTest
    @CsvSource({"1,1,true", "5,5,true", "63,63,true", "1,63,true", "2,1,false", "1,64,false", "0,1,false"})
    void aBandOfCoefficientsIsOfOneComponent(int start, int end, boolean possible) {
        byte[] picture = PROGRESSIVE;
        int scan = Pictures.find(picture, 0xDA);
        while ((picture[scan + 3] & 0xFF) != 8) { // bytes of the header of a scan of one component
            scan++;
            while ((picture[scan] & 0xFF) != 0xFF || (picture[scan + 1] & 0xFF) != 0xDA) {
                scan++;
            }
        }
        byte[] odd = picture.clone();
        odd[scan + 7] = (byte) start;
        odd[scan + 8] = (byte) end;
        if (possible) {
            assertThat(JpegTest.bytes(check(odd))).isEqualTo(odd);
        } else {
            refused(odd, "the scan of 1 components has the impossible coefficients " + start + " to " + end);
        }
    }

    @Test
    void secondScanAfterAWholeOneIsRefused() {
        byte[] scan = Arrays.copyOfRange(BASELINE, Pictures.find(BASELINE, 0xDA), BASELINE.length - 2);

        refused(Pictures.insert(BASELINE, BASELINE.length - 2, scan), "there is a second scan");
    }

    // other segments

    @Test
    void restartIntervalOfTwoBytesIsTaken() {
        taken(Pictures.insert(BASELINE, 2, Pictures.segment(0xDD, new byte[2])));
        for (int length : new int[] {0, 1, 3, 4}) {
            refused(
                    Pictures.insert(BASELINE, 2, Pictures.segment(0xDD, new byte[length])),
                    "restart interval has " + length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC8, 0xCC, 0xDE, 0xDF, 0xF0, 0xFD})
    void segmentAtWhichDecodersStopIsRefused(int marker) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(Pictures.insert(BASELINE, 2, Pictures.segment(marker, new byte[2]))))
                .withMessageEndingWith(" at byte 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xDC, 0xE0, 0xEE, 0xEF, 0xFE})
    void segmentThatDecodersPassIsTaken(int marker) {
        taken(Pictures.insert(BASELINE, 2, Pictures.segment(marker, new byte[2])));
    }

    // which byte is wrong

    @Test
    void whichTableIsWrongIsTold() {
        int at = Pictures.find(BASELINE, 0xDB);
        toldAt(
                set(BASELINE, 0xDB, 4, 0x25),
                at + 4,
                "there is a quantization table of precision 2 and id 5"
                        + " (precisions 0 and 1 and ids 0 to 3 are possible)");
        toldAt(
                insert(Pictures.segment(0xDB, new byte[64])),
                2,
                "the quantization tables do not end with their segment");
        toldAt(insert(Pictures.segment(0xC4, new byte[16])), 2, "the Huffman tables do not end with their segment");
        toldAt(
                insert(huffman(0x25, "00000000000000000000000000000000", "")),
                6,
                "there is a Huffman table of class 2 and id 5 (classes 0 and 1 and ids 0 to 3 are possible)");
        toldAt(insert(Pictures.segment(0xDD, new byte[3])), 2, "the restart interval has 3 bytes instead of 2");
    }

    @Test
    void whatIsWrongWithTheFrameHeaderIsTold() {
        int at = Pictures.find(BASELINE, 0xC0);
        toldAt(
                insert(Pictures.segment(0xCF, new byte[17])),
                2,
                "this is a lossless, hierarchical or arithmetic JPEG, which browsers do not show,");
        byte[] frame = Arrays.copyOfRange(BASELINE, at, at + 19);
        toldAt(Pictures.insert(BASELINE, at, frame), at + 19, "there is a second frame header");
        toldAt(insert(Pictures.segment(0xC0, new byte[5])), 2, "the frame header is too short");
        toldAt(
                insert(Pictures.segment(0xC0, (byte) 8, (byte) 0, (byte) 16, (byte) 0, (byte) 16, (byte) 0)),
                2,
                "the frame header of 6 bytes names 0 components (1, 3 or 4 are possible, of 3 bytes each after 6)");
        toldAt(set(BASELINE, 0xC0, 4, 12), at, "the samples have 12 bits (browsers show 8)");
        toldAt(
                set(BASELINE, 0xC0, 9, 4),
                at,
                "the frame header of 15 bytes names 4 components (1, 3 or 4 are possible, of 3 bytes each after 6)");
        toldAt(set(set(BASELINE, 0xC0, 5, 0), 0xC0, 6, 0), at, "the picture's size is 16x0,");
        toldAt(
                set(set(BASELINE, 0xC0, 11, 0x31), 0xC0, 14, 0x21),
                at + 14,
                "a component's sampling factors are 2x1, which do not fit 3x1 or are not 1 to 4,");
    }

    @Test
    void whatIsWrongWithTheScanHeaderIsTold() {
        int at = Pictures.find(BASELINE, 0xDA);
        byte[] frameless = Pictures.without(BASELINE, 0xC0);
        toldAt(frameless, Pictures.find(frameless, 0xDA), "there is a scan before the frame header");
        byte[] scan = Arrays.copyOfRange(BASELINE, at, BASELINE.length - 2);
        toldAt(
                Pictures.insert(BASELINE, BASELINE.length - 2, scan),
                BASELINE.length - 2,
                "there is a second scan, though the first had all components,");
        toldAt(
                set(BASELINE, 0xDA, 4, 2),
                at,
                "the scan header of 10 bytes names 2 components (1 to 4 are possible, of 2 bytes each after 4)");
        toldAt(
                set(BASELINE, 0xDA, 9, 7),
                at + 9,
                "the scan's component 7 is not in the frame header, or out of order,");
        toldAt(set(BASELINE, 0xC0, 12, 2), at, "the scan needs quantization table 2, which is not defined,");
        toldAt(set(BASELINE, 0xC0, 11, 0x34), at, "the scan has 14 blocks in one unit, more than 10,");
        toldAt(set(BASELINE, 0xDA, 8, 0x40), at + 8, "the scan needs Huffman tables 4 and 0 (0 to 3 are possible)");
        toldAt(set(BASELINE, 0xDA, 8, 0x21), at, "the scan needs DC Huffman table 2, which is not defined,");
    }

    @Test
    void moreThanAHundredScansAreToldWithTheirPlace() {
        int first = Pictures.find(PROGRESSIVE, 0xDA);
        byte[] scan = Arrays.copyOfRange(PROGRESSIVE, first, first + 14);
        byte[] many = Arrays.copyOf(PROGRESSIVE, first);
        for (int i = 0; i < 101; i++) {
            many = Pictures.insert(many, many.length, scan);
        }

        toldAt(many, first + 100 * 14, "there are more than 100 scans");
    }

    private static byte[] insert(byte[] segment) {
        return Pictures.insert(BASELINE, 2, segment);
    }

    private static void toldAt(byte[] picture, int at, String what) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(picture))
                .withMessage("not a JPEG that can be shown: " + what + " at byte " + at);
    }

    // limits

    @Test
    void theLastPossibleValuesAreTaken() {
        String none = "00000000000000000000000000000000";
        byte[] wide = new byte[129];
        wide[0] = 0x10;
        taken(insert(Pictures.segment(0xDB, wide)));
        byte[] third = new byte[65];
        third[0] = 3;
        whole(set(insert(Pictures.segment(0xDB, third)), 0xC0, 12, 3));
        whole(insert(huffman(0x13, none, "")));
        whole(insert(huffman(0x13, "000000000000000000000000000001ff", "00".repeat(256))));
        whole(beforeScan(huffman(0, "00010000000000000000000000000000", "0f")));
        byte[] high = BASELINE.clone();
        int frame = Pictures.find(high, 0xC0);
        ByteBuffer.wrap(high).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 1);
        assertThat(check(high).height()).isEqualTo(65_500);
    }

    @Test
    void aScanThatRefinesFirstCoefficientsNeedsNoHuffmanTable() {
        byte[] refining = set(Pictures.without(PROGRESSIVE, 0xC4), 0xDA, 13, 0x10);

        whole(refining);
    }

    @Test
    void aScanOfFirstCoefficientsNeedsNoTableOfTheOthers() {
        int scan = Pictures.find(PROGRESSIVE, 0xDA);

        toldAt(set(PROGRESSIVE, 0xDA, 6, 0x3F), scan, "the scan needs DC Huffman table 3, which is not defined,");
    }

    private static void whole(byte[] picture) {
        assertThat(JpegTest.bytes(check(picture))).isEqualTo(picture);
    }

    // all together

    @Test
    void whatIsTakenCanBeDecodedAndIsTakenAgain() {
        byte[][] pictures = {BASELINE, PROGRESSIVE, GREY};
        Random random = new Random(7);
        int taken = 0;
        for (int i = 0; i < 6000; i++) {
            byte[] odd = pictures[i % pictures.length].clone();
            int headers = Pictures.find(odd, 0xDA) + 14;
            for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
                odd[2 + random.nextInt(headers - 2)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(5));
            }
            byte[] repaired;
            try {
                repaired = JpegTest.bytes(check(odd));
            } catch (IllegalArgumentException e) {
                continue;
            }
            taken++;
            assertThat(JpegTest.bytes(check(repaired))).isEqualTo(repaired);
            if (small(repaired)) {
                decoded(repaired);
            }
        }
        assertThat(taken).isBetween(1000, 5000);
    }

    // the means

    private static Jpeg check(byte[] bytes) {
        return Jpeg.check(ByteBuffer.wrap(bytes));
    }

    private static void refused(byte[] picture, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(picture))
                .withMessageContaining(why)
                .withMessageMatching(".*( at byte \\d+|are taken)");
    }

    private static void taken(byte[] picture) {
        assertThat(JpegTest.bytes(check(picture))).isEqualTo(picture);
        decoded(picture);
    }

    private static void decoded(byte[] picture) {
        assertThatCode(() -> assertThat(Pictures.decode(picture)).isNotNull())
                .as(() -> HexFormat.of().formatHex(picture))
                .doesNotThrowAnyException();
    }

    /** Whether the picture is small. A change of its size can make a picture that takes long to decode. */
    private static boolean small(byte[] picture) {
        Jpeg jpeg = check(picture);
        return (long) jpeg.width() * jpeg.height() < 1 << 20;
    }

    /** The picture with one byte of its first segment of this kind changed, counted from the marker's FF. */
    private static byte[] set(byte[] picture, int marker, int at, int value) {
        byte[] changed = picture.clone();
        changed[Pictures.find(changed, marker) + at] = (byte) value;
        return changed;
    }

    private static byte[] beforeScan(byte[] segment) {
        return Pictures.insert(BASELINE, Pictures.find(BASELINE, 0xDA), segment);
    }

    private static byte[] huffman(int kind, String lengths, String symbols) {
        byte[] table = HexFormat.of().parseHex("00" + lengths + symbols);
        table[0] = (byte) kind;
        return Pictures.segment(0xC4, table);
    }
}
