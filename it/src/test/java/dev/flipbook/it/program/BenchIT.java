package dev.flipbook.it.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.OtherServer;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code flipbook bench} of the built program, against Flipbook and against other servers. */
@Timeout(300)
class BenchIT {

    private static final int FPS = 20;
    /** Maximum frame rate, because a timer that was late on a busy machine catches up. */
    private static final double MOST_FPS = 3 * FPS;

    private static final byte[] PICTURE = NumberedPicture.of(1, 10_000);
    private static final String TEXT = new String(PICTURE, StandardCharsets.ISO_8859_1);

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    // Flipbook

    @Test
    void everyViewerOfAFeedGetsEveryFrameAndItsAge() throws Exception {
        String json = measured("--viewers=30", "--seconds=1", "--warm-up=1", flipbook(() -> Frame.ofJpeg(PICTURE)));
        assertThat(figure(json, "viewers")).isEqualTo(30);
        assertThat(figure(json, "connected")).isEqualTo(30);
        assertThat(figure(json, "cutOff")).isZero();
        assertThat(figure(json, "missed")).isZero();
        assertRate(json);
        assertThat(figure(json, "frames")).isBetween(30.0, 30 * MOST_FPS);
        assertThat(figure(json, "bytesPerSecond"))
                .isBetween(
                        figure(json, "frames") * PICTURE.length / 3,
                        figure(json, "frames") * (PICTURE.length + 300) * 3);
        assertThat(json).contains("\"clock\":\"x-timestamp\"");
        assertAges(json);
    }

    @Test
    void theStampInThePictureCountsBeforeTheHeader() throws Exception {
        String json = measured("--viewers=1,3", "--seconds=1", "--warm-up=0", flipbook(() -> {
            long now = System.nanoTime();
            return Frame.ofJpeg(stamped(now)).capturedAt(now - 60_000_000_000L);
        }));
        assertThat(json).contains("\"clock\":\"stamp\"", "{\"viewers\":1,", "{\"viewers\":3,");
        assertAges(json);
    }

    @Test
    void theTableHasALineForEachStep() throws Exception {
        Program bench = bench("--viewers=2,1", "--seconds=1", "--warm-up=0", flipbook(() -> Frame.ofJpeg(PICTURE)));
        assertThat(bench.exitCode()).as(bench.err()).isZero();
        String[] lines = bench.out().split("\n", -1);
        assertThat(lines[0]).matches("http://127\\.0\\.0\\.1:\\d+/video_feed +\\(1 s each, after 0 s\\)");
        assertThat(lines[1]).contains("viewers", "fps median", "slowest", "fastest", "MB/s", "missed", "age p50");
        assertThat(lines[2]).matches(" +2( +\\d+\\.\\d){3} +\\d+\\.\\d\\d +0( +[0-9.]+ m?s){4}");
        assertThat(lines[3]).matches(" +1( +\\d+\\.\\d){3} +\\d+\\.\\d\\d +0( +[0-9.]+ m?s){4}");
        assertThat(lines[4]).contains("X-Timestamp");
        assertThat(bench.err()).isEmpty(); // without a terminal there is no progress
    }

    // other servers

    @Test
    void aServerThatChunksAndSendsNoLengthsIsRead() throws Exception {
        String head = """
                HTTP/1.1 200 OK
                Transfer-Encoding: chunked
                Content-Type: multipart/x-mixed-replace; boundary="--other"

                """;
        String part = "--other\nContent-Type: image/jpeg\n\n" + TEXT + "\n";
        String json =
                measured("--viewers=3", "--seconds=1", "--warm-up=0", sending(head, () -> chunk(part) + chunk("\n")));
        assertThat(figure(json, "connected")).isEqualTo(3);
        assertRate(json);
        assertThat(figure(json, "missed")).isZero();
        assertThat(json).contains("\"clock\":\"none\"", "\"ageMs\":null");
    }

