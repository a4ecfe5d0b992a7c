package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.FakeTicker;
import dev.flipbook.ffmpeg.MediaSource;
import dev.flipbook.ffmpeg.NativeMemory;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.ffmpeg.PixelEncoder;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.TurboJpegLibrary;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class VideoFileTest {

    @TempDir
    static Path folder;

    private static Clips clips;
    private final FakeTicker ticker = new FakeTicker();

    @BeforeAll
    static void prepare() {
        clips = new Clips(folder);
    }

    private VideoFile file(Path path, SourceOptions options) {
        return new VideoFile(path, options, ticker, PictureEncoder.Kind::best);
    }

    private VideoFile file(Path path) {
        return file(path, SourceOptions.DEFAULT);
    }

    private static Path h264() {
        Path known = folder.resolve("h264.mp4");
        return Files.exists(known) ? known : clips.make("h264.mp4", "25", 1, "-pix_fmt", "yuv420p");
    }

    @ParameterizedTest
    @CsvSource({
        "12.5, mp4, libx264, yuv420p",
        "2983/100, mp4, libx264, yuv420p",
        "10, mp4, libx264, yuv420p",
        "10, mkv, libx264, yuvj420p",
        "30000/1001, webm, libvpx, yuv420p",
        "25, avi, mjpeg, yuvj422p",
        "25, ts, mpeg2video, yuv420p",
        "60, mkv, libx264, yuv420p"
    })
    void filePlaysAtItsOwnRateOverItsLoops(String rate, String kind, String codec, String format) throws Exception {
        Path clip = clips.make("pace." + kind, rate, 1.5, "-c:v", codec, "-pix_fmt", format);
        int pictures = pictures(clip);
        try (VideoFile file = file(clip)) {
            List<Long> due = new ArrayList<>();
            for (int i = 0; i <= 3 * pictures; i++) {
                Frame frame = file.next();
                due.add(frame.capturedNanos());
                assertThat(ticker.nanos()).isEqualTo(frame.capturedNanos());
            }
            double fps = 3.0 * pictures * 1e9 / (due.getLast() - due.getFirst());
            String[] fraction = rate.split("/", -1);
            double own = Double.parseDouble(fraction[0]) / (fraction.length == 1 ? 1 : Double.parseDouble(fraction[1]));
            assertThat(fps).isCloseTo(own, within(0.02 * own));
            long most = 0;
            for (int i = 1; i < due.size(); i++) {
                most = Math.max(most, due.get(i) - due.get(i - 1));
            }
            assertThat(most).as("longest wait, in ns").isLessThan(Math.round(1.6e9 / own));
        }
    }

    private static int pictures(Path clip) throws IOException {
        String[] command = {
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-count_packets",
            "-show_entries",
            "stream=nb_read_packets",
            "-of",
            "default=nk=1:nw=1",
            clip.toString()
        };
        byte[] out = new ProcessBuilder(command).start().getInputStream().readAllBytes();
        return Integer.parseInt(
                new String(out, StandardCharsets.UTF_8).lines().findFirst().orElseThrow());
    }

    @Test
    void variableRateKeepsItsTimestamps() throws Exception {
        Path clip = clips.make(
                "variable.mkv", "25", 2, "-vf", "select=eq(n\\,0)+eq(n\\,5)+eq(n\\,7)+gt(n\\,20)", "-vsync", "vfr");
        try (VideoFile file = file(clip)) {
            long start = file.next().capturedNanos();
            long[] after = new long[4];
            for (int i = 0; i < after.length; i++) {
                after[i] = (file.next().capturedNanos() - start) / 1_000_000;
            }
            assertThat(after).containsExactly(200, 280, 840, 880);
        }
    }

    @Test
    void longStillIsRepeatedAndKeepsItsDuration() throws Exception {
        Path clip = clips.make("still.mkv", "25", 8, "-vf", "select=eq(n\\,0)+gt(n\\,150)", "-vsync", "vfr");
        try (VideoFile file = file(clip)) {
            Frame first = file.next();
            long start = first.capturedNanos();
            byte[] picture = first.bytes();
            Frame repeated = file.next();
            assertThat(repeated.bytes()).isEqualTo(picture);
            assertThat(repeated.capturedNanos() - start).isEqualTo(1_000_000_000);
            Frame last = repeated;
            for (int i = 0; i < 5; i++) {
                last = file.next();
            }
            assertThat((last.capturedNanos() - start) / 1_000_000).isEqualTo(6040);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slides.mp4", "slides.mkv", "slides.mov", "slides.gif", "slides.apng", "slides.avi"})
    void picturesOfFiveMinutesAreShownForFiveMinutes(String name) throws Exception {
        Path clip = clips.made(name, List.of("-f", "lavfi", "-i", "testsrc2=s=64x48:r=1/300"), 900);
        try (VideoFile file = file(clip)) {
            long start = file.next().capturedNanos();
            List<Long> changes = new ArrayList<>();
            byte[] shown = {};
            for (long time = 0; time < 2000; ) { // more than two rounds of three pictures
                Frame frame = file.next();
                assertThat((frame.capturedNanos() - start) / 1_000_000_000 - time)
                        .isBetween(0L, 3L);
                time = (frame.capturedNanos() - start) / 1_000_000_000;
                if (!Arrays.equals(shown, frame.bytes())) {
                    shown = frame.bytes();
                    changes.add(time);
                }
            }
            assertThat(changes.subList(1, 7)).containsExactly(300L, 600L, 900L, 1200L, 1500L, 1800L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "limited.mp4, yuv420p, tv, smpte170m",
        "untold.mp4, yuv420p, tv, unknown",
        "full.mkv, yuvj420p, pc, smpte170m",
        "hd.mp4, yuv420p, tv, bt709",
        "hdfull.mp4, yuvj420p, pc, bt709",
        "422.mkv, yuv422p, tv, smpte170m",
        "444.mkv, yuv444p, tv, smpte170m",
        "444full.mkv, yuvj444p, pc, smpte170m",
        "10bit.mkv, yuv420p10le, tv, smpte170m",
        "10bit709.mkv, yuv422p10le, tv, bt709"
    })
    void coloursAreThoseOfFfmpegItself(String name, String format, String range, String matrix) throws Exception {
        String[] colours = {
            "-vf",
            "scale=out_color_matrix=" + (matrix.equals("bt709") ? "bt709" : "bt601") + ":out_range=" + range
                    + ",format=" + format,
            "-color_range",
            range,
            "-colorspace",
            matrix
        };
        Path clip = clips.make(name, "25", 0.4, colours);
        for (PictureEncoder.Kind kind : PictureEncoder.Kind.values()) {
            if (kind == PictureEncoder.Kind.TURBO_JPEG
                    && TurboJpegLibrary.find().isEmpty()) {
                System.err.println("SKIPPED: libturbojpeg is not installed; its colours are not compared");
                continue;
            }
            try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, ticker, kind::open)) {
                Frame frame = file.next();
                for (int i = 0; i < 4; i++) {
                    frame = file.next();
                }
                assertThat(Clips.psnr(frame, clips.decoded(clip, 4)))
                        .as(kind + " in dB")
                        .isGreaterThan(34);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gray.mkv, ffv1, gray", "rgb.mkv, ffv1, bgr0", "rgb.avi, rawvideo, bgr24"})
    void picturesThatAreNotYuvKeepTheirColours(String name, String codec, String format) throws Exception {
        Path clip = clips.make(name, "25", 0.4, "-c:v", codec, "-pix_fmt", format);
        try (VideoFile file = file(clip)) {
            assertThat(Clips.psnr(file.next(), clips.decoded(clip, 0))).isGreaterThan(34);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 99, 200})
    void everyMatrixThatAFileClaimsIsShown(int matrix) throws Exception {
        Path claim = folder.resolve("matrix" + matrix + ".mkv");
        Clips.run(List.of(
                "-i",
                h264().toString(),
                "-c",
                "copy",
                "-bsf:v",
                "h264_metadata=matrix_coefficients=" + matrix,
                claim + ""));
        for (PictureEncoder.Kind kind : List.of(PictureEncoder.Kind.FFMPEG, PictureEncoder.Kind.IMAGE_IO)) {
            try (VideoFile file = new VideoFile(claim, SourceOptions.DEFAULT, ticker, kind::open)) {
                assertThat(file.next().width()).isEqualTo(640);
            }
        }
        try (VideoFile file = file(claim)) {
            assertThat(file.next().width()).isEqualTo(640);
        }
    }

    @Test
    void picturesWithAPaletteKeepTheirColours() throws Exception {
        String picture = "color=0xc04020:s=320x180:r=25:d=0.2,drawbox=0:0:160:90:0x2040c0:fill";
        String palette = "split[a][b];[a]palettegen[p];[b][p]paletteuse";
        Path clip = clips.made("palette.gif", List.of("-f", "lavfi", "-i", picture), 0.2, "-vf", palette);
        try (VideoFile file = file(clip)) {
            assertThat(Clips.psnr(file.next(), clips.decoded(clip, 0))).isGreaterThan(34);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyEncoderHasItsName(PictureEncoder.Kind kind) throws Exception {
        if (kind == PictureEncoder.Kind.TURBO_JPEG && TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
        try (VideoFile file = new VideoFile(h264(), SourceOptions.DEFAULT, ticker, kind::open)) {
            assertThat(file.encoding()).isEqualTo(Encoding.NONE);
            Frame frame = file.next();
            assertThat(frame.width()).isEqualTo(640);
            assertThat(frame.height()).isEqualTo(360);
            assertThat(file.encoding().encoder())
                    .isEqualTo(
                            switch (kind) {
                                case TURBO_JPEG -> "TurboJPEG";
                                case FFMPEG -> "FFmpeg";
                                case IMAGE_IO -> "ImageIO";
                            });
            assertThat(file.description()).isEqualTo("h264.mp4");
        }
    }

    @Test
    void encodedPicturesAndTheirTimeAreCountedOverLoopsAndCloses() throws Exception {
        Path clip = clips.make("five.mp4", "5", 1, "-pix_fmt", "yuv420p");
        MediaSource.Encoders slow = () -> new PixelEncoder(new SlowEncoder(ticker, Duration.ofMillis(4)));
        VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, ticker, slow);
        for (int i = 0; i < 7; i++) {
            file.next();
        }
        file.close();
        file.next();
        file.close();

        assertThat(file.encoding()).isEqualTo(new Encoding("slow", 8, 4_000_000));
    }

    private record SlowEncoder(FakeTicker ticker, Duration time) implements JpegEncoder {
        @Override
        public String name() {
            return "slow";
        }

        @Override
        public Jpeg encode(int[] pixels, int width, int height, int quality) {
            ticker.pass(time.toNanos());
            return JpegEncoder.imageIo().encode(pixels, width, height, quality);
        }
    }

    @Test
    void jpegsInTheFileArePassedOnUnchanged() throws Exception {
        Path clip = clips.make("jpegs.avi", "25", 0.2, "-c:v", "mjpeg", "-huffman", "default");
        Clips.run(List.of(
                "-i",
                clip.toString(),
                "-c",
                "copy",
                "-f",
                "image2",
                folder.resolve("packet%d.jpg").toString()));
        try (VideoFile file = file(clip)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(file.next().bytes()).isEqualTo(Files.readAllBytes(folder.resolve("packet" + i + ".jpg")));
            }
            assertThat(file.encoding()).isEqualTo(Encoding.NONE);
        }
        try (VideoFile file = file(clip, new SourceOptions(0, 320, 180, 0))) {
            assertThat(file.next().width()).isEqualTo(320);
        }
    }

    @ParameterizedTest
    @CsvSource({"90, 180, 320", "180, 320, 180", "270, 180, 320"})
    void rotationInTheFileIsApplied(int degrees, int width, int height) throws Exception {
        Path flat = clips.made(
                "flat.mp4",
                List.of("-f", "lavfi", "-i", "color=black:s=320x180:r=25,drawbox=0:0:160:90:white:fill"),
                0.2,
                "-pix_fmt",
                "yuv420p");
        Path turned = folder.resolve("turned.mp4");
        Clips.run(List.of(
                "-i", flat.toString(), "-c", "copy", "-metadata:s:v:0", "rotate=" + degrees, turned.toString()));
        try (VideoFile file = file(turned)) {
            BufferedImage image = Clips.image(file.next());
            assertThat(image.getWidth()).isEqualTo(width);
            assertThat(image.getHeight()).isEqualTo(height);
            byte[] own = clips.decoded(turned, 0); // the program turns it too
            boolean[] corners = {bright(image, 10, 10), bright(image, width - 10, 10), bright(image, 10, height - 10)};
            boolean[] expected = {
                bright(own, width, 10, 10), bright(own, width, width - 10, 10), bright(own, width, 10, height - 10)
            };
            assertThat(corners).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, true",
        "0, 90, false",
        "0, 90, true",
        "0, 180, false",
        "0, 270, true",
        "90, 90, false",
        "90, 180, true"
    })
    void requestedTurnIsAppliedAfterTheFilesOwn(int own, int rotate, boolean mirror) throws Exception {
        Path flat = clips.made(
                "flat.mp4",
                List.of("-f", "lavfi", "-i", "color=black:s=320x180:r=25,drawbox=0:0:160:90:white:fill"),
                0.2,
                "-pix_fmt",
                "yuv420p");
        Path turned = folder.resolve("own" + own + ".mp4");
        Clips.run(List.of("-i", flat.toString(), "-c", "copy", "-metadata:s:v:0", "rotate=" + own, turned.toString()));
        BufferedImage upright;
        try (VideoFile file = file(turned)) {
            upright = Clips.image(file.next());
        }
        try (VideoFile file = file(turned, turn(rotate, mirror))) {
            BufferedImage image = Clips.image(file.next());
            BufferedImage expected = turn(upright, rotate, mirror);
            assertThat(image.getWidth()).isEqualTo(expected.getWidth());
            for (int x : new int[] {10, image.getWidth() - 10}) {
                for (int y : new int[] {10, image.getHeight() - 10}) {
                    assertThat(bright(image, x, y)).as("%d, %d", x, y).isEqualTo(bright(expected, x, y));
                }
            }
        }
    }

    @Test
    void jpegsInTheFileAreTurnedByTheirOrientation() throws Exception {
        Path clip = clips.make("turns.avi", "25", 0.2, "-c:v", "mjpeg", "-huffman", "default");
        try (VideoFile plain = file(clip);
                VideoFile turned = file(clip, turn(90, true))) {
            assertThat(turned.next().bytes())
                    .isEqualTo(plain.next().turned(90, true).bytes());
            assertThat(turned.encoding()).isEqualTo(Encoding.NONE);
        }
    }

    private static SourceOptions turn(int rotate, boolean mirror) {
        return new SourceOptions(0, 0, 0, 80, rotate, mirror, false, Duration.ZERO, "", java.util.Map.of());
    }

    private static BufferedImage turn(BufferedImage image, int rotate, boolean mirror) {
        BufferedImage turned = image;
        if (mirror) {
            turned = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
                int x = i % image.getWidth();
                turned.setRGB(image.getWidth() - 1 - x, i / image.getWidth(), image.getRGB(x, i / image.getWidth()));
            }
        }
        return rotate == 0 ? turned : turn(quarter(turned), rotate - 90, false);
    }

    private static BufferedImage quarter(BufferedImage image) {
        BufferedImage turned = new BufferedImage(image.getHeight(), image.getWidth(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            int x = i % image.getWidth();
            int y = i / image.getWidth();
            turned.setRGB(image.getHeight() - 1 - y, x, image.getRGB(x, y));
        }
        return turned;
    }

    private static boolean bright(BufferedImage image, int x, int y) {
        return (image.getRGB(x, y) & 0xFF) > 128;
    }

    private static boolean bright(byte[] rgb, int width, int x, int y) {
        return (rgb[3 * (y * width + x)] & 0xFF) > 128;
    }

    @Test
    void nonSquarePixelsAreScaledToSquareOnes() throws Exception {
        Path clip = clips.make("wide.mp4", "25", 0.2, "-vf", "scale=360:288,setsar=16/15", "-pix_fmt", "yuv420p");
        try (VideoFile file = file(clip)) {
            Frame frame = file.next();
            assertThat(frame.width()).isEqualTo(384);
            assertThat(frame.height()).isEqualTo(288);
        }
    }

    @Test
    void requestedSizeAndRateAreFollowed() throws Exception {
        try (VideoFile file = file(h264(), new SourceOptions(5, 128, 96, 50))) {
            Frame first = file.next();
            assertThat(first.width()).isEqualTo(128);
            assertThat(first.height()).isEqualTo(96);
            long start = first.capturedNanos();
            for (int i = 1; i <= 10; i++) {
                assertThat(file.next().capturedNanos() - start).isEqualTo(i * 200_000_000L);
            }
        }
    }

    @Test
    void sizeMayChangeWithinAFile() throws Exception {
        Path small = clips.make("small.h264", "25", 0.4, "-pix_fmt", "yuv420p", "-s", "320x180");
        Path large = clips.make("large.h264", "25", 0.4, "-pix_fmt", "yuv420p");
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(Files.readAllBytes(small));
        both.write(Files.readAllBytes(large));
        Path clip = Files.write(folder.resolve("both.h264"), both.toByteArray());
        for (PictureEncoder.Kind kind : PictureEncoder.Kind.values()) {
            if (kind == PictureEncoder.Kind.TURBO_JPEG
                    && TurboJpegLibrary.find().isEmpty()) {
                continue;
            }
            try (VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, ticker, kind::open)) {
                Set<Integer> widths = new HashSet<>();
                for (int i = 0; i < 45; i++) {
                    widths.add(file.next().width());
                }
                assertThat(widths).containsExactlyInAnyOrder(320, 640);
            }
        }
    }

    @Test
    void truncatedFilePlaysAsFarAsItGoes() throws Exception {
        Path whole = clips.make("whole.mkv", "25", 2, "-pix_fmt", "yuv420p", "-g", "10");
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.mkv"), Arrays.copyOf(bytes, bytes.length / 2));
        try (VideoFile file = file(cut)) {
            long start = file.next().capturedNanos();
            long last = start;
            for (int i = 0; i < 120; i++) {
                long due = file.next().capturedNanos();
                assertThat(due - last).isBetween(1L, 90_000_000L);
                last = due;
            }
        }
    }

    @Test
    void latePlaybackSkipsPictures() throws Exception {
        try (VideoFile file = file(h264())) {
            long start = file.next().capturedNanos();
            ticker.pass(300_000_000);
            long next = file.next().capturedNanos();
            assertThat(next - start).isGreaterThanOrEqualTo(200_000_000);
            assertThat((next - start) % 40_000_000).isZero();
        }
    }

    @Test
    void frameOfAClosedFileThrowsInsteadOfReadingFreedMemory() throws Exception {
        VideoFile file = file(h264());
        Frame frame = file.next();
        file.close();
        file.close();
        assertThatThrownBy(frame::bytes).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void interruptEndsTheWait() throws Exception {
        Path slow = clips.make("slow.mkv", "1", 3, "-pix_fmt", "yuv420p");
        assertThat(endOf(slow, Thread::interrupt)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void closeFromAnotherThreadEndsTheWait() throws Exception {
        Path slow = clips.make("slow.mkv", "1", 3, "-pix_fmt", "yuv420p");
        AtomicReference<VideoFile> waiting = new AtomicReference<>();
        assertThat(endOf(slow, waiting, thread -> waiting.get().close())).isInstanceOf(InterruptedException.class);
    }

    private static Throwable endOf(Path clip, java.util.function.Consumer<Thread> end) throws Exception {
        return endOf(clip, new AtomicReference<>(), end);
    }

    /** The exception of a next() that waits on the real clock and is asked to end. */
    private static Throwable endOf(Path clip, AtomicReference<VideoFile> known, java.util.function.Consumer<Thread> end)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        VideoFile file = new VideoFile(clip, SourceOptions.DEFAULT, Ticker.system(), PictureEncoder.Kind::best);
        known.set(file);
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                file.next();
                begun.countDown();
                while (true) {
                    file.next();
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        begun.await();
        do { // an end that falls between two next() is not for the one that waits
            end.accept(thread);
        } while (!thread.join(Duration.ofMillis(100)));
        file.close();
        return thrown.get();
    }

    @Test
    void reopeningLeaksNeitherDescriptorsNorMemory() throws Throwable {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            Clips.skip("there is no /proc here to count descriptors in");
        }
        VideoFile file = file(h264(), new SourceOptions(0, 320, 180, 0));
        reopen(file, 20);
        int before = count(descriptors);
        long memory = NativeMemory.used();
        reopen(file, 100);
        await().untilAsserted(() -> assertThat(count(descriptors)).isLessThanOrEqualTo(before));
        assertThat(NativeMemory.used() - memory)
                .as("growth of native memory in bytes; the JVM compiles meanwhile")
                .isLessThan(64L << 20);
    }

    private static void reopen(VideoFile file, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            file.next();
            file.next();
            file.close();
        }
    }

    private static int count(Path descriptors) throws IOException {
        try (var all = Files.list(descriptors)) {
            return (int) all.count();
        }
    }
}
