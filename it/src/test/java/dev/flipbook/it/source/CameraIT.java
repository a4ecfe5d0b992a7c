package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.HastyCameraProgram;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.OwnCameraProgram;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.VirtualCameras;
import dev.flipbook.it.kit.Witness;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program with V4L2 cameras: which formats it accepts, what it shows, and which messages it prints. */
@Timeout(300)
class CameraIT {

    private static final String WEBCAM = "name HD Webcam";
    private static final String MJPEG = "format MJPG 64x48 30,15";

    @TempDir
    private static Path shared;

    private static Path library;

    @TempDir
    private Path folder;

    private VirtualCameras cameras;
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @BeforeAll
    static void compile() throws Exception {
        library = VirtualCameras.compiled(shared, "cameras are shown");
    }

    @BeforeEach
    void noCamera() throws IOException {
        cameras = new VirtualCameras(library, folder);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    // pictures

    @Test
    void jpegsPassThroughByteForByteAndTheStatusSaysSo() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(NumberedPicture.of(1), NumberedPicture.of(2), NumberedPicture.of(3, 200_000)));
        int port = start("/dev/video0").port();

        PartReader viewer = viewer(port);
        TreeSet<Integer> numbers = new TreeSet<>();
        while (numbers.size() < 3) {
            numbers.add(viewer.nextNumber()); // nextNumber() compares every byte
        }

