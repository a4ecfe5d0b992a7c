package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams over TCP and UDP, whose kind is recognized by their bytes only. */
@Timeout(60)
class PeerTest {

    private final InetAddress here = InetAddress.getLoopbackAddress();

    /** What a peer does with a connection before it closes it. */
    @FunctionalInterface
    private interface Talk {
        void to(OutputStream out) throws Exception;
    }

    /** A server that does the same with each connection, on a thread of its own. */
    private record Peer(ServerSocket socket) implements AutoCloseable {

        static Peer of(Talk talk) throws IOException {
            ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket viewer = socket.accept()) {
                        talk.to(viewer.getOutputStream());
                    } catch (Exception e) {
                        // the viewer has gone, or the test is over
                    }
                }
            });
            return new Peer(socket);
        }

        String address() {
            return "tcp://" + place();
        }

        String place() {
            return "127.0.0.1:" + socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static LiveVideo live(String address, Ticker ticker) throws IOException {
        return new LiveVideo(
                LiveAddress.of(address).orElseThrow(),
                address,
                SourceOptions.DEFAULT,
                ticker,
                PictureEncoder.Kind::best);
    }

    /** A JPEG of noise, which is large. */
    private static byte[] jpeg(int seed) throws IOException {
        BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(seed);
        for (int y = 0; y < 240; y++) {
            for (int x = 0; x < 320; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", out);
        return out.toByteArray();
    }

    @Test
    void eachJpegIsPassedOnUnchangedBeforeTheNextBegins() throws Exception {
        byte[][] pictures = {jpeg(1), jpeg(2), jpeg(3)};
        CountDownLatch seen = new CountDownLatch(1);
        Talk talk = out -> {
            out.write(pictures[0]);
            out.flush();
            seen.await();
            out.write(pictures[1]);
            out.write(pictures[2]);
        };
        try (Peer peer = Peer.of(talk);
                LiveVideo video = live(peer.address(), Ticker.system())) {
            assertThat(video.next().bytes()).isEqualTo(pictures[0]);
            seen.countDown();
            assertThat(video.next().bytes()).isEqualTo(pictures[1]);
            assertThat(video.next().bytes()).isEqualTo(pictures[2]);
            assertThat(video.encoding()).isEqualTo(Encoding.NONE);
            assertThatThrownBy(video::next).hasMessage("the stream has ended");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1400, 60_000})
    void udpStreamMayBeginInTheMiddleOfAJpeg(int piece) throws Exception {
        byte[] picture = jpeg(4);
        int port = freePort();
        try (DatagramSocket sender = new DatagramSocket();
                LiveVideo video = live("udp://127.0.0.1:" + port, Ticker.system())) {
            Thread sending = Thread.ofVirtual().start(() -> {
                byte[] rest = Arrays.copyOfRange(picture, picture.length / 2, picture.length);
                while (!Thread.currentThread().isInterrupted()) {
                    send(sender, port, rest, piece);
                    send(sender, port, picture, piece);
                }
            });
            try {
                for (int i = 0; i < 3; i++) {
                    assertThat(video.next().bytes()).isEqualTo(picture);
                }
            } finally {
                sending.interrupt();
                sending.join();
            }
        }
    }

    private void send(DatagramSocket sender, int port, byte[] bytes, int piece) {
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                sender.send(new DatagramPacket(bytes, at, Math.min(piece, bytes.length - at), here, port));
                Ticker.system().sleepUntil(System.nanoTime() + 1_000_000);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, here)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void senderCanConnectToAListeningFeed() throws Exception {
        byte[] picture = jpeg(5);
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, here)) {
            port = socket.getLocalPort();
        }
        try (LiveVideo video = live("tcp://127.0.0.1:" + port + "?listen", Ticker.system())) {
            Thread.ofVirtual()
                    .start(() -> await().ignoreExceptionsInstanceOf(ConnectException.class)
                            .until(() -> {
                                try (Socket sender = new Socket(here, port)) {
                                    sender.getOutputStream().write(picture);
                                    return true;
                                }
                            }));
            assertThat(video.next().bytes()).isEqualTo(picture);
        }
    }

    private static void says(byte[] first, String sentence) throws Exception {
        try (Peer peer = Peer.of(out -> {
                    while (true) {
                        out.write(first);
                        Ticker.system().sleepUntil(System.nanoTime() + 20_000_000);
                    }
                });
                LiveVideo video = live(peer.address(), Ticker.system())) {
            assertThatThrownBy(video::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage(sentence.replace("PEER", peer.place()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><title>Log in</title> | PEER sends a web page (Log in); video or a stream of pictures is"
                        + " expected",
                "GIF89a0123456789 | PEER sends a GIF picture; video or a stream of pictures is expected",
                "0000ftypisom0123 | PEER sends MP4 or QuickTime video; try flipbook exec -- ffmpeg -v error -i tcp://PEER"
                        + " -f mpjpeg -",
                "#EXTM3U 01234567 | PEER sends a playlist (HLS); video or a stream of pictures is expected"
            })
    void unsupportedContentIsNamed(String first, String sentence) throws Exception {
        says(first.getBytes(StandardCharsets.US_ASCII), sentence);
    }

    @Test
    void errorForPlainPixelsAsksForTheSize() throws Exception {
        byte[] pixels = new byte[40_000];
        new Random(1).nextBytes(pixels);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] |= (byte) 0x80;
        }
        says(
                pixels,
                "PEER sends 32 KB without a JPEG, PNG or Y4M; raw pixels need their size: flipbook exec --"
                        + " ffmpeg -f rawvideo -pix_fmt yuv420p -s 640x480 -i tcp://PEER -f mpjpeg -");
    }

    @Test
    void smallJpegsAreShownIfTheStreamBeginsInTheMiddleOfOne() throws Exception {
        byte[] picture = jpeg(7);
        try (Peer peer = Peer.of(out -> {
                    out.write(picture, picture.length / 2, picture.length - picture.length / 2);
                    while (true) {
                        out.write(picture);
                        Ticker.system().sleepUntil(System.nanoTime() + 20_000_000);
                    }
                });
                LiveVideo video = live(peer.address(), Ticker.system())) {
            assertThat(video.next().bytes()).isEqualTo(picture);
        }
    }

    @Test
    void videoWithoutAPictureIsReportedAsVideo() throws Exception {
        byte[] unit = {0, 0, 0, 1, 0x09, (byte) 0xF0};
        CountDownLatch over = new CountDownLatch(1);
        try (Peer peer = Peer.of(out -> {
                    out.write(unit);
                    over.await();
                });
                LiveVideo video = live(peer.address(), new Hasty())) {
            assertThatThrownBy(video::next)
                    .hasMessage("127.0.0.1 sends H.264 video, but within 5 s nothing that makes a picture");
        } finally {
            over.countDown();
        }
    }

    @Test
    void peerThatClosesWithoutDataIsReported() throws Exception {
        try (Peer peer = Peer.of(out -> {});
                LiveVideo video = live(peer.address(), Ticker.system())) {
            assertThatThrownBy(video::next).hasMessage(peer.place() + " closed the connection before anything came");
        }
    }

    @Test
    void silentPeerIsReported() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Peer peer = Peer.of(out -> over.await());
                LiveVideo video = live(peer.address(), new Hasty())) {
            assertThatThrownBy(video::next)
                    .hasMessage("there is a connection with " + peer.place() + ", and nothing came within 5 s");
        } finally {
            over.countDown();
        }
    }

    @Test
    void missingSenderIsReported() throws Exception {
        String address = "udp://127.0.0.1:" + freePort();
        try (LiveVideo video = live(address, new Hasty())) {
            assertThatThrownBy(video::next)
                    .hasMessage("nothing came to " + address + " within 5 s; the sender may begin now");
            assertThat(video.isBack()).as("worth another try").isTrue();
        }
    }

    /** A clock that runs twenty times as fast. */
    private static final class Hasty implements Ticker {
        @Override
        public long nanos() {
            return 20 * System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void sleepUntil(long nanos) throws InterruptedException {
            Ticker.system().sleepUntil(nanos / 20);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "80600001000000010000ABCD, 80600002000000020000ABCD, ' gets RTP of type 96, which needs its sender''s SDP file:"
                + " flipbook exec -- ffmpeg -protocol_whitelist file,rtp,udp -i FILE.sdp -f mpjpeg -'",
        "8021FFFF000000010000ABCD, 80210000000000020000ABCD, ' gets RTP; type rtp://127.0.0.1:PORT'"
    })
    void rtpIsRecognizedByTwoPackets(String first, String second, String sentence) throws Exception {
        int port = freePort();
        try (DatagramSocket sender = new DatagramSocket();
                LiveVideo video = live("udp://127.0.0.1:" + port, Ticker.system())) {
            Thread sending = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    send(sender, port, packet(first), 2000);
                    send(sender, port, packet(second), 2000);
                }
            });
            try {
                assertThatThrownBy(() -> again(video))
                        .hasMessage("127.0.0.1:" + port + sentence.replace("PORT", "" + port));
                assertThat(video.isBack()).as("worth another try").isFalse();
            } finally {
                sending.interrupt();
                sending.join();
            }
        }
    }

    /**
     * Tries once more, because the reader may have begun between two packets, whose numbers then do not follow each
     * other.
     */
    private static void again(LiveVideo video) throws Exception {
        for (int i = 0; i < 10; i++) {
            try {
                video.next();
            } catch (IOException e) {
                if (String.valueOf(e.getMessage()).contains("RTP")) {
                    throw e;
                }
            }
        }
    }

    private static byte[] packet(String header) {
        return Arrays.copyOf(HexFormat.of().parseHex(header), 1000);
    }

    @Test
    void manyAttemptsLeakNothing() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            Clips.skip("there is no /proc here to count descriptors in");
        }
        byte[] page = "<html><title>x</title>".getBytes(StandardCharsets.US_ASCII);
        try (Peer peer = Peer.of(out -> out.write(page));
                LiveVideo video = live(peer.address(), Ticker.system())) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(video::next).hasMessageContaining("a web page");
            }
            long before = count(descriptors);
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(video::next).hasMessageContaining("a web page");
            }
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(count(descriptors)).isLessThanOrEqualTo(before));
        }
    }

    private static long count(Path descriptors) throws IOException {
        try (var all = Files.list(descriptors)) {
            return all.count();
        }
    }
}
