package dev.flipbook.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.mjpeg.PartHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseReaderTest {

    private static final String TYPE = "content-type: multipart/x-mixed-replace;boundary=f\r\n";
    private static final String BODY = "--f\r\nContent-Length: 3\r\n\r\nabc\r\n--f\r\nA: b\r\n\r\ndefg\r\n--f\r\n";

    @Test
    void plainBodiesOfBothVersionsAreRead() throws IOException {
        assertParts("HTTP/1.0 200 OK\r\n" + TYPE + "\r\n" + BODY);
        assertParts("HTTP/1.1 200\nServer: x\n" + TYPE + "\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/mixed", "Multipart/Related; boundary=f", "application/octet-stream"})
    void everyStreamTypeIsAccepted(String type) throws IOException {
        assertParts("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n" + BODY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 20, 1000})
    void chunksMayBeCutAnywhere(int size) throws IOException {
        StringBuilder chunks = new StringBuilder("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n" + TYPE + "\r\n");
        for (int at = 0; at < BODY.length(); at += size) {
            String piece = BODY.substring(at, Math.min(BODY.length(), at + size));
            chunks.append(String.format("%X;x=y\r\n%s\r\n", piece.length(), piece));
        }
        assertParts(chunks.toString());
        assertThat(assertParts(chunks + "0\r\n\r\n").ended()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "404 Not Found, 'answers 404 Not Found, not 200 with a stream of pictures'",
        "503, 'answers 503, not 200 with a stream of pictures'",
        "401 Unauthorized, 'answers 401 Unauthorized; put NAME:PASSWORD@ before the host'"
    })
    void otherStatusIsRefusedByName(String status, String sentence) {
        assertRefused("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n", sentence);
    }

    @Test
    void aRedirectIsRefusedWithItsTargetButWithoutItsPassword() {
        assertRefused(
                "HTTP/1.1 302 Found\r\nLocation: http://u:p@x/y\u001b[2J\r\n\r\n",
                "answers 302 Found; redirects are not followed, give the address it points to: http://x/y?[2J");
    }

    @Test
    void otherContentTypeIsRefusedByName() {
        assertRefused(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
                "does not answer with a stream of pictures: "
                        + "the content type is 'text/html', not multipart/x-mixed-replace");
        assertRefused(
                "HTTP/1.1 200 OK\r\n\r\n",
                "does not answer with a stream of pictures: the content type is '', not multipart/x-mixed-replace");
    }

    @Test
    void nonHttpAnswerIsRefused() {
        assertRefused("SSH-2.0-x\r\n", "does not answer in HTTP/1");
        assertRefused(
                "HTTP/1.1 200 OK\r\nA: " + "x".repeat(20_000),
                "does not answer in HTTP: its head has more than 16384 bytes");
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TYPE + "\r\n";
        assertRefused(chunked + "zz\r\n", "sends what cannot be read: the size of a chunk is 'zz'");
        assertRefused(chunked + "1".repeat(300), "sends what cannot be read: the line before a chunk is endless");
    }

    private static void assertRefused(String response, String sentence) {
        ResponseReader reader = new ResponseReader(new Parts());
        assertThatIOException().isThrownBy(() -> reader.feed(buffer(response))).withMessage(sentence);
    }

    private static ResponseReader assertParts(String response) throws IOException {
        ResponseReader reader = new ResponseReader(new Parts());
        for (int cut = 0; cut <= response.length(); cut++) {
            Parts parts = new Parts();
            reader = new ResponseReader(parts);
            reader.feed(buffer(response.substring(0, cut)));
            reader.feed(buffer(response.substring(cut)));
            assertThat(parts.all).as("cut at %d", cut).containsExactly("abc", "defg");
            assertThat(reader.accepted()).isTrue();
        }
        return reader;
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static final class Parts implements MultipartReader.Parts {
        private final List<String> all = new ArrayList<>();
        private String part = "";

        @Override
        public void begin(PartHeader header) {
            part = "";
        }

        @Override
        public void bytes(ByteBuffer bytes) {
            part += StandardCharsets.ISO_8859_1.decode(bytes);
        }

        @Override
        public void end() {
            all.add(part);
        }
    }
}
