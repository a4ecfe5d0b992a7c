package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartReaderTest {

    private static final String TYPE = "multipart/x-mixed-replace; boundary=frame";
    private static final String ONE = "\u00ff\u00d8 one \r\n--fra \r\n--framed\r\n\n--frame-x\u00ff\u00d9";
    private static final String TWO = "\u00ff\u00d8 two \r\r\n\r\n-\u00ff\u00d9";

    // parts with a length

    @Test
    void countedPartsAreCutByTheirLength() throws IOException {
        String delimiters = "\r\n--frame\r\n";
        String body = "--frame\r\n" + counted(ONE + delimiters) + "\r\n--frame\r\n" + counted(TWO) + "\r\n--frame\r\n";
        assertParts(TYPE, body, ONE + delimiters, TWO);
    }

    @Test
    void aCountedPartIsWholeWithItsLastByte() throws IOException {
        Seen seen = new Seen();
        MultipartReader reader = MultipartReader.of(TYPE, seen);
        reader.feed(buffer("--frame\r\n" + counted(TWO)));
        assertThat(seen.parts).containsExactly(TWO);
    }

    @Test
    void lengthsMayBePaddedAndNamesInAnyCase() throws IOException {
        for (String name :
                List.of("Content-Length:      ", "content-length:", "CONTENT-LENGTH : ", "Content-length:\t")) {
            String part = "Content-Type: image/jpeg\r\n" + name + TWO.length() + " \r\n\r\n" + TWO;
            assertParts(TYPE, "--frame\r\n" + part + "\r\n--frame\r\n" + part, TWO, TWO);
        }
    }

    @Test
    void linesMayEndWithALineFeedAlone() throws IOException {
        String part = "--frame\nContent-Type: image/jpeg\nContent-Length: " + TWO.length() + "\n\n" + TWO + "\n";
        assertParts(TYPE, part + part, TWO, TWO);
    }

    @Test
    void blankLinesMayStandBetweenPartsOrNoneAtAll() throws IOException {
        for (String between : List.of("", "\r\n\r\n\r\n", "\n")) {
            String part = "--frame\r\n" + counted(TWO) + between;
            assertParts(TYPE, part + part, TWO, TWO);
        }
    }

    @Test
    void anEmptyPartIsAPart() throws IOException {
        assertParts(TYPE, "--frame\r\n" + counted("") + "\r\n--frame\r\n" + counted(TWO), "", TWO);
    }

    @Test
    void theFirstDelimiterMayBeMissing() throws IOException {
        assertParts(TYPE, counted(ONE) + "\r\n--frame\r\n" + counted(TWO), ONE, TWO);
        assertParts(TYPE, "\r\n" + searched(TWO) + searched(ONE), TWO, ONE);
    }

    // parts without a length

    @Test
    void partsWithoutALengthEndAtTheDelimiter() throws IOException {
        assertParts(TYPE, "--frame\r\n" + searched(ONE) + searched(TWO), ONE, TWO);
    }

    @Test
    void aLengthThatIsNotANumberIsNone() throws IOException {
        for (String length : List.of("", "-1", "12x", "many")) {
            String header = "Content-Length: " + length + "\r\n\r\n";
            assertParts(TYPE, "--frame\r\n" + header + TWO + "\r\n--frame\r\n", TWO);
        }
    }

    @Test
    void searchedPartsMayHaveLineFeedsAlone() throws IOException {
        String part = "Content-Type: image/jpeg\n\n" + ONE + "\n--frame\n";
        assertParts(TYPE, "--frame\n" + part + part, ONE, ONE);
    }

    @Test
    void whatOnlyLooksLikeADelimiterIsPartOfThePicture() throws IOException {
        for (String line :
                List.of("--frame-", "--frame---", "--frame--x", "--frame" + " ".repeat(300), "--frames", "-frame")) {
            assertParts(TYPE, "--frame\r\n" + searched("a\r\n" + line + "\r\nb"), "a\r\n" + line + "\r\nb");
        }
    }

    @Test
    void aCarriageReturnAloneBeginsNoDelimiter() throws IOException {
        assertParts(TYPE, "--frame\r\n" + searched("a\rx--frame\r\nb\rx--frame\nc"), "a\rx--frame\r\nb\rx--frame\nc");
    }

    @Test
    void aLineThatLooksLikeTheClosingDelimiterDoesNotCloseTheNext() throws IOException {
        String header = "A: b\n\n";

        assertParts(
                TYPE, "--frame\n" + header + "a\n--frame-x\n--frame\n" + header + "c\n--frame\n", "a\n--frame-x", "c");
    }

    @Test
    void noPieceOfAPartIsEmpty() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        MultipartReader reader = MultipartReader.of(TYPE, new Seen() {
            @Override
            public void bytes(ByteBuffer bytes) {
                sizes.add(bytes.remaining());
                super.bytes(bytes);
            }
        });

        reader.feed(buffer("--frame\r\nA: b\r\n\r\n"));
        reader.feed(buffer("\r\n--frame\r\nA: b\r\n\r\nabc"));
        reader.feed(buffer("\r\n--frame\r\n"));

        assertThat(sizes).containsExactly(3);
    }

    @Test
    void sixteenBlanksAndNoMoreMayStandAfterADelimiter() throws IOException {
        for (String sixteen : List.of(" ".repeat(16), " ".repeat(15) + "\r")) {
            String delimiter = "\n--frame" + sixteen + "\n";
            assertParts(TYPE, "--frame\r\nA: b\r\n\r\n" + TWO + delimiter + searched(ONE), TWO, ONE);
        }
        for (String seventeen : List.of(" ".repeat(17), " ".repeat(16) + "\r")) {
            String line = "\n--frame" + seventeen + "\n";
            assertParts(TYPE, "--frame\r\n" + searched(TWO + line + "b"), TWO + line + "b");
        }
    }

    @Test
    void blanksMayStandAfterADelimiter() throws IOException {
        assertParts(TYPE, "--frame \r\nA: b\r\n\r\n" + TWO + "\r\n--frame \t\r\n" + searched(ONE), TWO, ONE);
    }

    @Test
    void countedAndSearchedPartsMayFollowEachOther() throws IOException {
        assertParts(
                TYPE, "--frame\r\n" + searched(ONE) + counted(TWO) + "\r\n--frame\r\n" + searched(TWO), ONE, TWO, TWO);
    }

    @Test
    void whatHasNoDelimiterYetIsPassedOnExceptItsPossibleBeginning() throws IOException {
        Seen seen = new Seen();
        MultipartReader reader = MultipartReader.of(TYPE, seen);
        reader.feed(buffer("--frame\r\nA: b\r\n\r\nabc\r\n--fra"));
        assertThat(seen.open()).isEqualTo("abc");
        reader.feed(buffer("nk"));
        assertThat(seen.open()).isEqualTo("abc\r\n--frank");
    }

    // wrong lengths

    @Test
    void afterALengthThatIsTooShortTheNextPartIsWhole() throws IOException {
        String body =
                "--frame\r\n" + claiming(3, ONE + "\n".repeat(9) + "x".repeat(400)) + claiming(3, TWO) + searched(ONE);
        assertParts(TYPE, body, ONE.substring(0, 3), TWO, ONE);
    }

    @Test
    void aLengthOfNoneAtAllIsNoneBeforeBytes() throws IOException {
        assertParts(TYPE, "--frame\r\n" + claiming(0, ONE) + claiming(0, TWO) + claiming(0, ONE), ONE, TWO, ONE);
    }

    @Test
    void aPartMayHaveNoHeaderNorTheBlankLineAfterIt() throws IOException {
        assertParts(TYPE, "--frame\r\n" + ONE + "\r\n--frame\r\n" + TWO + "\r\n--frame\r\n", ONE, TWO);
    }

    @Test
    void aLengthThatReachesIntoTheNextPartCostsNoMoreThanThat() throws IOException {
        String delimiter = "\r\n--frame\r\n";
        String second = claiming(TWO.length(), TWO);
        for (int more = 1; more < delimiter.length() + second.indexOf(TWO) + 5; more++) {
            List<String> parts = new ArrayList<>(List.of(ONE + (delimiter + second).substring(0, more)));
            if (more <= delimiter.length()) {
                parts.add(TWO); // the header is whole, and shows where the part begins
            }
            parts.add(ONE);
            String first = claiming(ONE.length() + more, ONE);
            assertParts(TYPE, "--frame\r\n" + first + second + searched(ONE), parts.toArray(String[]::new));
        }
    }

    @Test
    void countedPartsNeedNoDelimiters() throws IOException {
        assertParts(TYPE, "--frame\r\n" + counted(ONE) + counted(TWO) + "\r\n" + counted(ONE), ONE, TWO, ONE);
    }

    @Test
    void aLineEndMayBeCountedToo() throws IOException {
        String body = "--frame\r\n" + claiming(ONE.length() + 2, ONE) + claiming(TWO.length() + 2, TWO);
        assertParts(TYPE, body, ONE + "\r\n", TWO + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n--frame\r\n",
                "--frame\r\n",
                "\n--frame\n",
                "\r\n\r\n--frame \r\n",
                "rest of it\r\n--frame\r\n"
            })
    void aLengthOfNoneIsRightWhereALineEndOrADelimiterFollows(String after) throws IOException {
        boolean content = after.startsWith("rest");
        assertParts(
                TYPE,
                "--frame\r\nContent-Length: 0\r\n\r\n" + after + "A: b\r\n\r\n" + TWO + "\r\n--frame\r\n",
                content ? "rest of it" : "",
                TWO);
    }

    @Test
    void withoutAFirstDelimiterTheOneAfterAPartTellsHowTheyLook() throws IOException {
        String other = "multipart/x-mixed-replace; boundary=other";
        String next = "\r\n--frame\r\nA: b\r\n\r\n" + TWO + "\r\n--frame\r\n";
        assertParts(other, counted(ONE) + next, ONE, TWO);
        assertThat(knowing(other, "Content-Type: image/jpeg\r\n\r\n" + PICTURE + next, 1000).parts)
                .containsExactly(PICTURE, TWO);
    }

    // receivers that see where a picture ends

    private static final String PICTURE = "\u00ff\u00d8 a \r\n--frame\r\nb\u00ff\u00d9";

    @Test
    void aPictureThatHasEndedEndsItsPartWhateverTheLength() throws IOException {
        for (int length : new int[] {PICTURE.length(), PICTURE.length() + 1, PICTURE.length() + 40, 5000}) {
            String part = claiming(length, PICTURE);
            for (int size : new int[] {1, 7, 10_000}) {
                assertThat(knowing(TYPE, "--frame\r\n" + part + part + part, size).parts)
                        .as("length %d in pieces of %d", length, size)
                        .containsExactly(PICTURE, PICTURE, PICTURE);
            }
        }
    }

    @Test
    void aPictureThatHasNotEndedGoesOnAfterItsLength() throws IOException {
        for (int size : new int[] {1, 7, 10_000}) {
            assertThat(knowing(TYPE, "--frame\r\n" + claiming(4, TWO) + claiming(4, TWO), size).parts)
                    .as("in pieces of %d", size)
                    .containsExactly(TWO, TWO);
        }
    }

    @Test
    void lengthsAreStillBelievedAfterAPictureThatEndedByItself() throws IOException {
        String text = "no picture\r\n--frame\r\nat all";
        String body = "--frame\r\n" + claiming(PICTURE.length(), PICTURE + "and\r\nmore") + counted(text);
        assertThat(knowing(TYPE, body, 1000).parts).containsExactly(PICTURE, text);
    }

    @Test
    void noLengthIsBelievedAfterAWrongOne() throws IOException {
        String body = "--frame\r\n" + claiming(3, "one and more") + claiming(500, "two") + claiming(500, "three");
        assertParts(TYPE, body, "one", "two", "three");
    }

    @Test
    void whetherBytesEndAmidLinesIsReported() throws IOException {
        MultipartReader reader = MultipartReader.of(TYPE, new Seen());
        assertThat(reader.isAmidLines()).isFalse();
        for (String amid : List.of("--fra", "me\r\nContent-Le", "ngth: 3\r\n")) {
            reader.feed(buffer(amid));
            assertThat(reader.isAmidLines()).as(amid).isTrue();
        }
        reader.feed(buffer("\r\none"));
        assertThat(reader.isAmidLines()).isFalse();
        reader.feed(buffer("\r\n--fr"));
        assertThat(reader.isAmidLines()).isTrue();
    }

    private static Knowing knowing(String type, String body, int size) throws IOException {
        Knowing seen = new Knowing();
        MultipartReader reader = MultipartReader.of(type, seen);
        for (int at = 0; at < body.length(); at += size) {
            reader.feed(buffer(body.substring(at, Math.min(body.length(), at + size))));
        }
        return seen;
    }

    /** A receiver that finds the end of a picture: FF D9 after a beginning with FF D8. */
    private static final class Knowing extends Seen {
        private int surplus;

        @Override
        public void bytes(ByteBuffer bytes) {
            super.bytes(bytes);
            int end = open().startsWith("\u00ff\u00d8") ? open().indexOf("\u00ff\u00d9") : -1;
            surplus = end < 0 ? -1 : open().length() - end - 2;
            if (surplus > 0) {
                shorten(surplus);
            }
        }

        @Override
        public int surplus() {
            return surplus;
        }

        @Override
        public boolean isCut() {
            return open().startsWith("\u00ff\u00d8") && surplus < 0;
        }
    }

    // boundaries

    @ParameterizedTest
    @ValueSource(
            strings = {
                "boundary=frame",
                "boundary=\"frame\"",
                "BOUNDARY=frame",
                "boundary=--frame",
                "boundary=\"--frame\"",
                "boundary = frame ; charset=x",
                "boundary=other", // the wire counts
                "boundary=",
                "charset=x"
            })
    void theFirstDelimiterLineSaysHowDelimitersLook(String parameter) throws IOException {
        for (String delimiter : List.of("--frame", "----frame")) {
            String body = delimiter + "\r\n" + counted(TWO) + "\r\n" + delimiter + "\r\nA: b\r\n\r\n" + ONE + "\r\n"
                    + delimiter + "\r\n" + counted(ONE);
            assertParts("Multipart/X-Mixed-Replace; " + parameter, body, TWO, ONE, ONE);
        }
    }

    @Test
    void delimitersMayLackTheirDashes() throws IOException {
        assertParts(TYPE, "frame\r\n" + counted(TWO) + "\r\nframe\r\nA: b\r\n\r\nx\r\nframe\r\n", TWO, "x");
    }

    @Test
    void aBoundaryMayHoldBlanksAndEndWithDashes() throws IOException {
        String body = "--video boundary--\r\n" + counted(TWO) + "\r\n--video boundary--\r\n" + counted(ONE);
        assertParts("multipart/x-mixed-replace;boundary=video boundary--", body, TWO, ONE);
    }

    @Test
    void linesBeforeTheFirstDelimiterArePassedOver() throws IOException {
        assertParts(TYPE, "\r\nWelcome\r\n--frame\r\n" + counted(TWO), TWO);
    }

    @Test
    void theClosingDelimiterEndsTheBodyUnlessAnotherPartFollows() throws IOException {
        for (String part : List.of(counted(TWO) + "\r\n", "A: b\r\n\r\n" + TWO + "\r\n")) {
            String body = "--frame\r\n" + part + "--frame--\r\n";
            assertThat(assertParts(TYPE, body, TWO).ended()).isTrue();
            assertThat(assertParts(TYPE, body + "\r\nany\r\nwords", TWO).ended())
                    .isTrue();
            assertThat(assertParts(TYPE, body + "--frame\r\n" + counted(ONE), TWO, ONE)
                            .ended())
                    .isFalse();
        }
        assertThat(assertParts(TYPE, "--frame--\r\nmore").ended()).isTrue();
        assertThat(assertParts(TYPE, "--frame\r\n" + searched(TWO), TWO).ended())
                .isFalse();
    }

    // headers

    @Test
    void headersAreThoseOfThePart() throws IOException {
        List<String> times = new ArrayList<>();
        MultipartReader reader = MultipartReader.of(TYPE, new Seen() {
            @Override
            public void begin(PartHeader header) {
                super.begin(header);
                times.add(header.value("X-TIMESTAMP") + "|" + header.value("X-Time") + "|" + header.contentLength());
            }
        });
        reader.feed(
                buffer("--frame\r\nX-Timestamp: 12.000001 \r\nContent-Length: 1\r\n\r\nx\r\n--frame\r\nA:\r\n\r\n"));
        assertThat(times).containsExactly("12.000001||1", "||-1");
    }

    @Test
    void aHeaderHasNoMoreThan8KiB() throws IOException {
        String line = "A: " + "b".repeat(PartHeader.MAX_BYTES - 23) + "\r\n";
        List<Long> lengths = new ArrayList<>();
        MultipartReader reader = MultipartReader.of(TYPE, new Seen() {
            @Override
            public void begin(PartHeader header) {
                lengths.add(header.contentLength());
            }
        });
        reader.feed(buffer("--frame\r\n" + line + "Content-Length: 3\r\n\r\none\r\n--frame\r\n"));
        assertThat(lengths)
                .as("as many as there may be, with a line feed for each line")
                .containsExactly(3L);

        assertThatIOException()
                .isThrownBy(() -> reader.feed(buffer("b" + line + "Content-Length: 30\r\n")))
                .withMessage("a part's header has more than 8192 bytes, or is not a header");
    }

    @Test
    void valuesOfAHeaderAreFoundByTheirNames() throws IOException {
        PartHeader header = new PartHeader();
        for (char next : "AZ: one \t\r\nB-a \t:two\nno colon\nC:three\r\nCc: four\n".toCharArray()) {
            if (next == '\n') {
                header.endLine();
            } else {
                header.add((byte) next);
            }
        }

        assertThat(List.of("az", "aZ", "b-A", "c", "cc", "d", "no", "ccc", "").stream()
                        .map(header::value))
                .containsExactly("one", "one", "two", "three", "four", "", "", "", "");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "9, 9",
        "10, 10",
        "0190, 190",
        "' \t 7 \t', 7",
        "2147483647, 2147483647",
        "2147483648, 2147483647",
        "-1, -1",
        "1 2, -1",
        "'', -1",
        "1/, -1",
        "1:, -1"
    })
    void aContentLengthIsANumber(String text, long length) throws IOException {
        PartHeader header = new PartHeader();
        for (char next : ("Content-length:" + text).toCharArray()) {
            header.add((byte) next);
        }
        header.endLine();

        assertThat(header.contentLength()).isEqualTo(length);
    }

    // limits

    @Test
    void anEndlessHeaderIsRefused() throws IOException {
        for (String start : List.of("", "--frame\r\n")) {
            MultipartReader reader = MultipartReader.of(TYPE, new Seen());
            reader.feed(buffer(start));
            assertThatIOException()
                    .isThrownBy(() -> reader.feed(buffer("A".repeat(PartHeader.MAX_BYTES + 1))))
                    .withMessageContaining("8192");
        }
        MultipartReader many = MultipartReader.of(TYPE, new Seen());
        many.feed(buffer("--frame\r\n"));
        assertThatIOException().isThrownBy(() -> many.feed(buffer("A: b\r\n".repeat(3000))));
    }

    @Test
    void aPartAboveTheLimitIsRefusedBeforeItIsPassedOn() throws IOException {
        for (String length : List.of("33554433", "2147483648", "99999999999999999999999")) {
            Seen seen = new Seen();
            MultipartReader reader = MultipartReader.of(TYPE, seen);
            assertThatIOException()
                    .isThrownBy(() -> reader.feed(buffer("--frame\r\nContent-Length: " + length + "\r\n\r\nx")))
                    .withMessage("a part has more than 33554432 bytes");
            assertThat(seen.begun).isZero();
        }
        Seen seen = new Seen();
        MultipartReader.of(TYPE, seen).feed(buffer("--frame\r\nContent-Length: 33554432\r\n\r\nx"));
        assertThat(seen.open()).isEqualTo("x");
    }

    @Test
    void aPartWithoutALengthMayHaveAsManyBytesAsTheLimitAndNoMore() throws IOException {
        for (String header : List.of("A: b", "Content-Length: 0", "Content-Length: 10")) {
            Seen seen = new Seen() {
                @Override
                public boolean isCut() {
                    return true;
                }
            };
            MultipartReader reader = limited(seen, 1000);
            reader.feed(buffer("--frame\r\n" + header + "\r\n\r\n" + "y".repeat(1000)));
            assertThat(seen.open()).as(header).hasSize(1000);

            assertThatIOException()
                    .isThrownBy(() -> reader.feed(buffer("y")))
                    .as(header)
                    .withMessage("a part has more than 1000 bytes");
            assertThat(seen.open()).as(header).hasSize(1000);
        }
    }

    @Test
    void eachPartHasTheWholeLimit() throws IOException {
        Seen seen = new Seen();
        String part = "A: b\r\n\r\n" + "y".repeat(900) + "\r\n--frame\r\n";

        limited(seen, 1000).feed(buffer("--frame\r\n" + part.repeat(3)));

        assertThat(seen.parts).hasSize(3);
    }

    @Test
    void whatLiesAfterAPartIsPassedOverUpToTheLimit() throws IOException {
        String part = "--frame\r\nContent-Length: 3\r\n\r\none";
        List<String> begun =
                List.of(part + "x\n", part + "\r\n--frame--\n", "--frame--\n", "--frame\nA: b\n\none\n--frame--\n");
        for (String before : begun) {
            Seen seen = new Seen();
            limited(seen, 1000).feed(buffer(before + "\n".repeat(992) + "--frame\nA: b\n\ntwo"));
            assertThat(seen.open()).as(before).isEqualTo("two");
        }
        for (String before : begun) {
            for (String line : List.of("y", "\n", "yy\n", "y".repeat(299) + "\n")) {
                String most = line.repeat(1000).substring(0, 1000);
                MultipartReader reader = limited(new Seen(), 1000);
                reader.feed(buffer(before + most));
                assertThatIOException()
                        .isThrownBy(() -> reader.feed(buffer("y")))
                        .as(before + line)
                        .withMessage("there is no delimiter within 1000 bytes");
            }
        }
    }

    @Test
    void aLineWithoutEndAfterAPartIsGivenUp() throws IOException {
        MultipartReader reader = limited(new Seen(), 1000);
        reader.feed(buffer("--frame\r\nContent-Length: 3\r\n\r\none" + "y".repeat(1200)));

        assertThatIOException()
                .isThrownBy(() -> reader.feed(buffer("y".repeat(100))))
                .withMessage("there is no delimiter within 1000 bytes");
    }

    private static MultipartReader limited(MultipartReader.Parts parts, int maxBytes) throws IOException {
        return MultipartReader.of(TYPE, parts, maxBytes);
    }

    @Test
    void theSubtypeDoesNotMatter() throws IOException {
        for (String type : List.of("multipart/mixed", "multipart/related", "MULTIPART/FORM-DATA", "text/plain", "")) {
            assertParts(type + "; boundary=frame", "--frame\r\n" + counted(TWO) + "\r\n--frame\r\n", TWO);
        }
        assertThat(MultipartReader.isMultipart("Multipart/Related; boundary=x")).isTrue();
        assertThat(MultipartReader.isMultipart("image/jpeg")).isFalse();
    }

    @Test
    void aBoundaryThatIsTooLongIsRefused() throws IOException {
        String type = "multipart/x-mixed-replace; boundary=--";
        assertThatIOException()
                .isThrownBy(() -> MultipartReader.of(type + "x".repeat(129), new Seen()))
                .withMessage("the boundary has 129 characters; at most 128 are taken");
        String longest = "x".repeat(128);
        assertParts(type + longest, "--" + longest + "\r\n" + counted(TWO), TWO);
    }

    @Test
    void aDelimiterThatIsNotALineIsRefused() throws IOException {
        MultipartReader reader = MultipartReader.of(TYPE, new Seen());
        assertThatIOException()
                .isThrownBy(() -> reader.feed(buffer("--" + "x".repeat(255) + "\r\n")))
                .withMessage("a delimiter has 257 characters; at most 256 are taken");

        String longest = "--" + "x".repeat(254) + "\r\n";
        String body = longest + "A: b\r\n\r\none\r\n" + longest + counted(TWO) + "\r\n" + longest + counted(TWO);
        Seen seen = new Seen();
        MultipartReader.of(TYPE, seen).feed(buffer(body));
        assertThat(seen.parts).containsExactly("one", TWO, TWO);
    }

    @Test
    void randomPicturesComeOutAsTheyWentIn() throws IOException {
        Random random = new Random(5);
        String letters = "\r\n-fame \u00ff";
        for (int round = 0; round < 300; round++) {
            List<String> pictures = new ArrayList<>();
            StringBuilder body = new StringBuilder("--frame\r\n");
            for (int i = 0; i < 4; i++) {
                StringBuilder picture = new StringBuilder();
                random.ints(random.nextInt(60), 0, letters.length()).forEach(at -> picture.append(letters.charAt(at)));
                picture.append('x'); // a last line end would belong to the delimiter
                pictures.add(picture.toString());
                body.append(searched(picture.toString()));
            }
            assertParts(TYPE, body.toString(), pictures.toArray(String[]::new));
        }
    }

    // inside

    private static String counted(String picture) {
        return "Content-Type: image/jpeg\r\nContent-Length: " + picture.length() + "\r\n\r\n" + picture;
    }

    private static String claiming(int length, String picture) {
        return "Content-Length: " + length + "\r\n\r\n" + picture + "\r\n--frame\r\n";
    }

    private static String searched(String picture) {
        return "Content-Type: image/jpeg\r\n\r\n" + picture + "\r\n--frame\r\n";
    }

    /** Checks that the body gives these parts when it is fed in pieces of any size. */
    private static MultipartReader assertParts(String type, String body, String... parts) throws IOException {
        for (int size = 1; size <= 9; size++) {
            Seen seen = new Seen();
            MultipartReader reader = MultipartReader.of(type, seen);
            for (int at = 0; at < body.length(); at += size) {
                reader.feed(buffer(body.substring(at, Math.min(body.length(), at + size))));
            }
            assertThat(seen.parts).as("in pieces of %d", size).containsExactly(parts);
        }
        MultipartReader last = MultipartReader.of(type, new Seen());
        for (int cut = 0; cut <= body.length(); cut++) {
            Seen seen = new Seen();
            last = MultipartReader.of(type, seen);
            last.feed(buffer(body.substring(0, cut)));
            last.feed(buffer(body.substring(cut)));
            assertThat(seen.parts).as("cut at %d", cut).containsExactly(parts);
        }
        return last;
    }

    private static ByteBuffer buffer(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer whole = ByteBuffer.allocateDirect(bytes.length + 2);
        return whole.put(1, bytes).limit(bytes.length + 1).position(1); // the buffer is a part of a larger array
    }

    private static class Seen implements MultipartReader.Parts {
        final List<String> parts = new ArrayList<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();
        private int begun;

        @Override
        public void begin(PartHeader header) {
            begun++;
            assertThat(part.size()).isZero();
        }

        @Override
        public void bytes(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                part.write(bytes.get());
            }
        }

        @Override
        public void end() {
            parts.add(open());
            part.reset();
        }

        void shorten(int bytes) {
            byte[] all = part.toByteArray();
            part.reset();
            part.write(all, 0, all.length - bytes);
        }

        String open() {
            return part.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
