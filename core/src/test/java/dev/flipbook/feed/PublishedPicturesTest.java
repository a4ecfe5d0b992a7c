package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.mjpeg.Framing;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How pictures are handled that a program publishes in a form other than JPEG. */
@Timeout(180)
class PublishedPicturesTest {

    private final Stage stage = Stage.forProgram();
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void nothingIsEncodedOnTheThreadOfThePublisher() {
        FakeSink viewer = stage.quickViewer();
        stage.hold();

        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));
        assertThat(viewer.pictures(feed)).isEmpty();

        stage.letGo();
        assertThat(viewer.pictures(feed)).hasSize(1);
    }

    @Test
    void onlyTheNewestIsEncodedWhenSeveralCameMeanwhile() {
        FakeSink viewer = stage.quickViewer();
        stage.hold();

        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));
        feed.publish(image(Color.GREEN, BufferedImage.TYPE_INT_RGB));
        feed.publish(image(Color.BLUE, BufferedImage.TYPE_INT_RGB));
        stage.letGo();

        assertThat(viewer.pictures(feed)).hasSize(1);
        assertShows(viewer, Color.BLUE);
        assertThat(feed.status().captured()).isEqualTo(3);
        assertThat(feed.status().encoding().frames()).isEqualTo(1);
    }

    @Test
    void fiftyViewersSeeOneEncoding() {
        for (int i = 0; i < 50; i++) {
            stage.quickViewer();
        }
        for (int i = 0; i < 10; i++) {
            feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));
        }

        assertThat(feed.status().encoding().frames()).isEqualTo(10);
        assertThat(feed.status().delivered()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void anImageMayBeDrawnInAgainWhileAnEarlierPictureOfItIsEncoded(int type) {
        FakeSink viewer = stage.quickViewer();
        stage.hold();
        BufferedImage image = image(Color.RED, type);

        feed.publish(image);
        fill(image, Color.BLUE);
        stage.letGo();

        assertShows(viewer, Color.RED);
    }

    @Test
    void aPartOfALargerImageIsShownAlone() {
        FakeSink viewer = stage.quickViewer();
        BufferedImage image = image(Color.RED, BufferedImage.TYPE_3BYTE_BGR);
        BufferedImage part = image.getSubimage(8, 8, 16, 16);
        fill(part, Color.GREEN);

        feed.publish(part);

        assertThat(feed.status().width()).isEqualTo(16);
        assertShows(viewer, Color.GREEN);
    }

    @Test
    void memoryOfPixelsMayBeUsedAgainAlsoWhenNobodyWatches() {
        byte[] pixels = new byte[32 * 32 * 3];
        Arrays.fill(pixels, (byte) 0xFF);

        feed.publish(RawImage.of(PixelFormat.BGR24, 32, 32, ByteBuffer.wrap(pixels)));
        Arrays.fill(pixels, (byte) 0);

        assertShows(stage.quickViewer(), Color.WHITE);
    }

    @Test
    void pixelsOfEveryFormatAndEverySizeFollowEachOther() {
        FakeSink viewer = stage.quickViewer();
        for (PixelFormat format : PixelFormat.values()) {
            for (int size : new int[] {48, 17, 33}) {
                ByteBuffer pixels = ByteBuffer.allocateDirect(format.bytes(size, size));
                while (pixels.hasRemaining()) {
                    pixels.put((byte) 128);
                }
                feed.publish(RawImage.of(format, size, size, pixels.flip()));
                assertThat(feed.status().width()).as("%s %s", format, size).isEqualTo(size);
                assertShows(viewer, Color.GRAY);
            }
        }
    }

    @Test
    void pictureFilesBecomeJpegs() throws Exception {
        FakeSink viewer = stage.quickViewer();

        feed.publish(png(Color.GREEN));

        assertShows(viewer, Color.GREEN);
        assertThat(feed.status().encoding().frames()).isEqualTo(1);
    }

    @Test
    void aFileMayBeUsedAgainOnceItIsPublished() throws Exception {
        FakeSink viewer = stage.quickViewer();
        stage.hold();
        byte[] file = png(Color.GREEN);

        feed.publish(ByteBuffer.wrap(file));
        Arrays.fill(file, (byte) 0);
        stage.letGo();

        assertShows(viewer, Color.GREEN);
    }

    @Test
    void whatIsNoPictureIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed.publish("<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .withMessage("not a picture: the first of its 6 bytes match none of JPEG, PNG, WebP, GIF, BMP,"
                        + " TIFF, AVIF, JPEG 2000, QOI");
        assertThatIllegalArgumentException().isThrownBy(() -> feed.publish(new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed.publish(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xD9}))
                .withMessageStartingWith("not a JPEG that can be shown");
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
    }

    @Test
    void aDamagedFileIsToldToTheViewersUntilAGoodOneComes() throws Exception {
        FakeSink viewer = stage.quickViewer();
        feed.publish(png(Color.GREEN));
        byte[] damaged = Arrays.copyOf(png(Color.RED), 60);

        feed.publish(damaged);

        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(feed.status().reason()).isNotBlank();
        int before = viewer.pictures(feed).size();
        stage.pass(Duration.ofMillis(1100));
        assertThat(viewer.pictures(feed).size()).as("placeholders").isGreaterThan(before);
        feed.publish(png(Color.BLUE));
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertShows(viewer, Color.BLUE);
    }

    @Test
    void aSupplierIsAskedOnlyWhenSomebodyWatches() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<BufferedImage> drawing = () -> {
            asked.incrementAndGet();
            return image(Color.RED, BufferedImage.TYPE_INT_RGB);
        };
        for (int i = 0; i < 100; i++) {
            feed.publish(drawing);
        }
        assertThat(asked).hasValue(0);

        FakeSink viewer = stage.quickViewer();
        assertThat(asked).hasValue(1);
        assertShows(viewer, Color.RED);
        feed.publish(drawing);
        assertThat(asked).hasValue(2);
    }

    @Test
    void whatASupplierThrowsIsToldToTheViewers() {
        stage.quickViewer();

        feed.publish(() -> {
            throw new IllegalStateException("the detector has no model");
        });

        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(feed.status().reason()).isEqualTo("the detector has no model");
        assertThat(feed.status().captured()).isEqualTo(1);
        stage.publish(3);
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        feed.publish(() -> null);
        assertThat(feed.status().reason()).isEqualTo("the program drew nothing: its supplier gave null");
    }

    @Test
    void whateverASupplierThrowsTheNextPictureIsShown() {
        FakeSink viewer = stage.quickViewer();

        feed.publish((Supplier<BufferedImage>) () -> {
            throw new AssertionError("the sky is green");
        });

        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        assertThat(feed.status().reason()).contains("the sky is green");
        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertShows(viewer, Color.RED);
    }

    @Test
    void aPictureThatFoundNoThreadIsShownWithTheNextTick() {
        FakeSink viewer = stage.quickViewer();
        stage.refuseNext(() -> {});

        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));

        assertThat(viewer.pictures(feed)).isEmpty();
        stage.pass(Duration.ofMillis(100));
        assertThat(viewer.pictures(feed)).hasSize(1);
        assertShows(viewer, Color.RED);
    }

    @Test
    void aPictureOfAPublisherThatFoundNoThreadIsShownWithTheNextTick() {
        try (Stage open = Stage.forPublishers()) {
            FakeSink viewer = open.quickViewer();
            Publisher publisher = open.feed.publisher("program", false, () -> {});
            open.refuseNext(() -> {});

            assertThat(publisher.publish(RawImage.of(PixelFormat.RGB24, 16, 16, ByteBuffer.allocate(16 * 16 * 3))))
                    .isTrue();

            assertThat(viewer.pictures(open.feed)).isEmpty();
            open.pass(Duration.ofMillis(100));
            assertThat(viewer.pictures(open.feed)).hasSize(1);
        }
    }

    @Test
    void whatOneThreadHasEncodedOrDrawnHoldsUpNoOther() throws InterruptedException {
        FakeSink viewer = stage.quickViewer();
        stage.pass(Duration.ofMillis(1100));
        assertThat(viewer.pictures(feed)).as("a placeholder").hasSize(1);

        publishOnAnotherThread(Color.RED);
        assertShows(viewer, Color.RED);
        publishOnAnotherThread(Color.BLUE);
        assertShows(viewer, Color.BLUE);
    }

    private void publishOnAnotherThread(Color color) throws InterruptedException {
        Thread other = new Thread(() -> feed.publish(image(color, BufferedImage.TYPE_INT_RGB)));
        other.setDaemon(true);
        other.start();
        other.join(Duration.ofSeconds(30).toMillis());
        assertThat(other.isAlive()).isFalse();
    }

    @Test
    void aSnapshotAfterAFailureWaitsForThePictureThatIsBeingEncoded() {
        FakeSink viewer = stage.quickViewer();
        feed.publish((Supplier<BufferedImage>) () -> {
            throw new IllegalStateException("no model");
        });
        assertThat(feed.status().state()).isEqualTo(State.OFFLINE);
        stage.beBusy();
        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));

        CompletableFuture<Frame> snapshot = feed.snapshot();
        stage.pass(Duration.ofMillis(300));
        assertThat(snapshot).isNotDone();
        stage.encodeNext();

        assertThat(snapshot).isCompleted();
        assertShows(viewer, Color.RED);
    }

    @Test
    void anImageThatIsTooLargeIsRefusedAtOnceWhetherOrNotSomebodyWatches() {
        BufferedImage wide = new BufferedImage(8193, 1, BufferedImage.TYPE_BYTE_GRAY);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed.publish(wide))
                .withMessageContaining("8193x1");
        stage.quickViewer();
        assertThatIllegalArgumentException().isThrownBy(() -> feed.publish(wide));
        assertThat(feed.status().captured()).isZero();
    }

    @Test
    void anOlderPictureNeverComesBehindANewerOne() {
        FakeSink viewer = stage.quickViewer();

        feed.publish(() -> {
            stage.publish(7); // while this one is being drawn
            return image(Color.RED, BufferedImage.TYPE_INT_RGB);
        });

        assertThat(viewer.numbers(feed)).containsExactly(7L);
        assertThat(feed.status().captured()).isEqualTo(2);
    }

    @Test
    void snapshotOfAPictureThatWaitsIsThatPicture() throws Exception {
        feed.publish(image(Color.RED, BufferedImage.TYPE_INT_RGB));

        CompletableFuture<Frame> snapshot = feed.snapshot();

        assertThat(snapshot).isCompleted();
        assertShows(snapshot.get().bytes(), Color.RED);
    }

    @Test
    void aPictureIsAsOldAsItsPublishingAlsoWhenItIsEncodedLater() throws Exception {
        feed.publish(RawImage.of(PixelFormat.GREY8, 32, 32, new byte[1024]));
        stage.pass(Duration.ofSeconds(7));

        assertThat(feed.status().age()).contains(Duration.ofSeconds(7));
        assertThat(feed.age(feed.snapshot().get())).isEqualTo(Duration.ofSeconds(7));
        assertThat(feed.status().age()).contains(Duration.ofSeconds(7));
        feed.publish(png(Color.RED));
        stage.pass(Duration.ofSeconds(2));
        CompletableFuture<Frame> young =
                feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(100));
        stage.pass(Duration.ofMillis(200));
        assertThat(young).as("none is as young as that").isCompletedExceptionally();
    }

    @Test
    void aSuppliersPictureIsOfTheTimeAtWhichItWasAsked() throws Exception {
        feed.publish(() -> image(Color.RED, BufferedImage.TYPE_INT_RGB));
        stage.pass(Duration.ofSeconds(7));

        assertThat(feed.age(feed.snapshot().get())).isZero();
    }

    @Test
    void snapshotOfAPictureThatFailsSaysWhy() {
        feed.publish(() -> {
            throw new IllegalStateException("the detector has no model");
        });

        assertThat(feed.snapshot())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IOException.class)
                .withMessage("the detector has no model");
    }

    @Test
    void closingDoesNotWaitForAProgramThatDraws() throws Exception {
        CountDownLatch drawing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT, Ticker.system())) {
            Feed slow = feeds.feed("slow");
            slow.watch(FakeSink.quick(), Framing.STRICT);
            slow.publish(() -> {
                drawing.countDown();
                awaitQuietly(go);
                return image(Color.RED, BufferedImage.TYPE_INT_RGB);
            });
            assertThat(drawing.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
            feeds.remove("slow"); // or the test would never end: the program draws until this has returned
        } finally {
            go.countDown();
        }
    }

    @Test
    void aBusyProgramShowsItsLastPictureWhicheverThreadPublishes() throws Exception {
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT, Ticker.system())) {
            Feed busy = feeds.feed("busy");
            busy.watch(FakeSink.quick(), Framing.STRICT);
            Thread[] programs = new Thread[4];
            for (int i = 0; i < programs.length; i++) {
                programs[i] = new Thread(() -> {
                    for (int n = 0; n < 200; n++) {
                        busy.publish(image(Color.GREEN, BufferedImage.TYPE_3BYTE_BGR));
                    }
                });
                programs[i].start();
            }
            for (Thread program : programs) {
                program.join();
            }
            busy.publish(new BufferedImage(99, 32, BufferedImage.TYPE_INT_RGB));

            await().until(() -> busy.status().width() == 99);
            assertThat(busy.status().captured()).isEqualTo(801);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void assertShows(FakeSink viewer, Color expected) {
        var pictures = viewer.pictures(feed);
        assertShows(pictures.get(pictures.size() - 1), expected);
    }

    private static void assertShows(byte[] jpeg, Color expected) {
        BufferedImage image = Pictures.decode(jpeg);
        Color shown = new Color(image.getRGB(image.getWidth() / 2, image.getHeight() / 2));
        assertThat(shown.getRed()).isCloseTo(expected.getRed(), within(5));
        assertThat(shown.getGreen()).isCloseTo(expected.getGreen(), within(5));
        assertThat(shown.getBlue()).isCloseTo(expected.getBlue(), within(5));
    }

    private static BufferedImage image(Color color, int type) {
        BufferedImage image = new BufferedImage(32, 32, type);
        fill(image, color);
        return image;
    }

    private static void fill(BufferedImage image, Color color) {
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.dispose();
    }

    private static byte[] png(Color color) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(image(color, BufferedImage.TYPE_INT_RGB), "png", file);
        return file.toByteArray();
    }
}
