package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ScriptedSource;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server ends; no viewer is left with half a picture. */
@Timeout(300)
class GracefulShutdownIT {

    /** Before servers waited for handshakes, three clients of a hundred got no message at the end. */
    private static final int ROUNDS = 150;

    @Test
    void everyResponseEndsWithAWholePictureAndTheClosingDelimiter() throws Exception {
        Flipbook flipbook = Flipbook.start(0);
        Feed feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1, 300_000));
        List<Witness> viewers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            viewers.add(Witness.of(flipbook.port(), i % 2 == 0 ? "/video_feed" : "/video_feed?framing=browser"));
        }
        feed.publish(NumberedPicture.of(2, 300_000));
        flipbook.close();
        for (Witness viewer : viewers) {
            viewer.awaitEnd();
            assertThat(viewer.ended()).as("the closing delimiter came").isTrue();
            assertThat(viewer.newest()).as("its last picture is the newest").isEqualTo(2);
        }
    }

    @Test
    void theLastBytesAreTheClosingDelimiter() throws Exception {
        Flipbook flipbook = Flipbook.start(0);
        Feed feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1));
        try (RawConnection viewer = RawConnection.to(flipbook.port()).ask("GET", "/video_feed")) {
            await().until(() -> feed.status().delivered() == 1);
            flipbook.close();
            String all = new String(viewer.rest(), StandardCharsets.ISO_8859_1);
            assertThat(all).endsWith("\r\n--" + feed.boundary() + "--\r\n");
        }
    }

    @Test
    void aViewerInTheMiddleOfAPictureGetsItsRestAndTheEnd() throws Exception {
        Flipbook flipbook = Flipbook.start(0);
        Feed feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1, 2_000_000)); // more than the kernel takes at once
        try (RawConnection connection = RawConnection.withReceiveBuffer(flipbook.port(), 16 << 10)) {
            PartReader viewer = PartReader.of(connection, "/video_feed");
            int port = flipbook.port();
            Thread closing = Thread.ofPlatform().start(flipbook::close);
            await().until(() -> refuses(port)); // it has begun to end
            List<Integer> seen = new ArrayList<>();
            for (Optional<PartReader.Part> part = viewer.next(); part.isPresent(); part = viewer.next()) {
                seen.add(part.get().number());
            }
            assertThat(viewer.ended()).isTrue();
            assertThat(seen).containsOnly(1);
            closing.join();
        }
    }

    @Test
    void noConnectionIsTakenAfterwardsAndNothingIsLeft() throws Exception {
        ProcessFigures before = ProcessFigures.now();
        ScriptedSource source = new ScriptedSource();
        source.deliver(NumberedPicture.of(1));
        Flipbook flipbook = Flipbook.start(0);
        int port = flipbook.port();
        flipbook.feed("cam", source);
        try (Witness viewer = Witness.of(flipbook.port(), "/video_feed")) {
            flipbook.close();
            viewer.awaitEnd();
        }
        assertThat(refuses(port)).isTrue();
        assertThat(source.isOpen()).isFalse();
        assertThat(flipbook.feeds().usedBytes()).isZero();
        ProcessFigures.awaitAsBefore(before);
        flipbook.close(); // a second close does nothing
    }

    @Test
    void aWebSocketWhoseHandshakeWasJustAnsweredHearsThatTheServerStops() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Flipbook flipbook = Flipbook.start(0);
            try (RawConnection client = handshake(flipbook)) {
                assertThat(client.head().status()).isEqualTo(101);
                Thread closing = Thread.ofPlatform().start(flipbook::close);
                assertThat(codeOfTheEnd(client)).as("round %d", i).isEqualTo(1001);
                closing.join();
            }
        }
    }

    @Test
    void aWebSocketThatComesWhileTheServerStopsIsRefusedOrHearsSo() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Flipbook flipbook = Flipbook.start(0);
            try (RawConnection client = handshake(flipbook)) {
                Thread closing = Thread.ofPlatform().start(flipbook::close);
                if (isAnswered(client)) {
                    assertThat(codeOfTheEnd(client)).as("round %d", i).isEqualTo(1001);
                }
                closing.join();
            }
        }
    }

    @Test
    void aStreamThatIsAskedForWhileTheServerStopsIsRefusedOrEndsInOrder() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            Flipbook flipbook = Flipbook.start(0);
            flipbook.feed("cam").publish(NumberedPicture.of(1));
            try (RawConnection viewer = RawConnection.to(flipbook.port())) {
                viewer.ask("GET", "/video_feed");
                Thread closing = Thread.ofPlatform().start(flipbook::close);
                String all = "";
                try {
                    all = new String(viewer.rest(), StandardCharsets.ISO_8859_1);
                } catch (SocketTimeoutException e) {
                    throw e; // neither answered nor closed
                } catch (IOException e) {
                    // it was broken off before its answer
                }
                if (all.startsWith("HTTP/1.1 200 ")) {
                    assertThat(all).as("round %d", i).endsWith("--\r\n");
                }
                closing.join();
            }
        }
    }

    private static RawConnection handshake(Flipbook flipbook) throws IOException {
        return RawConnection.to(flipbook.port()).askForWebSocket();
    }

    /** Whether the handshake succeeds; a server that stops may also refuse it, or break it off before its answer. */
    private static boolean isAnswered(RawConnection client) throws SocketTimeoutException {
        try {
            int status = client.head().status();
            assertThat(status).isIn(101, 503);
            return status == 101;
        } catch (SocketTimeoutException e) {
            throw e; // neither answered nor closed
        } catch (IOException e) {
            return false;
        }
    }

    /** The status code of the frame with which the server closes the WebSocket. The client confirms the close. */
    private static int codeOfTheEnd(RawConnection client) throws IOException {
        assertThat(client.read()).as("a close frame").isEqualTo(0x88);
        byte[] payload = client.read(client.read());
        client.send(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, payload[0], payload[1]});
        return ByteBuffer.wrap(payload).getShort();
    }

    private static boolean refuses(int port) {
        try (RawConnection connection = RawConnection.to(port)) {
            return connection.ends();
        } catch (IOException e) {
            return true;
        }
    }
}
