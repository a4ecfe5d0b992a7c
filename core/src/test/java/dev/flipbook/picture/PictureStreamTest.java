package dev.flipbook.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pictures are found in streams of every kind, read in pieces of every size. */
@Timeout(180)
class PictureStreamTest {

    private final FakeTicker ticker = new FakeTicker();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000, 100_000})
    void jpegsBackToBackComeOutByteForByte(int piece) throws IOException {
        byte[] stream = join(Pictures.numbered(1, 3000), Pictures.numbered(2, 60_000), Pictures.numbered(3, 10));

        assertThat(numbers(stream, piece)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatStandsBetweenThemIsPassedOver() throws IOException {
        byte[] garbage = new byte[20_000];
        new Random(7).nextBytes(garbage);
        byte[] stream = join(garbage, Pictures.numbered(1, 3000), garbage, text("\r\n"), Pictures.numbered(2, 3000));

        for (int piece = 1; piece < 65_536; piece = piece * 5 + 1) {
            assertThat(numbers(stream, piece)).containsExactly(1L, 2L);
        }
    }

    @Test
    void oneThatIsCutOffIsPassedOverAndCountedAndTheNextOneIsWhole() throws IOException {
        byte[] cut = Pictures.numbered(1, 3000);
        byte[] next = Pictures.numbered(2, 3000);
        for (int length = 3; length < cut.length; length++) {
            PictureStream pictures = open(join(Arrays.copyOf(cut, length), next), 1000, SourceOptions.DEFAULT);

            assertThat(Pictures.number(pictures.next().bytes()))
                    .as("cut at " + length)
                    .isEqualTo(2);
            assertThat(pictures.damaged()).as("cut at " + length).isPositive();
        }
    }

    @Test
    void thePictureBeforeTheClosingDelimiterComesOutWhenBothComeAtOnce() throws IOException {
        byte[] stream = join(
                text("--x\r\nContent-Type: image/jpeg\r\n\r\n"),
                Pictures.numbered(1, 100),
                text("\r\n--x\r\n\r\n"),
                Pictures.numbered(2, 100),
                text("\r\n--x--\r\n"));

        assertThat(numbers(stream, 100_000)).containsExactly(1L, 2L);
    }

    @Test
    void pngsComeOutAsJpegs() throws IOException {
        byte[] stream = join(png(64, 48, 0xFF0000), png(32, 16, 0x0000FF));

        PictureStream pictures = open(stream, 100, SourceOptions.DEFAULT);
        Frame red = pictures.next();
        int colour = Pictures.decode(red.bytes()).getRGB(5, 5);
        Frame blue = pictures.next();

        assertThat(colour >> 16 & 0xFF).isGreaterThan(240);
        assertThat(red.width()).isEqualTo(64);
        assertThat(blue.height()).isEqualTo(16);
        assertThat(pictures.encoding().frames()).isEqualTo(2);
    }

    @Test
    void anEndOfAPngThatHasALengthIsNone() throws IOException {
        byte[] damagedPng = png(8, 8, 0x00FF00);
        damagedPng[damagedPng.length - 9] = 100; // of the last chunk's length
        PictureStream pictures = open(join(damagedPng, Pictures.numbered(1, 100)), 50, SourceOptions.DEFAULT);

        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(1);
        assertThat(pictures.damaged()).isPositive();
    }

    @Test
    void anEndThatStandsInASegmentIsNotAnEnd() throws IOException {
        byte[] picture = Pictures.insert(
                Pictures.numbered(1, 100), 2, Pictures.segment(0xE4, (byte) 0xFF, (byte) 0xD9, (byte) 7));
        PictureStream pictures = open(join(picture, Pictures.numbered(2, 100)), 10, SourceOptions.DEFAULT);

        assertThat(pictures.next().bytes()).isEqualTo(picture);
        assertThat(pictures.damaged()).isZero();
    }

    @Test
    void aPictureThatNeverEndsIsGivenUp() {
        byte[] endless = join(Arrays.copyOf(Pictures.jpeg(64, 64), 700), new byte[40 << 20]);
        PictureStream pictures = open(endless, 64 << 10, SourceOptions.DEFAULT);

        assertThatThrownBy(pictures::next).isInstanceOf(EOFException.class);
        assertThat(pictures.damaged()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C420jpeg", "C422", "C444", "Cmono", ""})
    void rawPicturesComeOutInTheirColours(String kind) throws IOException {
        int colours = switch (kind) {
            case "Cmono" -> 0;
            case "C444" -> 64 * 32;
            case "C422" -> 32 * 32;
            default -> 32 * 16;
        };
        byte[] planes = new byte[64 * 32 + 2 * colours];
        Arrays.fill(planes, 0, 64 * 32, (byte) 81); // red, by BT.601
        Arrays.fill(planes, 64 * 32, 64 * 32 + colours, (byte) 90);
        Arrays.fill(planes, 64 * 32 + colours, planes.length, (byte) 240);
        byte[] stream =
                join(text("YUV4MPEG2 W64 H32 F30:1 Ip A1:1 " + kind + "\nFRAME\n"), planes, text("FRAME Ip\n"), planes);

        PictureStream pictures = open(stream, 100, SourceOptions.DEFAULT);
        int rgb = Pictures.decode(pictures.next().bytes()).getRGB(30, 20);
        pictures.next();

        assertThat((rgb >> 16) & 0xFF).isBetween(kind.equals("Cmono") ? 70 : 245, kind.equals("Cmono") ? 80 : 255);
        assertThat(rgb & 0xFF).isLessThan(kind.equals("Cmono") ? 80 : 12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W0 H0", "W64", "W99999 H99999", "W64 H32 C420p10", "W-4 H4"})
    void rawPicturesThatCannotBeShownAreRefusedWithASentence(String header) {
        byte[] stream = text("YUV4MPEG2 " + header + "\nFRAME\n");

        assertThatThrownBy(open(stream, 100, SourceOptions.DEFAULT)::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Y4M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "multipart/x-mixed-replace; boundary=b"})
    void multipartIsKnownByWhatItBeginsWith(String contentType) throws IOException {
        byte[] stream = join(
                text("\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"),
                Pictures.numbered(1, 100),
                text("\r\n--b\r\n\r\n"),
                Pictures.numbered(2, 100),
                text("\r\n--b\r\n"));
        InputStream in = new ByteArrayInputStream(stream);
        PictureStream pictures = new PictureStream(in, contentType, SourceOptions.DEFAULT, ticker);

        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(1);
        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(2);
        assertThatThrownBy(pictures::next).isInstanceOf(EOFException.class);
    }

    // what cameras put around the pictures of a multipart

    @ParameterizedTest
    @ValueSource(
            strings = {"\r\n", "\n", "\r\n\r\n", "   ", "\0\0\0\0\0\0\0\0", "\u00EF\u00BB\u00BF", "AVI1 1 2", "x: y\r\n"
            })
    void strangeBytesMayStandBeforeAndAfterAPictureInItsPart(String strange) throws IOException {
        for (String length :
                List.of("", "Content-Length: 0\r\n", "Content-Length: 100\r\n", "Content-Length: 9000\r\n")) {
            String header = "--b\r\nContent-Type: image/jpeg\r\n" + length + "\r\n" + strange;
            if (length.contains(" 0") && !strange.startsWith("A") && !strange.startsWith("x")) {
                header = "--b\r\nContent-Type: image/jpeg\r\n\r\n" + strange; // then it is an empty part
            }
            byte[] stream = join(
                    text(header),
                    Pictures.numbered(1, 3000),
                    text(strange + "\r\n" + header),
                    Pictures.numbered(2, 10),
                    text(strange + "\r\n--b--\r\n"));

            assertAllRead(stream, 1L, 2L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image/jpg",
                "image/pjpeg",
                "application/octet-stream",
                "text/plain",
                "audio/basic",
                "image/png",
                ""
            })
    void theTypeOfAPartDoesNotMatter(String type) throws IOException {
        byte[] stream = join(
                text("--b\r\nContent-Type: " + type + "\r\n\r\n"),
                Pictures.numbered(1, 3000),
                text("\r\n--b\r\nContent-Type: " + type + "\r\n\r\n\r\n"),
                Pictures.numbered(2, 10),
                text("\r\n--b\r\n"));

        assertAllRead(stream, 1L, 2L);
    }

    @Test
    void partsOfOtherKindsAreSkippedHoweverMany() throws IOException {
        byte[] sound = new byte[300];
        new Random(3).nextBytes(sound);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int number = 1; number <= 3; number++) {
            for (int i = 0; i < 80; i++) {
                stream.writeBytes(text("--b\r\nContent-Type: audio/basic\r\nContent-Length: 300\r\n\r\n"));
                stream.writeBytes(sound);
                stream.writeBytes(text("\r\n--b\r\nContent-Type: text/xml\r\n\r\n<motion/>\r\n"));
            }
            stream.writeBytes(text("--b\r\nContent-Type: image/jpeg\r\n\r\n"));
            stream.writeBytes(Pictures.numbered(number, 100));
            stream.writeBytes(text("\r\n"));
        }

        assertAllRead(stream.toByteArray(), 1L, 2L, 3L);
    }

    @Test
    void textMayStandBeforeTheFirstDelimiter() throws IOException {
        byte[] stream = join(
                text("This camera speaks multipart.\r\n\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n"),
                Pictures.numbered(1, 3000),
                text("\r\n--b--\r\n"));

        assertAllRead(stream, 1L);
    }

    @Test
    void aPictureIsThereWithItsLastByteAndWaitsForNoDelimiter() throws IOException {
        PipedOutputStream camera = new PipedOutputStream();
        InputStream in = new PipedInputStream(camera, 1 << 16);
        PictureStream pictures = new PictureStream(in, "multipart/mixed; boundary=b", SourceOptions.DEFAULT, ticker);
        camera.write(join(text("--b\r\nContent-Type: image/jpeg\r\n\r\n"), Pictures.numbered(1, 3000)));
        camera.flush();

        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(1);
    }

    @Test
    void aClosingDelimiterAfterEachPictureClosesNothing() throws IOException {
        for (String length : List.of("", "Content-Length: 3000\r\n", "Content-Length: 0\r\n")) {
            String header = "--b\r\nContent-Type: image/jpeg\r\n" + length + "\r\n";
            byte[] stream = join(
                    text(header),
                    Pictures.numbered(1, 3000),
                    text("\r\n--b--\r\n" + header),
                    Pictures.numbered(2, 10),
                    text("\r\n--b--\r\n\r\nthe end\r\n" + header),
                    Pictures.numbered(3, 10),
                    text("\r\n--b--"));

            assertAllRead(stream, 1L, 2L, 3L);
        }
    }

    @Test
    void theLastPartNeedsNoDelimiter() throws IOException {
        for (String length : List.of("", "Content-Length: 9999\r\n", "Content-Length: 20\r\n")) {
            assertAllRead(
                    join(text("--b\r\nContent-Type: image/jpeg\r\n" + length + "\r\n"), Pictures.numbered(1, 3000)),
                    1L);
        }
        byte[] gif = HexFormat.of()
                .parseHex("47494638396101000100800000FF000000000021F90400000000002C00000000010001000002024401003B");
        PictureStream pictures =
                open(join(text("--b\r\nContent-Type: image/gif\r\n\r\n"), gif), 1000, SourceOptions.DEFAULT);
        assertThat(pictures.next().width()).isEqualTo(1);
    }

    @Test
    void aDamagedStreamIsReadAlikeInPiecesOfEverySize() throws IOException {
        Random random = new Random(17);
        byte[] whole = join(
                text("--b\r\nContent-Type: image/jpeg\r\nContent-Length: 900\r\n\r\n"),
                Pictures.numbered(1, 100),
                text("\r\n--b\r\nContent-Type: audio/basic\r\n\r\n1234\r\n--b\r\n\r\n"),
                Pictures.numbered(2, 10),
                text("\r\n--b\r\nContent-Length: 5\r\n\r\n"),
                Pictures.numbered(3, 10),
                text("\r\n--b\r\n"));
        byte[] pieces = text("\r\n-b: 0\u00FF\u00D8\u00D9\0");
        for (int round = 0; round < 500; round++) {
            byte[] stream = whole.clone();
            for (int i = 0; i < 6; i++) {
                stream[random.nextInt(stream.length)] = pieces[random.nextInt(pieces.length)];
            }
            List<String> expected = read(stream, 1_000_000);
            assertThat(read(stream, 1)).as("round %d", round).isEqualTo(expected);
            assertThat(read(stream, 7)).as("round %d", round).isEqualTo(expected);
        }
    }

    /** The content of the pictures, and how the stream ended. */
    private List<String> read(byte[] stream, int piece) {
        PictureStream pictures = open(stream, piece, SourceOptions.DEFAULT);
        List<String> read = new ArrayList<>();
        try {
            while (true) {
                read.add(Integer.toHexString(Arrays.hashCode(pictures.next().bytes())));
            }
        } catch (IOException e) {
            read.add(e.getMessage());
        }
        return read;
    }

    // photos with more than one picture in them

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 1_000_000})
    void ofAPhotoWithFurtherPicturesOnlyTheFirstIsTaken(int piece) throws IOException {
        byte[] one = Pictures.photo(Pictures.jpeg(32, 24), Pictures.grey(16, 16));
        byte[] two = Pictures.photo(Pictures.jpeg(24, 32), Pictures.grey(24, 32));
        PictureStream pictures = open(join(one, two, one), piece, SourceOptions.DEFAULT);

        assertThat(pictures.next().width()).isEqualTo(32);
        assertThat(pictures.next().width()).isEqualTo(24);
        assertThat(pictures.next().width()).isEqualTo(32);
        assertThatThrownBy(pictures::next).isInstanceOf(EOFException.class);
        assertThat(pictures.damaged()).isZero();
    }

    @Test
    void aPhotoThatHasLostItsFurtherPicturesCostsNoOther() throws IOException {
        byte[] photo = Pictures.photo(Pictures.jpeg(32, 24), Pictures.grey(16, 16));
        byte[] lost = Arrays.copyOf(photo, photo.length - Pictures.grey(16, 16).length);
        byte[] stream = join(lost, text("."), Pictures.numbered(2, 100), Pictures.numbered(3, 100));
        PictureStream pictures = open(stream, 1000, SourceOptions.DEFAULT);

        assertThat(pictures.next().width()).isEqualTo(32);
        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(2);
        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(3);
    }

    @Test
    void anMpfSegmentOfAnyBytesDoesNoHarm() throws IOException {
        byte[] segment = new byte[80];
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            random.nextBytes(segment);
            System.arraycopy(text("MPF\0II*\0"), 0, segment, 0, 8);
            for (int at = 0; at < segment.length; at++) {
                segment[at] = segment[at] == -1 ? 0 : i % 2 == 0 && at >= 8 ? (byte) (segment[at] & 7) : segment[at];
            }
            byte[] picture = Pictures.insert(Pictures.grey(8, 8), 2, Pictures.segment(0xE2, segment));
            PictureStream pictures = open(join(picture, Pictures.numbered(1, 10)), 100_000, SourceOptions.DEFAULT);

            assertThat(pictures.next().width()).isEqualTo(8);
        }
    }

    @Test
    void inABodyOfKnownLengthASmallerPictureAfterAnotherIsPartOfIt() throws IOException {
        byte[] body = join(Pictures.jpeg(32, 24), Pictures.grey(16, 16), Pictures.jpeg(32, 24));
        for (String type : List.of("", "application/octet-stream")) {
            PictureStream pictures =
                    new PictureStream(new ByteArrayInputStream(body), type, body.length, SourceOptions.DEFAULT, ticker);
            assertThat(pictures.next().width()).isEqualTo(32);
            assertThat(pictures.next().width()).isEqualTo(32);
            assertThatThrownBy(pictures::next).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 1_000_000})
    void theFilmAfterAPhotoIsPassedOverWhateverIsInIt(int piece) throws IOException {
        byte[] still = Pictures.numbered(9, 300);
        byte[] film = join(
                box("ftyp", text("mp42\0\0\0\0")),
                box("mdat", join(text("...."), still, text("."), still)),
                join(text("\0\0\0\u0001mdat"), new byte[] {0, 0, 0, 0}, length(16 + still.length), still),
                box("moov", still));
        byte[] stream = join(
                Pictures.numbered(1, 3000),
                film,
                Pictures.numbered(2, 100),
                text("\0\0\n0\u0010\0\0\0MotionPhoto_Data"), // as some phones mark the place
                film,
                Pictures.numbered(3, 100),
                box("ftyp", text("mp42")),
                length(0),
                text("mdat"), // to the end
                still);

        assertThat(numbers(stream, piece)).containsExactly(1L, 2L, 3L);
    }

    private static byte[] box(String name, byte[] content) {
        return join(length(8 + content.length), text(name), content);
    }

    private static byte[] length(int bytes) {
        return ByteBuffer.allocate(4).putInt(bytes).array();
    }

    @Test
    void aStreamMayChangeItsSize() throws IOException {
        byte[] body = join(Pictures.jpeg(32, 24), Pictures.grey(16, 16));
        for (PictureStream pictures : List.of(
                open(body, 1000, SourceOptions.DEFAULT),
                new PictureStream(
                        new ByteArrayInputStream(body),
                        "video/x-motion-jpeg",
                        body.length,
                        SourceOptions.DEFAULT,
                        ticker))) {
            assertThat(pictures.next().width()).isEqualTo(32);
            assertThat(pictures.next().width()).isEqualTo(16);
        }
    }

    /** Reads in pieces of several sizes, with and without the type of a multipart; nothing is damaged. */
    private void assertAllRead(byte[] stream, Long... numbers) throws IOException {
        for (String type : List.of("", "multipart/related; boundary=b")) {
            for (int piece : new int[] {1, 5, 1000, 1_000_000}) {
                InputStream in = new ByteArrayInputStream(stream) {
                    @Override
                    public synchronized int read(byte[] to, int from, int length) {
                        return super.read(to, from, Math.min(piece, length));
                    }
                };
                PictureStream pictures = new PictureStream(in, type, SourceOptions.DEFAULT, ticker);
                List<Long> read = new ArrayList<>();
                assertThatThrownBy(() -> {
                            while (true) {
                                read.add(Pictures.number(pictures.next().bytes()));
                            }
                        })
                        .isInstanceOf(EOFException.class);
                assertThat(read).as("in pieces of %d", piece).containsExactly(numbers);
                assertThat(pictures.damaged()).isZero();
            }
        }
    }

    @Test
    void bareJpegsAreReadWhateverTheServerSays() throws IOException {
        InputStream in = new ByteArrayInputStream(Pictures.numbered(1, 100));
        PictureStream pictures =
                new PictureStream(in, "multipart/x-mixed-replace; boundary=b", SourceOptions.DEFAULT, ticker);

        assertThat(Pictures.number(pictures.next().bytes())).isEqualTo(1);
    }

    @Test
    void fewerAreTakenWhereFewerAreWanted() throws IOException {
        byte[][] all = new byte[60][];
        for (int i = 0; i < all.length; i++) {
            all[i] = Pictures.numbered(i, 10);
        }
        InputStream in = new InputStream() { // a picture each 33 ms
                    private int next;

                    @Override
                    public int read() {
                        throw new AssertionError("pictures are read in pieces");
                    }

                    @Override
                    public int read(byte[] to, int from, int length) {
                        if (next == all.length) {
                            return -1;
                        }
                        ticker.advance(Duration.ofNanos(33_333_333));
                        System.arraycopy(all[next], 0, to, from, all[next].length);
                        return all[next++].length;
                    }
                };
        PictureStream pictures = new PictureStream(in, "", new SourceOptions(10, 0, 0, 80), ticker);

        List<Long> taken = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        taken.add(Pictures.number(pictures.next().bytes()));
                    }
                })
                .isInstanceOf(EOFException.class);

        assertThat(taken).hasSize(20).startsWith(0L, 3L, 6L, 9L);
    }

    @Test
    void picturesThatNobodyCanShowAreTheReasonInTheEnd() {
        byte[] bad = Pictures.without(Pictures.jpeg(16, 16), 0xDB);
        byte[][] many = new byte[100][];
        Arrays.fill(many, bad);

        assertThatThrownBy(open(join(many), 1000, SourceOptions.DEFAULT)::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("50 pictures in a row cannot be shown");
    }

    @Test
    void y4mPicturesThatAreOnlyAnnouncedTakeNoMemory() {
        byte[] beginning = text("YUV4MPEG2 W4096 H4096 C444\nFRAME\n0123456789");
        List<PictureStream> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) { // 22 GB by the announced sizes
            PictureStream pictures = open(beginning, 1000, SourceOptions.DEFAULT);
            assertThatThrownBy(pictures::next).isInstanceOf(EOFException.class);
            all.add(pictures);
        }
        assertThat(all).hasSize(200);
    }

    @Test
    void y4mPicturesThatComeInPiecesAreWhole() throws IOException {
        byte[] planes = new byte[400 * 300];
        Arrays.fill(planes, (byte) 200);
        byte[] darker = new byte[400 * 300];
        Arrays.fill(darker, (byte) 60);
        byte[] stream =
                join(text("YUV4MPEG2 W400 H300 Cmono XCOLORRANGE=FULL\nFRAME\n"), planes, text("FRAME\n"), darker);
        for (int piece : new int[] {7, 60_000, 100_000}) {
            PictureStream pictures = open(stream, piece, SourceOptions.DEFAULT);
            for (int grey : new int[] {200, 60}) {
                BufferedImage shown =
                        ImageIO.read(new ByteArrayInputStream(pictures.next().bytes()));
                for (int y = 0; y < 300; y += 299) {
                    assertThat(shown.getRGB(399, y) & 0xFF).isBetween(grey - 3, grey + 3);
                }
            }
        }
    }

    @Test
    void whatHasBegunAndIsNotWholeIsUnderWay() throws IOException {
        byte[] jpeg = Pictures.numbered(1, 3000);
        byte[] half = Arrays.copyOf(jpeg, 2000);
        byte[] header = text("--b\r\nContent-Type: image/jpeg\r\n\r\n");
        byte[] part = join(header, jpeg, text("\r\n"));
        assertUnderWay(false, 1, jpeg);
        assertUnderWay(true, 1, jpeg, half);
        assertUnderWay(false, 1, part);
        assertUnderWay(true, 1, part, text("--b"));
        assertUnderWay(true, 1, part, text("--b\r\nContent-"));
        assertUnderWay(false, 1, part, header);
        assertUnderWay(true, 1, part, header, half);
        assertUnderWay(false, 2, part, text("--b\r\nContent-Length: 0\r\n\r\n\r\n"));
        byte[] y4m = text("YUV4MPEG2 W16 H16 Cmono\n");
        byte[] grey = join(text("FRAME\n"), new byte[256]);
        assertUnderWay(false, 1, y4m, grey);
        assertUnderWay(true, 1, y4m, grey, text("FRA"));
        assertUnderWay(false, 1, y4m, grey, text("FRAME\n"));
        assertUnderWay(true, 1, y4m, grey, text("FRAME\n0"));
    }

    /** Checks the state after these pieces have come and the stream has not ended. */
    private void assertUnderWay(boolean isUnderWay, int whole, byte[]... pieces) throws IOException {
        InputStream in = new ByteArrayInputStream(join(pieces)) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                int count = super.read(to, from, length);
                if (count < 0) {
                    throw new IllegalStateException("nothing more has come");
                }
                return count;
            }
        };
        PictureStream pictures = new PictureStream(in, "", SourceOptions.DEFAULT, ticker);
        pictures.next();
        assertThatThrownBy(pictures::next).hasMessage("nothing more has come");
        assertThat(pictures.isUnderWay()).isEqualTo(isUnderWay);
        assertThat(pictures.whole()).isEqualTo(whole);
    }

    private List<Long> numbers(byte[] stream, int piece) throws IOException {
        PictureStream pictures = open(stream, piece, SourceOptions.DEFAULT);
        List<Long> all = new ArrayList<>();
        while (true) {
            try {
                all.add(Pictures.number(pictures.next().bytes()));
            } catch (EOFException e) {
                return all;
            }
        }
    }

    /** A stream that gives this many bytes at a time. */
    private PictureStream open(byte[] bytes, int piece, SourceOptions options) {
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                return super.read(to, from, Math.min(piece, length));
            }
        };
        return new PictureStream(in, "", options, ticker);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    private static byte[] png(int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
