package dev.flipbook.mjpeg;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as the body of a multipart. CONTRIBUTING says how to run the fuzzer. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // the fuzzing itself takes ten
class MultipartReaderFuzzTest {

    /** Bodies by the standard and as they occur in practice, with which the fuzzer begins. */
    static Stream<byte[]> bodies() {
        return Stream.of(
                        "--b\r\nContent-Type: image/jpeg\r\nContent-Length: 3\r\n\r\nabc\r\n--b\r\n",
                        "--b\nContent-Length: 9\n\nabc\n--b\nX: y\n\ndef\n--b--\n",
                        "\r\n--b\r\n\r\nabc\r\n--c\r\n--b \t\r\n\r\n\r\n--b--\r\n",
                        "b\r\ncontent-length:      2\r\n\r\nabc\r\nb\r\nContent-Length: 1\r\n\r\nabcdef\r\nb\r\n",
                        "Content-Type: image/jpeg\r\n\r\nabc\r\n----b\r\nContent-Length: 99999999999\r\n\r\nabc")
                .map(body -> ("\u0003" + body).getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("bodies")
    @FuzzTest(maxDuration = "10m")
    void theSizesOfThePiecesChangeNothing(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int piece = (input[0] & 0xFF) + 1;
        byte[] body = Arrays.copyOfRange(input, 1, input.length);
        Heard whole = read(body, body.length + 1);
        if (!whole.told.equals(read(body, piece).told) || !whole.told.equals(read(body, 1).told)) {
            throw new AssertionError("in pieces of " + piece + " and of 1 it is read otherwise");
        }
        check(whole.passed <= body.length);
    }

    private static void check(boolean good) {
        if (!good) {
            throw new AssertionError();
        }
    }

    private static Heard read(byte[] body, int piece) {
        Heard heard = new Heard();
        try {
            MultipartReader reader = MultipartReader.of("multipart/x-mixed-replace; boundary=b", heard);
            for (int at = 0; at < body.length; at += piece) {
                reader.feed(ByteBuffer.wrap(body, at, Math.min(piece, body.length - at)));
            }
            heard.told.add(reader.ended() ? "ended" : "goes on");
        } catch (IOException e) {
            heard.told.add(String.valueOf(e.getMessage()));
        }
        return heard;
    }

    /** The calls of the reader, of which the order is checked. */
    private static final class Heard implements MultipartReader.Parts {
        private final List<String> told = new ArrayList<>();
        private final ByteArrayOutputStream part = new ByteArrayOutputStream();
        private boolean inside;
        private long passed;

        @Override
        public void begin(PartHeader header) {
            check(!inside);
            inside = true;
            told.add(header.value("Content-Type") + "/" + header.contentLength());
            part.reset();
        }

        @Override
        public void bytes(ByteBuffer bytes) {
            check(inside);
            passed += bytes.remaining();
            while (bytes.hasRemaining()) {
                part.write(bytes.get());
            }
        }

        @Override
        public void end() {
            check(inside);
            inside = false;
            told.add(part.toString(StandardCharsets.ISO_8859_1));
        }
    }
}
