package dev.flipbook.it.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publishers that send slowly: some to keep others from a feed, and some because they have few pictures. */
@Timeout(180)
class SlowPublisherIT {

    /** Timeout for silence; a picture may take four times as long. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /** Pause between two bytes. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final String PART = "--b\r\nContent-Type: image/jpeg\r\n\r\n";

    private final List<Slow> slow = new ArrayList<>();
    private Flipbook flipbook;

    @BeforeEach
    void serve() throws IOException {
        Deadlines deadlines = new Deadlines(Deadlines.DEFAULT.headers(), SILENCE);
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines));
    }

    @AfterEach
    void end() throws IOException {
        for (Slow one : slow) {
            one.connection().close();
        }
        flipbook.close();
    }

    /** @param rest what the publisher sends byte by byte */
    private record Slow(String what, Feed feed, RawConnection connection, String rest) {}

    private void open(String what, String query, String type, String beginning, String rest) throws IOException {
        Feed feed = flipbook.feeds().open("slow" + flipbook.feeds().list().size());
        RawConnection connection = RawConnection.to(flipbook.port());
        connection.send("POST /feeds/" + feed.name() + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + type
                + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (!beginning.isEmpty()) { // an empty chunk is the end
            chunk(connection, latin1(beginning));
        }
        slow.add(new Slow(what, feed, connection, rest));
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void chunk(RawConnection connection, byte[] bytes) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(latin1(Integer.toHexString(bytes.length) + "\r\n"));
        all.writeBytes(bytes);
        all.writeBytes(new byte[] {'\r', '\n'});
        connection.send(all.toByteArray());
    }

    @Test
    void whoSendsAByteNowAndThenLosesItsFeedAndWhoSendsSignsOfLifeDoesNot() throws IOException {
        open("signs of life", "", "multipart/mixed; boundary=b", PART, "\r\n--b\r\nContent-Length: 0\r\n\r\n");
        Slow still = slow.removeFirst();
        String picture = new String(NumberedPicture.of(2, 60_000), StandardCharsets.ISO_8859_1);
        String lines = "\r\n".repeat(5000);
        String whole = new String(NumberedPicture.of(1), StandardCharsets.ISO_8859_1);
        String multipart = "multipart/x-mixed-replace; boundary=b";
        open("a JPEG", "", "application/octet-stream", "\u00FF", picture);
        open("a second JPEG", "", "application/octet-stream", whole + "\u00FF\u00D8\u00FF", picture);
        open("a part", "", multipart, PART + "\u00FF\u00D8\u00FF", picture);
        open("a part's header", "", multipart, "--b\r\nX-Any: ", "x".repeat(5000));
        open("a second delimiter", "", multipart, PART + whole + "\r\n--", lines);
        open("blank lines", "", multipart, PART + whole, lines);
        open("Y4M", "", "application/octet-stream", "YUV4MPEG2 W64 H48\nFRAME\n", lines);
        open("plain pixels", "?format=rgba&size=64x48", "application/octet-stream", "\0", lines);
        open("a chunk's length", "", multipart, "", "0".repeat(5000));
        open("no picture", "", "application/octet-stream", "hello, this is no picture", lines);

        chunk(still.connection(), NumberedPicture.of(1));
        await().until(() -> slow.stream().allMatch(one -> one.feed().status().state() != State.OFFLINE));
        dripUntilAllAreFree(still);

        for (Slow one : slow) {
            assertThat(one.connection().line()).as(one.what()).startsWith("HTTP/1.1 4");
        }
        chunk(still.connection(), latin1(PART));
        chunk(still.connection(), NumberedPicture.of(2));
        await().until(() -> still.feed().status().frames() == 2);
        assertThat(still.feed().status().state()).isEqualTo(State.LIVE);
        slow.add(still);
    }

    private void dripUntilAllAreFree(Slow still) {
        int[] at = {0};
        await().pollInterval(PAUSE).untilAsserted(() -> {
            at[0]++;
            chunk(still.connection(), latin1(still.rest()));
            for (Slow one : slow) {
                drip(one, at[0]);
            }
            assertThat(slow)
                    .filteredOn(one -> one.feed().status().state() != State.OFFLINE)
                    .extracting(Slow::what)
                    .isEmpty();
        });
    }

    private static void drip(Slow one, int at) {
        try {
            byte[] next = {(byte) one.rest().charAt(at)};
            if (next[0] == '0') {
                one.connection().send(next); // only bytes of the length, none of the body
            } else {
                chunk(one.connection(), next);
            }
        } catch (IOException e) {
            // the server has had enough
        }
    }

    @Test
    void pictureOverASlowLinkIsTaken() throws IOException {
        byte[] picture = NumberedPicture.of(1, 100_000);
        open("a JPEG", "", "image/jpeg", "", "");
        Slow one = slow.getFirst();
        int[] at = {0};
        int piece = 1600; // 32 KB a second, for one and a half times the timeout for silence

        await().pollInterval(PAUSE).until(() -> {
            int end = Math.min(picture.length, at[0] + piece);
            chunk(one.connection(), Arrays.copyOfRange(picture, at[0], end));
            at[0] = end;
            return end == picture.length;
        });
        one.connection().send("0\r\n\r\n");

        assertThat(one.connection().line()).isEqualTo("HTTP/1.1 200 OK");
    }
}