    @Test
    void aServerOfHttp10WithPaddedLengthsIsRead() throws Exception {
        String head = "HTTP/1.0 200 OK\r\nContent-type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\n";
        String json = measured("--viewers=3", "--seconds=1", "--warm-up=0", sending(head, () -> {
            double now = System.currentTimeMillis() / 1e3;
            return "content-length:     " + TEXT.length() + "\r\nx-timestamp: " + now + "\r\n\r\n" + TEXT
                    + "\r\n--b\r\n";
        }));
        assertRate(json);
        assertThat(json).contains("\"clock\":\"x-timestamp\"");
        assertAges(json);
    }

    @Test
    void viewersThatTheServerLetsGoAreCounted() throws Exception {
        String head = "HTTP/1.0 200 OK\r\nContent-type: multipart/x-mixed-replace;boundary=b\r\n\r\n--b\r\n";
        OtherServer server = OtherServer.sending(head, FPS, () -> "A: b\r\n\r\n" + TEXT + "\r\n--b\r\n");
        toClose.add(server);
        Program bench = bench("--viewers=3", "--seconds=1", "--warm-up=1", "--json", server.url());
        await().until(() -> server.viewers() == 3);
        server.cutOff();
        assertThat(bench.exitCode()).isZero();
        String json = bench.out();
        assertThat(figure(json, "connected")).isEqualTo(3);
        assertThat(figure(json, "cutOff")).isEqualTo(3);
        assertThat(bench.err()).isEqualTo("flipbook: 3 of 3 viewers were cut off: the server closed the connection\n");
    }

    // refusals

    @Test
    void aStatusThatIsNot200IsRefused() throws Exception {
        String url = flipbook(() -> Frame.ofJpeg(PICTURE)).replace("/video_feed", "/none");
        assertRefused("404 Not Found", url);
    }

    @Test
    void aPageIsRefusedByItsType() throws Exception {
        assertRefused("text/html", flipbook(() -> Frame.ofJpeg(PICTURE)).replace("/video_feed", "/"));
    }

    @Test
    void nobodyListeningIsRefused() throws Exception {
        try (Socket nobody = new Socket()) { // occupies the port, and does not listen
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertRefused("refused", "http://127.0.0.1:" + nobody.getLocalPort() + "/");
        }
    }

    @Test
    void aRedirectIsRefusedWithWhereItPoints() throws Exception {
        OtherServer server = OtherServer.refusing("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/there\r\n\r\n");
        toClose.add(server);
        assertThat(assertRefused("http://127.0.0.1/there", server.url())).contains("302");
    }

    @Test
    void aPasswordIsSentAndNeverShown() throws Exception {
        OtherServer server = OtherServer.refusing("HTTP/1.1 401 Unauthorized\r\n\r\n");
        toClose.add(server);
        String url = server.url().replace("http://", "http://me:secret@");
        assertThat(assertRefused("401", url)).doesNotContain("secret");
        assertThat(server.requests().getFirst()).contains("Authorization: Basic bWU6c2VjcmV0\r\n");
        assertThat(assertRefused("http://", url, url)).doesNotContain("secret");
    }

    @Test
    void wrongOptionsAreRefusedByTheirNames() throws Exception {
        assertRefused("--viewers", "--viewers=0", "http://127.0.0.1/");
        assertRefused("--viewers", "--viewers=1,x", "http://127.0.0.1/");
        assertRefused("--viewers", "--viewers=20001", "http://127.0.0.1/");
        assertRefused("--seconds", "--seconds=0", "http://127.0.0.1/");
        assertRefused("--warm-up", "--warm-up=-1", "http://127.0.0.1/");
        assertRefused("URL");
        assertRefused("https", "https://127.0.0.1/");
    }

    @Test
    void sourcesBeforeTheCommandAreRefused() throws Exception {
        Program program = start("demo", "bench", "http://127.0.0.1/");
        assertThat(program.exitCode()).isEqualTo(2);
        assertThat(program.err()).matches("flipbook: bench comes first[^\\n]+\\n");
    }

    // ending

