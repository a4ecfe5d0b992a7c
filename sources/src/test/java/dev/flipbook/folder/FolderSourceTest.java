package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class FolderSourceTest {

    @TempDir
    Path temporary;

    private final EventfulTicker ticker = new EventfulTicker();

    private FolderSource source(Ticker clock, Supplier<PictureChoice> choices) {
        PictureFolder folder = new PicturesOnDisk(temporary).all(clock);
        return new FolderSource(folder, PicturesOnDisk.stills(clock), choices, clock);
    }

    private FolderSource newest() {
        PictureFolder folder = new PicturesOnDisk(temporary).all(ticker);
        return new FolderSource(
                folder,
                PicturesOnDisk.stills(ticker),
                () -> new NewestPicture(
                        folder, FolderWatch.silent(ticker), PicturesOnDisk.options(0, true, Duration.ZERO), ticker),
                ticker);
    }

    @Test
    void withNothingToShowItSaysSoAtOnceAndLaterWaitsForAPicture() throws Exception {
        FolderSource source = newest();
        assertThatIOException().isThrownBy(source::next).withMessage("no picture in pictures/ yet");
        assertThat(ticker.millis()).isZero();
        source.close(); // as a retry does
        assertThatIOException().isThrownBy(source::next).withMessage("no picture in pictures/ yet");
        assertThat(ticker.millis()).isBetween(20_000L, 20_500L);

        ticker.at(25_000, () -> new PicturesOnDisk(temporary).write("a.jpg", 1));
        assertThat(PicturesOnDisk.number(source.next())).isEqualTo(1);
        assertThat(ticker.millis()).isBetween(25_000L, 25_300L);
        source.close();
    }

    @Test
    void whatGoesWrongLaterIsSaidAtOnceAgain() throws Exception {
        Path file = new PicturesOnDisk(temporary).write("a.jpg", 1);
        try (FolderSource source = newest()) {
            source.next();
            Files.delete(file);
            assertThatIOException().isThrownBy(source::next).withMessage("no picture in pictures/ any more");
            assertThat(ticker.millis()).isEqualTo(4000);
        }
    }

    @Test
    void anotherReasonIsSaidAtOnce() throws Exception {
        try (FolderSource source = newest()) {
            assertThatIOException().isThrownBy(source::next).withMessage("no picture in pictures/ yet");
            ticker.at(3_000, () -> Files.write(temporary.resolve("a.jpg"), new byte[5]));
            assertThatIOException()
                    .isThrownBy(source::next)
                    .withMessageStartingWith("no picture in pictures/ can be shown");
            assertThat(ticker.millis()).isBetween(3_000L, 3_500L);
        }
    }

    @Test
    void damageIsCountedAlsoWhereNothingCanBeShown() throws Exception {
        Files.write(temporary.resolve("a.jpg"), new byte[5]);
        try (FolderSource source = newest()) {
            assertThatIOException()
                    .isThrownBy(source::next)
                    .withMessageStartingWith("no picture in pictures/ can be shown");
            assertThat(source.damaged()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeOrAnInterruptEndsTheWaitingAndItCanBeOpenedAgain(boolean byClose) throws Exception {
        FakeTicker still = new FakeTicker();
        AtomicInteger open = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        FolderSource source = source(still, () -> {
            open.incrementAndGet();
            return new PictureChoice() {
                @Override
                public Frame next() throws InterruptedException {
                    still.sleepUntil(still.nanos() + 1_000_000_000);
                    return Frame.ofJpeg(Pictures.numbered(1, 0));
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        });
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread reading = new Thread(() -> {
            try {
                source.next();
            } catch (IOException | InterruptedException e) {
                thrown.complete(e);
            }
        });
        reading.start();
        Awaitility.await().until(() -> still.sleepers() == 1);
        if (byClose) {
            source.close();
        } else {
            reading.interrupt();
        }
        assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        reading.join();
        assertThat(closed).hasValue(byClose ? 1 : 0);
        source.close();
        assertThat(closed).hasValue(1);

        CompletableFuture<Frame> later = CompletableFuture.supplyAsync(() -> {
            try {
                return source.next();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Awaitility.await().until(() -> still.sleepers() == 1);
        still.advance(Duration.ofSeconds(1));
        assertThat(later.get(60, TimeUnit.SECONDS).width()).isEqualTo(16);
        assertThat(open).hasValue(2);
        source.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRealOneEndsWhenItIsClosedAndLeavesNoThread(boolean follow) throws Exception {
        new PicturesOnDisk(temporary).write("a.jpg", 1);
        SourceOptions options = PicturesOnDisk.options(0, follow, follow ? Duration.ZERO : Duration.ofMinutes(1));
        FrameSource source = FrameSource.open(temporary.toString(), options);
        source.next();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread reading = new Thread(() -> {
            try {
                while (true) {
                    source.next();
                }
            } catch (IOException | InterruptedException e) {
                thrown.complete(e);
            }
        });
        reading.start();
        Awaitility.await().until(() -> reading.getState() == Thread.State.TIMED_WAITING);
        source.close();

        assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        Awaitility.await()
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().values())
                        .noneMatch(stack -> Arrays.stream(stack)
                                .anyMatch(at -> at.getClassName().contains("WatchService"))));
    }

    @Test
    void closingWhatWaitsForAPictureEndsTooAndNextSaysWhatIsWrongAgain() throws Exception {
        FakeTicker still = new FakeTicker();
        FolderSource source = source(still, () -> () -> {
            throw new IOException("there is nothing");
        });
        assertThatIOException().isThrownBy(source::next);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread reading = new Thread(() -> {
            try {
                source.next();
            } catch (IOException | InterruptedException e) {
                thrown.complete(e);
            }
        });
        reading.start();
        Awaitility.await().until(() -> still.sleepers() == 1);
        source.close();

        assertThat(thrown.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThatIOException().isThrownBy(source::next).withMessage("there is nothing");
        source.close();
    }

    @Test
    void jpegsPassByteForByteWithTheirTurnAsTheirOrientation() throws Exception {
        byte[] jpeg = Pictures.jpeg(40, 24);
        Files.write(temporary.resolve("a.jpg"), jpeg);
        SourceOptions turned = new SourceOptions(0, 0, 0, 80, 270, true, false, Duration.ZERO, "", Map.of());
        try (FrameSource plain = FrameSource.open(temporary.toString());
                FrameSource asked = FrameSource.open(temporary.toString(), turned)) {
            assertThat(plain.next().bytes()).isEqualTo(jpeg);
            assertThat(asked.next().bytes())
                    .isEqualTo(Frame.ofJpeg(jpeg).turned(270, true).bytes());
            assertThat(plain.encoding()).isEqualTo(Encoding.NONE);
            assertThat(asked.encoding()).isEqualTo(Encoding.NONE);
        }
    }

    @Test
    void otherKindsAreEncodedAndTheStatusSaysSo() throws Exception {
        ImageIO.write(
                Pictures.noise(32, 16, BufferedImage.TYPE_INT_RGB),
                "png",
                temporary.resolve("a.png").toFile());
        try (FrameSource source = FrameSource.open(temporary.toString())) {
            assertThat(source.next().width()).isEqualTo(32);
            assertThat(source.encoding().frames()).isEqualTo(1);
        }
    }

    @Test
    void aReplacedFolderIsShownAgainWithoutAnotherFirstTry() throws Exception {
        Path inner = Files.createDirectory(temporary.resolve("inner"));
        new PicturesOnDisk(inner).write("a.jpg", 1);
        FrameSource source = FrameSource.open(inner.toString(), PicturesOnDisk.options(0, true, Duration.ZERO));
        assertThat(PicturesOnDisk.number(source.next())).isEqualTo(1);
        Files.move(inner, temporary.resolve("before"));
        assertThatIOException().isThrownBy(source::next).withMessage("inner/ cannot be read: it is not there");
        source.close();
        Files.createDirectory(inner);
        new PicturesOnDisk(inner).write("a.jpg", 2);

        assertThat(PicturesOnDisk.number(source.next())).isEqualTo(2);
        source.close();
    }

    @Test
    void itsDescriptionTellsNoPath() throws Exception {
        Path inner = Files.createDirectory(temporary.resolve("inner"));
        new PicturesOnDisk(inner).write("a.jpg", 1);

        assertThat(FrameSource.open(inner.toString()).description()).isEqualTo("inner/");
        assertThat(FrameSource.open(inner + "/").description()).isEqualTo("inner/");
        assertThat(FrameSource.open(inner + "/*.jpg").description()).isEqualTo("inner/*.jpg");
        assertThat(FrameSource.open(inner + "/a.jpg").description()).isEqualTo("a.jpg");
    }

    @Test
    void anInterruptBeforeItWaitsIsHeard() {
        Thread.currentThread().interrupt();
        try (FolderSource source = newest()) {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(source::next);
        }
        assertThat(Thread.interrupted()).isFalse();
    }
}