        assertThat(numbers).containsExactly(1, 2, 3);
        assertThat(status(port))
                .contains("\"passThrough\":true")
                .contains("\"encoder\":\"none\"")
                .contains("\"encoded\":0")
                .contains("\"source\":\"/dev/video0\"")
                .contains("\"width\":64,\"height\":48")
                .contains("\"damaged\":0");
    }

    @Test
    void missingHuffmanTablesArePutInAndNothingElse() throws Exception {
        byte[] whole = noise();
        byte[] without = withoutHuffmanTables(whole);
        assertThat(without).hasSizeLessThan(whole.length);
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(without));
        int port = start("webcam").port();

        byte[] shown = viewer(port).next().orElseThrow().picture();

        assertThat(withoutHuffmanTables(shown)).isEqualTo(without);
        assertThat(pixels(shown)).isEqualTo(pixels(whole));
        assertThat(status(port)).contains("\"passThrough\":true");
    }

    @ParameterizedTest
    @CsvSource({"YUYV, 223 137 79", "NV12, 223 137 79", "GREY, 156"})
    void pixelsAreEncoded(String format, String expected) throws Exception {
        int[] bands = Pattern.compile(" ")
                .splitAsStream(expected)
                .mapToInt(Integer::parseInt)
                .toArray();
        cameras.plug(0, WEBCAM, "format " + format + " 320x240 30");
        int port = start("webcam").port();

        byte[] shown = viewer(port).next().orElseThrow().picture();

        int[] colour = image(shown).getRaster().getPixel(160, 120, new int[4]);
        for (int band = 0; band < bands.length; band++) {
            assertThat(colour[band]).as(format + " band " + band).isCloseTo(bands[band], within(8));
        }
        assertThat(status(port))
                .contains("\"passThrough\":false")
                .doesNotContain("\"encoder\":\"none\"")
                .contains("\"width\":320,\"height\":240");
    }

    @Test
    void damagedJpegsAreDroppedAndCounted() throws Exception {
        byte[] picture = noise();
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(picture));
        int port = start("webcam").port();
        PartReader viewer = viewer(port);
        assertThat(viewer.next().orElseThrow().picture()).isEqualTo(picture);

        for (String fault : List.of("short", "cut", "empty", "corrupt", "long", "error")) {
            long damaged = damagedBy(fault, port);
            for (int i = 0; i < 20; i++) { // pictures from before and after the damage
                assertThat(viewer.next().orElseThrow().picture()).as(fault).isEqualTo(picture);
            }

            assertThat(status(port)).as(fault).contains("\"state\":\"live\"").contains("\"failures\":0");
            assertThat(figure(status(port), "damaged")).as(fault).isEqualTo(damaged);
        }
    }

    @Test
    void damagedPixelsAreDroppedAndCounted() throws Exception {
        cameras.plug(0, WEBCAM, "format YUYV 320x240 30");
        int port = start("webcam").port();
        viewer(port).next();

        for (String fault : List.of("short", "empty", "long", "error")) {
            damagedBy(fault, port);
            long shown = figure(status(port), "frames");

            await().until(() -> figure(status(port), "frames") > shown + 10);
            assertThat(status(port)).as(fault).contains("\"state\":\"live\"").contains("\"failures\":0");
        }
    }

    /**
     * Damages pictures until ten more are counted as damaged, and then lets whole pictures come. Returns the count
     * after that.
     */
    private long damagedBy(String fault, int port) throws IOException {
        long before = figure(status(port), "damaged");
        cameras.fault(fault);
        await(fault).until(() -> figure(status(port), "damaged") > before + 10);
        long shown = figure(status(port), "frames");
        cameras.fault("");
        await(fault).until(() -> figure(status(port), "frames") > shown + 3); // they come after the last damaged one
        return figure(status(port), "damaged");
    }

    @Test
    void aCameraThatHangsIsSaidAndLiveAgainWhenItDoesNot() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(NumberedPicture.of(1)));
        int port = start("webcam", "--stall-timeout", "2").port();
        PartReader viewer = viewer(port);
        for (int i = 0; i < 5; i++) {
            viewer.next(); // with one picture alone there is no rate, by which a hanging camera is noticed
        }

        cameras.fault("hung");
        await().until(() -> status(port).contains("\"state\":\"stalled\""));
        assertThat(status(port)).containsPattern("\"reason\":\"no picture for \\d+ s\"");
        cameras.fault("");

        await().until(() -> status(port).contains("\"state\":\"live\""));
    }

    // finding and asking

    @Test
    void aCameraIsFoundByPathByIdByPartOfItsNameAndAsTheFirst() throws Exception {
        cameras.plug(0, "name Metadata of the first");
        cameras.plug(2, WEBCAM, "format YUYV 64x48 30");
        cameras.plug(10, "name Microscope", "format YUYV 128x96 30");
        cameras.link("usb-ACME_Microscope-video-index0", 10);
        String id = "/dev/v4l/by-id/usb-ACME_Microscope-video-index0";

        int port = start("a=webcam", "b=/dev/video10", "c=" + id, "d=micro", "e=hd webcam")
                .port();

        for (String name : List.of("a", "e")) {
            assertThat(shown(port, name)).as(name).contains("\"width\":64,");
        }
        for (String name : List.of("b", "c", "d")) {
            assertThat(shown(port, name)).as(name).contains("\"width\":128,");
        }
    }

    private String shown(int port, String feed) throws Exception {
        toClose.add(Witness.of(port, "/feeds/" + feed + ".mjpg"));
        await().until(() -> status(port, feed).contains("\"state\":\"live\""));
        return status(port, feed);
    }

    @Test
    void theyAreListedWithWhatTheyOfferOrWhyNot() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG, "format MJPG 1280x720 30,15", "format YUYV 64x48 30,15");
        cameras.plug(1, "name HD Webcam");
        cameras.plug(2, "name Secret", "forbidden");
        cameras.link("usb-ACME_HD_Webcam-video-index0", 0);
        Program program = start("cameras");

        assertThat(program.out())
                .startsWith("""
                        HD Webcam
                          flipbook /dev/video0
                          id /dev/v4l/by-id/usb-ACME_HD_Webcam-video-index0
                          MJPEG 64x48, 1280x720 (30, 15 fps)
                          YUYV 64x48 (30, 15 fps)
                        """)
                .doesNotContain("/dev/video1")
                .contains("permission denied for /dev/video2: add yourself to the group video");
        assertThat(program.exitCode()).isZero();
    }

    @Test
    void aSizeThatItDoesNotOfferIsRefusedWithThoseItDoes() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG, "format MJPG 1280x720 30,15");
        Program program = start("webcam", "--size", "1000x1000");

        assertThat(program.exitCode()).isEqualTo(2);
        assertThat(program.err())
                .isEqualTo("flipbook: 1000x1000 is not offered by the camera HD Webcam,"
                        + " which offers MJPEG 64x48, 1280x720 (30, 15 fps)\n");
    }

    @Test
    void theSizeAndRateThatAreWishedForAreTaken() throws Exception {
        cameras.plug(0, WEBCAM, "format YUYV 64x48 30", "format YUYV 640x480 30,10");
        int port = start("webcam", "--size", "640x480", "--fps", "10").port();

        toClose.add(Witness.of(port, "/video_feed"));
        await().until(() -> figure(status(port), "frames") > 15);

        assertThat(status(port)).contains("\"width\":640,").containsPattern("\"fps\":([0-9]|1[0-4])(\\.\\d+)?,");
    }

    @Test
    void formatAndControlsThatAreWishedForAreSetAndTheStatusListsThem() throws Exception {
        cameras.plug(
                0,
                WEBCAM,
                MJPEG,
                "format YUYV 320x240 30",
                "control 980900 1 -64 64 1 0 Brightness",
                "control 9a0901 3 0 3 1 3 Auto Exposure",
                "control 9a0902 1 3 2047 1 250 Exposure Time, Absolute");
        Program program = Program.startOwn(OwnCameraProgram.class, cameras.environment());
        toClose.add(program);
        int port = program.port();

        viewer(port).next();

        assertThat(status(port))
                .contains("\"width\":320,\"height\":240")
                .contains("{\"name\":\"brightness\",\"kind\":\"integer\",\"least\":-64,\"most\":64,\"step\":1,"
                        + "\"usual\":0,\"value\":0,\"choices\":[]}")
                .contains("{\"name\":\"auto_exposure\",\"kind\":\"menu\",\"least\":0,\"most\":3,\"step\":1,\"usual\":3,"
                        + "\"value\":1,\"choices\":[\"choice 0\",\"choice 1\",\"\",\"choice 3\"]}")
                .contains("\"name\":\"exposure_time_absolute\"")
                .contains("\"value\":500");
    }

    @Test
    void aCameraInUseSaysSoUntilItIsFree() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG, "busy");
        cameras.give(List.of(NumberedPicture.of(1)));
        int port = start("webcam").port();
        Witness viewer = Witness.of(port, "/video_feed");
        toClose.add(viewer);

        await().until(() -> status(port).contains("\"state\":\"offline\""));
        assertThat(status(port)).contains("\"reason\":\"the camera HD Webcam is in use by another program\"");
        cameras.plug(0, WEBCAM, MJPEG);

        viewer.awaits(1);
        assertThat(status(port)).contains("\"state\":\"live\"");
    }

    // closing

    @ParameterizedTest
    @ValueSource(strings = {"", "hung"}) // that nobody watches a picture which never comes is known by the next write
    void whenNobodyWatchesNothingOfItStays(String fault) throws Exception {
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(NumberedPicture.of(1)));
        Program program = Program.startOwn(HastyCameraProgram.class, cameras.environment());
        toClose.add(program);
        int port = program.port();
        RawConnection connection = RawConnection.to(port);
        PartReader.of(connection, "/video_feed").next();
        assertThat(held(program)).hasSizeGreaterThan(2);

        cameras.fault(fault);
        connection.close();

        await().until(() ->
                status(port).contains("\"state\":\"idle\"") && held(program).isEmpty());
    }

    @Test
    void theProgramEndsAtOnceAlthoughTheCameraHangs() throws Exception {
        cameras.plug(0, WEBCAM, MJPEG);
        cameras.give(List.of(NumberedPicture.of(1)));
        Program program = start("webcam");
        viewer(program.port()).next();
        cameras.fault("hung");
        long asked = System.nanoTime();

        program.signal("TERM");

        assertThat(program.exitCode()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));
    }

    /** What the process holds of the camera: its thread, its memory, its descriptors. */
    private static List<String> held(Program program) throws IOException {
        Path process = Path.of("/proc", Long.toString(program.pid()));
        List<String> held = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(process.resolve("task"));
                Stream<Path> descriptors = Files.list(process.resolve("fd"));
                Stream<String> maps = Files.lines(process.resolve("maps"))) {
            tasks.map(task -> firstLine(task.resolve("comm")))
                    .filter(name -> name.startsWith("flipbook-source"))
                    .forEach(held::add);
            descriptors
                    .map(CameraIT::target)
                    .filter(target -> target.matches(".*(timerfd|memfd:camera).*"))
                    .forEach(held::add);
            maps.filter(line -> line.contains("memfd:camera")).forEach(held::add);
        }
        return held;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    // what the tests have in common

    private Program start(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("cameras")) {
            all.addAll(List.of("-p", "0"));
        }
        Program program = Program.start(cameras.environment(), all.toArray(String[]::new));
        toClose.add(program);
        return program;
    }

    /** A viewer that comes when the camera is live, and therefore sees no placeholder. */
    private PartReader viewer(int port) throws IOException {
        RawConnection first = RawConnection.to(port).ask("GET", "/video_feed");
        toClose.add(first);
        await().until(() -> status(port).contains("\"state\":\"live\""));
        RawConnection connection = RawConnection.to(port);
        toClose.add(connection);
        return PartReader.of(connection, "/video_feed");
    }

    /** The status of the one feed. */
    private static String status(int port) throws IOException {
        return get(port, "/api/feeds");
    }

    private static String status(int port, String feed) throws IOException {
        return get(port, "/api/feeds/" + feed);
    }

    private static String get(int port, String target) throws IOException {
        try (RawConnection connection = RawConnection.to(port)) {
            ResponseHead head = connection.ask("GET", target).head();
            assertThat(head.status()).isEqualTo(200);
            return new String(connection.read(Integer.parseInt(head.header("Content-Length"))), StandardCharsets.UTF_8);
        }
    }

    private static long figure(String status, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":(\\d+)").matcher(status);
        assertThat(figure.find()).as(status).isTrue();
        return Long.parseLong(figure.group(1));
    }

    /** A JPEG that consists mostly of image data, with a small header. */
    private static byte[] noise() throws IOException {
        BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 64, 48, new Random(7).ints(64 * 48).toArray(), 0, 64);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", out);
        return out.toByteArray();
    }

    private static BufferedImage image(byte[] jpeg) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(jpeg));
    }

    private static List<Integer> pixels(byte[] jpeg) throws IOException {
        BufferedImage image = image(jpeg);
        int width = image.getWidth();
        return Arrays.stream(image.getRGB(0, 0, width, image.getHeight(), null, 0, width))
                .boxed()
                .toList();
    }

    /** The picture without Huffman tables, as many cameras send it. */
    private static byte[] withoutHuffmanTables(byte[] jpeg) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != 0xDA) {
            int length = 2 + (jpeg[at + 2] & 0xFF) * 256 + (jpeg[at + 3] & 0xFF);
            if ((jpeg[at + 1] & 0xFF) != 0xC4) {
                out.write(jpeg, at, length);
            }
            at += length;
        }
        out.write(jpeg, at, jpeg.length - at);
        return out.toByteArray();
    }
}
