package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.machine.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Live streams from servers that fail in various ways, and from the {@code ffmpeg} program. */
@Timeout(180)
class LiveVideoTest {

    @TempDir
    Path folder;

    private final List<Process> senders = new ArrayList<>();

    @AfterEach
    void stopTheSenders() {
        senders.forEach(sender -> sender.destroyForcibly().onExit().join());
    }

    private static LiveVideo live(String address, Ticker ticker) throws IOException {
        LiveAddress origin = LiveAddress.of(address).orElseThrow();
        return new LiveVideo(origin, origin.shown(), SourceOptions.DEFAULT, ticker, PictureEncoder.Kind::best);
    }

    private static void fails(String address, String sentence) throws IOException {
        try (LiveVideo video = live(address, Ticker.system())) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(video::next)
                        .isInstanceOf(IOException.class)
                        .hasMessage(sentence)
                        .hasMessageNotContaining("s3cret");
            }
        }
    }

    @Test
    void serviceLoaderFindsTheProvider() throws Exception {
        assertThat(ServiceLoader.load(FrameSourceProvider.class))
                .hasAtLeastOneElementOfType(dev.flipbook.decoder.DecodedSources.class);
        FrameSource source = FrameSource.open("rtsp://me:s3cret@door.local/x?token=s3cret");
        assertThat(source.description()).isEqualTo("rtsp://door.local/x");
        source.close();
    }

    @Test
    void missingServerIsReportedAsARefusedConnection() throws Exception {
        try (Socket nobody = new Socket()) { // occupies the port, and does not listen
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = nobody.getLocalPort();
            fails("rtsp://me:s3cret@127.0.0.1:" + port + "/x", "connection refused by 127.0.0.1:" + port);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 Not Found | 127.0.0.1 has no stream /door (404)",
                "403 Forbidden | 127.0.0.1 does not allow watching /door (403)",
                "500 Internal Server Error | 127.0.0.1 reports an error of its own (5xx)"
            })
    void answerOfTheServerBecomesASentence(String answer, String sentence) throws Exception {
        try (RtspAnswers server =
                new RtspAnswers(request -> request.startsWith("OPTIONS") ? "200 OK" : answer + "\r\n")) {
            fails(server.url("me:s3cret@", "/door?channel=1"), sentence);
        }
    }

    @Test
    void targetOfARedirectIsNotContacted() throws Exception {
        try (RtspAnswers other = new RtspAnswers(request -> "200 OK");
                RtspAnswers server =
                        new RtspAnswers(request -> "302 Moved\r\nLocation: " + other.url("", "/x") + "\r\n")) {
            fails(server.url("me:s3cret@", "/door"), "127.0.0.1 sends its viewers to another address: name that one");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void serverThatClosesTheConnectionIsReported() throws Exception {
        try (RtspAnswers server = new RtspAnswers(request -> RtspAnswers.HANG_UP)) {
            fails(
                    server.url("", "/door"),
                    "127.0.0.1:" + server.port()
                            + " gave no stream: it closed the connection, or sends nothing that is known as video");
        }
    }

    @Test
    void silentServerIsGivenUpAfterFiveSeconds() throws Exception {
        try (RtspAnswers server = new RtspAnswers(request -> RtspAnswers.SILENCE);
                LiveVideo video = live(server.url("", "/door"), new Hasty())) {
            assertThatThrownBy(video::next).hasMessage("no answer from 127.0.0.1 within 5 s");
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
    @CsvSource({"me:s3cret, me:s3cret", "m%65:p%40ss%3Aw%2Ford, me:p@ss:w/ord", "me:p@ss?#%zz, me:p@ss?#%zz"})
    void credentialsAreSentAsTyped(String typed, String meant) throws Exception {
        String asks = "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"door\"\r\n";
        try (RtspAnswers server = new RtspAnswers(request -> asks)) {
            fails(server.url(typed + "@", "/door"), "wrong password for 127.0.0.1");
            String expected = Base64.getEncoder().encodeToString(meant.getBytes(StandardCharsets.UTF_8));
            assertThat(server.requests()).anyMatch(request -> request.contains("Authorization: Basic " + expected));
        }
    }

    @Test
    void missingPasswordIsReported() throws Exception {
        String asks = "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"door\"\r\n";
        try (RtspAnswers server = new RtspAnswers(request -> asks)) {
            fails(
                    server.url("", "/door"),
                    "127.0.0.1 asks for a password; it is written rtsp://NAME:PASSWORD@127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeOrInterruptEndsTheWaitForTheServer(boolean byClosing) throws Exception {
        try (RtspAnswers server = new RtspAnswers(request -> RtspAnswers.SILENCE)) {
            LiveVideo video = live(server.url("", "/door"), Ticker.system());
            assertThat(endOf(video, () -> !server.requests().isEmpty(), byClosing))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    /** The exception of a next() that is asked to end in this state. The test fails if next() does not end soon. */
    private static Throwable endOf(LiveVideo video, java.util.concurrent.Callable<Boolean> state, boolean byClosing)
            throws Exception {
        BiConsumer<Thread, LiveVideo> end = byClosing ? (thread, source) -> source.close() : (t, s) -> t.interrupt();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    video.next();
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        await().until(state);
        long begun = System.nanoTime();
        do { // an end that falls between two next() is not for the one that waits
            end.accept(thread, video);
        } while (!thread.join(Duration.ofMillis(300)));
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .as("until it has ended")
                .isLessThan(Duration.ofSeconds(30));
        video.close();
        return thrown.get();
    }

    private Process send(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i"));
        command.add("testsrc=s=320x240:r=25");
        command.addAll(List.of(options));
        try {
            Process sender = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            folder.resolve("sender" + senders.size() + ".log").toFile())
                    .start();
            senders.add(sender);
            return sender;
        } catch (IOException e) {
            Clips.skip("the program ffmpeg is not installed, so nobody sends: " + e.getMessage());
            throw e;
        }
    }

    /** Tries again while the sender is not yet there. */
    private static Frame first(LiveVideo video) {
        AtomicReference<Frame> frame = new AtomicReference<>();
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            frame.set(video.next());
            return true;
        });
        return frame.get();
    }

    @ParameterizedTest
    @CsvSource({
        "udp, mpegts, mpeg2video, ''",
        "tcp, mpegts, libx264, ?listen=1",
        "tcp, mpjpeg, mjpeg, ?listen=1",
        "srt, mpegts, libx264, ?mode=listener",
        "rtmp, flv, libx264, /live/door",
        "rtp, rtp_mpegts, mpeg2video, ''"
    })
    void framesArriveOverEachProtocol(String scheme, String format, String codec, String end) throws Exception {
        int port = FreePort.find();
        List<String> options = new ArrayList<>(List.of("-c:v", codec, "-g", "10", "-pix_fmt", "yuvj420p"));
        if (codec.equals("libx264")) {
            options.addAll(List.of("-tune", "zerolatency", "-preset", "ultrafast"));
        }
        if (scheme.equals("rtmp")) {
            options.addAll(List.of("-listen", "1"));
        }
        String address = scheme + "://127.0.0.1:" + port;
        options.addAll(List.of("-strict", "-1", "-f", format, address + end));
        Process sender = send(options.toArray(String[]::new));
        try (LiveVideo video = live(address + (scheme.equals("rtmp") ? end : ""), Ticker.system())) {
            Frame frame = first(video);
            assertThat(frame.width()).isEqualTo(320);
            long before = 0;
            for (int i = 0; i < 20; i++) {
                frame = video.next();
                assertThat(frame.capturedNanos()).isGreaterThan(before);
                before = frame.capturedNanos();
            }
            assertThat(video.encoding().equals(Encoding.NONE))
                    .as("passed through")
                    .isEqualTo(codec.equals("mjpeg"));
            if (scheme.equals("tcp") || scheme.equals("srt") || scheme.equals("rtmp")) {
                sender.destroyForcibly();
                assertThatThrownBy(() -> {
                            while (true) {
                                video.next();
                            }
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessage("the stream has ended");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeOrInterruptEndsTheWaitForAPicture(boolean byClosing) throws Exception {
        int port = FreePort.find();
        Process sender = send("-c:v", "mpeg2video", "-f", "mpegts", "tcp://127.0.0.1:" + port + "?listen=1");
        LiveVideo video = live("tcp://127.0.0.1:" + port, Ticker.system());
        first(video);
        new ProcessBuilder("kill", "-STOP", Long.toString(sender.pid())).start().waitFor();
        assertThat(endOf(video, () -> true, byClosing)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void manyAttemptsLeakNothing() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            Clips.skip("there is no /proc here to count descriptors in");
        }
        try (RtspAnswers server =
                new RtspAnswers(request -> request.startsWith("OPTIONS") ? "200 OK" : RtspAnswers.HANG_UP)) {
            String sentence = "127.0.0.1:" + server.port()
                    + " gave no stream: it closed the connection, or sends nothing that is known as video";
            fails(server.url("", "/door"), sentence);
            long before = count(descriptors);
            for (int i = 0; i < 20; i++) {
                fails(server.url("", "/door"), sentence);
            }
            await().untilAsserted(() -> assertThat(count(descriptors)).isLessThanOrEqualTo(before));
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("flipbook-resolve"));
        }
    }

    private static long count(Path descriptors) throws IOException {
        try (var all = Files.list(descriptors)) {
            return all.count();
        }
    }
}
