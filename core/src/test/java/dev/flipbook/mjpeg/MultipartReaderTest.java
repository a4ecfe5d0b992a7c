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
    void aLengthThatIsNoNumberIsNone() throws IOException {
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
    void blanksMayStandBehindADelimiter() throws IOException {
        assertParts(TYPE, "--frame \r\nA: b\r\n\r\n" + TWO + "\r\n--frame \t\r\n" + searched(ONE), TWO, ONE);
    }

    @Test
    void countedAndSearchedPartsMayFollowEachOther() throws IOException {
        assertParts(
                TYPE, "--frame\r\n" + searched(ONE) + counted(TWO) + "\r\n--frame\r\n" + searched(TWO), ONE, TWO, TWO);
    }

    @Test
    void whatHasNoDelimiterYetIsPassedOnButForItsPossibleBeginning() throws IOException {
        Seen seen = new Seen();
        MultipartReader reader = MultipartReader.of(TYPE, seen);
        reader.feed(buffer("--frame\r\nA: b\r\n\r\nabc\r\n--fra"));
        assertThat(seen.open()).isEqualTo("abc");
        reader.feed(buffer("nk"));
        assertThat(seen.open()).isEqualTo("abc\r\n--frank");
    }

    // wrong lengths

    @Test
    void behindALengthThatIsTooShortTheNextPartIsWhole() throws IOException {
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
                parts.add(TWO); // its header is whole, and shows where it is
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
        for (String length : List.of("33554433", "99999999999999999999999")) {
            Seen seen = new Seen();
            MultipartReader reader = MultipartReader.of(TYPE, seen);
            assertThatIOException()
                    .isThrownBy(() -> reader.feed(buffer("--frame\r\nContent-Length: " + length + "\r\n\r\nx")))
                    .withMessageContaining("33554432");
            assertThat(seen.begun).isZero();
        }
    }

    @Test
    void anEndlessPartWithoutALengthIsRefused() throws IOException {
        long[] passed = {0};
        MultipartReader reader = MultipartReader.of(TYPE, new Seen() {
            @Override
            public void bytes(ByteBuffer bytes) {
                passed[0] += bytes.remaining();
            }
        });
        reader.feed(buffer("--frame\r\nA: b\r\n\r\n"));
        ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
        for (int i = 0; i < 32; i++) {
            reader.feed(piece.clear());
        }
        assertThatIOException()
                .isThrownBy(() -> reader.feed(piece.clear().limit(1)))
                .withMessageContaining("33554432");
        assertThat(passed[0]).isEqualTo(MultipartReader.MAX_PART_BYTES);
    }

    @Test
    void garbageWithoutEndIsGivenUp() throws IOException {
        for (String start : List.of("x", "x\n")) {
            MultipartReader reader = MultipartReader.of(TYPE, new Seen());
            reader.feed(buffer("--frame\r\nContent-Length: 0\r\n\r\n" + start));
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
            assertThatIOException()
                    .isThrownBy(() -> {
                        for (int i = 0; i < 34; i++) {
                            reader.feed(piece.clear());
                        }
                    })
                    .withMessageContaining("33554432");
        }
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
    void aBoundaryThatIsTooLongIsRefused() {
        assertThatIOException()
                .isThrownBy(
                        () -> MultipartReader.of("multipart/x-mixed-replace; boundary=" + "x".repeat(200), new Seen()));
    }

    @Test
    void aDelimiterThatIsNoLineIsRefused() throws IOException {
        MultipartReader reader = MultipartReader.of(TYPE, new Seen());
        assertThatIOException().isThrownBy(() -> reader.feed(buffer("--" + "x".repeat(300) + "\r\n")));
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
                picture.append('x'); // what ends in a line end cannot be told from one before the delimiter
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

    /** That these parts come out, however the body is cut into pieces. */
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
        return whole.put(1, bytes).limit(bytes.length + 1).position(1); // neither begins nor ends with the memory
    }

    private static class Seen implements MultipartReader.Parts {
        private final List<String> parts = new ArrayList<>();
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

        String open() {
            return part.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
