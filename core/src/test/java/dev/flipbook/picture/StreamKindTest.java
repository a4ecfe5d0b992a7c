package dev.flipbook.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How content is recognised that comes instead of pictures, and when such a stream is given up. */
@Timeout(60)
class StreamKindTest {

    private final FakeTicker ticker = new FakeTicker();

    @ParameterizedTest
    @CsvSource({
        "00000001 6742C01E D9 00 00, H264",
        "000001 09F0 00000001 6764001F, H264",
        "00000001 40010C01FFFF, H265",
        "00000001 4601 50 00000001 4001, H265",
        "000001B3 16012013 FFFFE018, MPEG_VIDEO",
        "000001BA 44000401 0401, MPEG_PS",
        "1A45DFA3 9F4286810142F781, MATROSKA",
        "00000020 66747970 69736F6D 00000200, MP4",
        "00000020 66747970 71742020 00000200, MP4",
        "464C5601 05000000 09000000 00, FLV",
        "4F676753 00020000 00000000, OGG",
        "52494646 00100000 41564920 4C495354, AVI",
        "444B4946 00002000 56503830, IVF",
        "47494638 39610002 2001F70000, PICTURE_FILE",
        "52494646 00100000 57454250 56503820, PICTURE_FILE",
        "00000020 66747970 61766966 00000000, PICTURE_FILE",
        "00000014 66747970 69736F6D 00000200 69736F6D 00000008 66726565 00100000 6D646174, MP4_INDEX_LAST",
        "00000014 66747970 69736F6D 00000200 69736F6D 00000008 66726565 00001000 6D6F6F76, MP4",
        "00000014 66747970 69736F6D 00000000 00000000 FFFFFFFF 6D646174, MP4_INDEX_LAST",
        "00000014 66747970 69736F6D 00000000 00000000 00000001 66726565 FFFFFFFF FFFFFFFF, MP4",
        "52494646 00100000 57415645 666D7420, SOUND",
        "664C6143 00000022 10001000, SOUND",
        "49443304 00000000 00235453, SOUND",
        "1F8B0800 00000000 00030000, GZIP",
        "FFD8FFE0 00104A46 49460001, PICTURES",
        "89504E47 0D0A1A0A 0000000D, PICTURES",
        "0D0A2D2D 6672616D 650D0A43, PICTURES",
        "80808080 80808080 80808080, UNKNOWN",
        "00000000 00000000 00000000, UNKNOWN",
        "424D8080 80808080 80808080, UNKNOWN"
    })
    void theFirstBytesProveIt(String hex, StreamKind kind) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThat(StreamKind.of(bytes, bytes.length)).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "'<!DOCTYPE html><html>', HTML",
        "'\n<HTML><head>', HTML",
        "'#EXTM3U\n#EXT-X-VERSION:3', PLAYLIST",
        "'v=0\r\no=- 0 0 IN IP4 127.0.0.1', SDP",
        "'YUV4MPEG2 W320 H240', PICTURES",
        "'Content-Type: image/jpeg\r\n', PICTURES",
        "'a few words', UNKNOWN"
    })
    void textsProveItToo(String text, StreamKind kind) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(StreamKind.of(bytes, bytes.length)).isEqualTo(kind);
    }

    @Test
    void transportPacketsAreKnownFromAnyByteOn() {
        byte[] packets = packets(20);
        assertThat(StreamKind.of(packets, packets.length)).isEqualTo(StreamKind.MPEG_TS);
        byte[] late = Arrays.copyOfRange(packets, 100, packets.length);
        assertThat(StreamKind.of(late, late.length)).isEqualTo(StreamKind.UNKNOWN);
        assertThat(StreamKind.within(late, late.length)).isEqualTo(StreamKind.MPEG_TS);
    }

    private static byte[] packets(int count) {
        byte[] packets = new byte[188 * count];
        new Random(3).nextBytes(packets);
        for (int i = 0; i < packets.length; i += 188) {
            packets[i] = 0x47;
            packets[i + 3] = 0x10;
        }
        return packets;
    }

    @Test
    void plainPixelsOfOneGreyAreTakenForNothingElse() {
        for (int grey = 0; grey < 256; grey++) {
            byte[] pixels = new byte[20_000];
            Arrays.fill(pixels, (byte) grey);
            StreamKind only = switch (grey) {
                case '-' -> StreamKind.PICTURES; // as a multipart begins
                case '\n' -> StreamKind.TEXT;
                default -> StreamKind.UNKNOWN;
            };
            assertThat(StreamKind.within(pixels, pixels.length))
                    .as("grey %d", grey)
                    .isEqualTo(only);
        }
    }

    @Test
    void thePixelsOfAJpegAreKnownFromItsMiddle() {
        byte[] scan = new byte[60_000];
        new Random(5).nextBytes(scan);
        for (int i = 0; i + 1 < scan.length; i++) {
            if (scan[i] == (byte) 0xFF) {
                scan[++i] = 0;
            }
        }
        assertThat(StreamKind.within(scan, scan.length)).isEqualTo(StreamKind.PICTURES);
    }

    @ParameterizedTest
    @CsvSource({"0, PICTURES", "10, PICTURES", "500, UNKNOWN", "900, UNKNOWN"})
    void aJpegThatBeginsFurtherOnIsKnownByItsPixels(int missing, StreamKind kind) {
        byte[] picture = Pictures.numbered(1, 500);
        int rest = picture.length - 400;
        byte[] stream = Arrays.copyOf(Arrays.copyOfRange(picture, 400, picture.length), rest + picture.length);
        System.arraycopy(picture, 0, stream, rest, picture.length);

        assertThat(StreamKind.within(stream, stream.length - missing)).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\": \"no camera\", \"code\": 17}\n",
                "\n[ {\"name\": \"camera 1\"} ]\n",
                "#EXTM3U\n#EXT-X-VERSION:3\n"
            })
    void anAnswerForProgramsIsNotTakenForWordsBeforePictures(String answer) throws IOException {
        InputStream open = new ByteArrayInputStream(answer.getBytes(StandardCharsets.US_ASCII)) {
            @Override
            public synchronized int read(byte[] to, int from, int length) {
                assertThat(available()).as("it does not wait for more").isPositive();
                return super.read(to, from, length);
            }
        };

        assertThat(BodyKind.beginning(open)).hasSize(16);
    }

    @Test
    void whatIsCalledAMultipartIsGivenUpForItsBytesToo() {
        byte[] packets = packets(20);
        InputStream in = new ByteArrayInputStream(packets);
        PictureStream stream =
                new PictureStream(in, "multipart/x-mixed-replace; boundary=b", SourceOptions.DEFAULT, ticker);

        assertThatThrownBy(stream::next)
                .isInstanceOf(NoPicturesException.class)
                .hasMessage("this is an MPEG transport stream, not a stream of pictures");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void whatIsProvenIsGivenUpAtOnce(int piece) {
        byte[] packets = packets(20);

        assertThatThrownBy(() -> open(packets, piece).next())
                .isInstanceOf(NoPicturesException.class)
                .hasMessage("this is an MPEG transport stream, not a stream of pictures");
    }

    @Test
    void aPageIsNamedWithWhatItsTitleHasOfSafeLetters() {
        byte[] page = "<html><head>\n<title> Log <in>\"\u202e\0 #1 </title>".getBytes(StandardCharsets.UTF_8);
        byte[] named = "<!doctype html><title>Log in\"\u202e\0: Käse</title>".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> open(page, 1000).next()).hasMessageContaining("this is a web page (Log), not");
        assertThatThrownBy(() -> open(named, 1000).next()).hasMessageContaining("a web page (Log in : Käse), not");
    }

    @Test
    void plainPixelsAreGivenUpAfterFourMillionBytes() {
        byte[] pixels = new byte[5_000_000];
        new Random(11).nextBytes(pixels);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] &= 0x7F;
        }
        assertThatThrownBy(() -> open(pixels, 65_536).next())
                .isInstanceOf(NoPicturesException.class)
                .hasMessageMatching("this is 40\\d\\d KB without a JPEG, PNG or Y4M, not a stream of pictures");
    }

    @Test
    void fewerPixelsAreGivenUpAfterFourSeconds() {
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                return 0x50;
            }

            @Override
            public int read(byte[] bytes, int from, int length) {
                ticker.advance(Duration.ofMillis(250));
                Arrays.fill(bytes, from, from + 500, (byte) 0x50);
                return 500;
            }
        };
        long begun = ticker.nanos();

        assertThatThrownBy(() -> new PictureStream(slow, "", SourceOptions.DEFAULT, ticker).next())
                .isInstanceOf(NoPicturesException.class);
        assertThat(Duration.ofNanos(ticker.nanos() - begun)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    }

    @Test
    void whatAProgramSaysBeforeItsPicturesIsNothingToGiveUpFor() throws IOException {
        byte[] words = "camera 1 is starting\nplease wait\n".getBytes(StandardCharsets.US_ASCII);
        InputStream both = new InputStream() {
            private final InputStream picture = new ByteArrayInputStream(Pictures.numbered(1, 3000));
            private int said;

            @Override
            public int read() throws IOException {
                ticker.advance(Duration.ofSeconds(1));
                return said < words.length ? words[said++] : picture.read();
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int next = read();
                bytes[from] = (byte) next;
                return next < 0 ? -1 : 1;
            }
        };
        assertThat(Pictures.number(new PictureStream(both, "", SourceOptions.DEFAULT, ticker)
                        .next()
                        .bytes()))
                .isEqualTo(1);
    }

    @Test
    void aReaderThatComesInTheMiddleOfAPictureWaitsForTheNextOne() throws IOException {
        byte[] scan = new byte[6_000_000];
        byte[] next = Pictures.numbered(2, 3000);
        byte[] stream = Arrays.copyOf(scan, scan.length + next.length);
        for (int i = 0; i < scan.length; i += 100) {
            stream[i] = (byte) 0xFF;
        }
        System.arraycopy(next, 0, stream, scan.length, next.length);

        assertThat(Pictures.number(open(stream, 65_536).next().bytes())).isEqualTo(2);
    }

    @Test
    void aStreamThatEndsWithoutAPictureSaysWhatItWas() {
        byte[] words = "error: no camera\n".getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> open(words, 100).next())
                .isInstanceOfSatisfying(
                        NoPicturesException.class, e -> assertThat(e.ended()).isTrue())
                .hasMessageContaining("text");
        assertThatThrownBy(() -> open(new byte[100], 100).next()).isInstanceOf(EOFException.class);
    }

    private PictureStream open(byte[] stream, int piece) {
        InputStream in = new ByteArrayInputStream(stream) {
            @Override
            public synchronized int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, piece));
            }
        };
        return new PictureStream(in, "", SourceOptions.DEFAULT, ticker);
    }
}