    @Test
    void aSignalEndsItWithWhatWasMeasured() throws Exception {
        String url = flipbook(() -> Frame.ofJpeg(PICTURE));
        Program bench = bench("--viewers=1,2", "--seconds=60", "--warm-up=0", "--json", url);
        int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
        await().until(() -> watched(port));
        bench.signal(
                "TERM"); // INT does the same, but is ignored by programs that a shell has started in the background
        assertThat(bench.exitCode()).isZero();
        String json = bench.out();
        assertThat(figure(json, "viewers")).isEqualTo(1);
        assertThat(json).doesNotContain("\"viewers\":2").endsWith("]}");
        assertThat(bench.err()).matches("flipbook: ended after \\d+\\.\\d s\\n");
    }

    // inside

    /** Whether a viewer has had ten frames. */
    private static boolean watched(int port) throws IOException {
        try (RawConnection connection = RawConnection.to(port).ask("GET", "/api/feeds/cam")) {
            int length = Integer.parseInt(connection.head().header("Content-Length"));
            String status = new String(connection.read(length), StandardCharsets.UTF_8);
            return figure(status, "delivered") >= 10;
        }
    }

    /** The address of a feed that shows these frames. */
    private String flipbook(Supplier<Frame> frames) throws IOException {
        Flipbook flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
        toClose.add(flipbook);
        Feed feed = flipbook.feed("cam");
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        toClose.add(clock::shutdownNow);
        Future<?> publishing = clock.scheduleAtFixedRate(
                () -> feed.publish(frames.get()), 0, 1_000_000_000L / FPS, TimeUnit.NANOSECONDS);
        toClose.add(() -> publishing.cancel(true));
        return flipbook.address() + "video_feed";
    }

    private String sending(String head, Supplier<String> part) throws IOException {
        OtherServer server = OtherServer.sending(head, FPS, part);
        toClose.add(server);
        return server.url();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** The picture with a comment after SOI that says when it was captured. */
    private static byte[] stamped(long nanos) {
        ByteBuffer out = ByteBuffer.allocate(PICTURE.length + 22).order(ByteOrder.LITTLE_ENDIAN);
        out.put(PICTURE, 0, 2).put(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 0x14});
        out.put("STAMP!".getBytes(StandardCharsets.US_ASCII)).putLong(nanos).putInt(out.capacity());
        return out.put(PICTURE, 2, PICTURE.length - 2).array();
    }

    private String measured(String... arguments) throws Exception {
        Program bench = bench(arguments[0], arguments[1], arguments[2], "--json", arguments[3]);
        assertThat(bench.exitCode()).as(bench.err()).isZero();
        assertThat(bench.err()).isEmpty();
        String json = bench.out();
        assertThat(json).matches("\\{\"url\":\"http://127\\.0\\.0\\.1:\\d+/\\w+\",.*}"); // one line, and nothing else
        return json;
    }

    /** Checks that the rate is that of the server, or lower because other programs use the machine too. */
    private static void assertRate(String json) {
        assertThat(figure(json, "median")).isBetween(1.0, MOST_FPS);
    }

    private static void assertAges(String json) {
        assertThat(figure(json, "p50")).isBetween(0.0, figure(json, "p90"));
        assertThat(figure(json, "p99"))
                .isBetween(figure(json, "p90"), figure(json.substring(json.indexOf("ageMs")), "max"));
        assertThat(figure(json, "p50")).as("milliseconds").isLessThan(30_000);
    }

    /** The first number of this name. */
    private static double figure(String json, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":([0-9.]+)").matcher(json);
        assertThat(figure.find()).as(name + " in " + json).isTrue();
        return Double.parseDouble(figure.group(1));
    }

    private String assertRefused(String held, String... arguments) throws Exception {
        Program bench = bench(arguments);
        assertThat(bench.exitCode()).isEqualTo(2);
        assertThat(bench.out()).isEmpty();
        assertThat(bench.err())
                .startsWith("flipbook: ")
                .contains(held)
                .matches("[^\\n]+\\n")
                .doesNotContain("Exception");
        return bench.err();
    }

    private Program bench(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        return start(all.toArray(String[]::new));
    }

    private Program start(String... arguments) throws IOException {
        Program program = Program.start(arguments);
        toClose.add(program);
        return program;
    }
}
