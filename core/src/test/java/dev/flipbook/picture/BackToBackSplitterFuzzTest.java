package dev.flipbook.picture;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flipbook.delivery.Pictures;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as the output of a command. CONTRIBUTING says how to run the fuzzer. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // the fuzzing itself takes ten
class BackToBackSplitterFuzzTest {

    /**
     * Pictures that follow each other, with bytes between them and one picture cut off, with which the fuzzer begins.
     */
    static Stream<byte[]> streams() {
        byte[] jpeg = Pictures.numbered(1, 10);
        byte[] cut = Arrays.copyOf(Pictures.numbered(2, 10), 60);
        byte[] grey = Pictures.grey(8, 8);
        byte[] thumbnail = Pictures.insert(grey, 2, Pictures.segment(0xE1, grey));
        byte[] png = HexFormat.of()
                .parseHex("89504E470D0A1A0A0000000D49484452000000010000000108000000003A7E9B55"
                        + "0000000A49444154789C63600000000200014873A4D40000000049454E44AE426082");
        return Stream.of(
                joined(jpeg, jpeg),
                joined(jpeg, new byte[3], cut, jpeg),
                joined(png, png),
                joined(png, jpeg, thumbnail));
    }

    private static byte[] joined(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(3);
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    @MethodSource("streams")
    @FuzzTest(maxDuration = "10m")
    void theSizesOfThePiecesChangeNothing(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        List<String> whole = Reading.of(body, body.length + 1);
        if (!whole.equals(Reading.of(body, (input[0] & 0xFF) + 1)) || !whole.equals(Reading.of(body, 1))) {
            throw new AssertionError("in pieces of " + (input[0] & 0xFF) + " and of 1 it is read otherwise");
        }
        String all = new String(body, StandardCharsets.ISO_8859_1);
        int from = 0;
        for (String picture : whole.subList(0, whole.size() - 1)) {
            int at = all.indexOf(picture, from);
            if (at < from || !isWhole(picture)) {
                throw new AssertionError("this is no picture of the stream's: " + picture);
            }
            from = at + picture.length();
        }
    }

    private static boolean isWhole(String picture) {
        boolean jpeg = picture.startsWith("\u00FF\u00D8\u00FF") && picture.endsWith("\u00FF\u00D9");
        boolean png = picture.startsWith("\u0089PNG\r\n\u001A\n") && picture.startsWith("IEND", picture.length() - 8);
        return jpeg || png;
    }

    /** A class of its own, because the reader must be loaded after Jazzer, which records the paths through the code. */
    private static final class Reading {

        /** All pictures as Latin-1 text, and the number of pieces that were not pictures. */
        static List<String> of(byte[] body, int piece) {
            List<String> found = new ArrayList<>();
            BackToBackSplitter pictures = new BackToBackSplitter(
                    picture -> found.add(
                            StandardCharsets.ISO_8859_1.decode(picture).toString()),
                    false);
            for (int at = 0; at < body.length; at += piece) {
                pictures.feed(ByteBuffer.wrap(body, at, Math.min(piece, body.length - at)));
            }
            pictures.finish();
            found.add("damaged: " + pictures.damaged());
            return found;
        }
    }
}
