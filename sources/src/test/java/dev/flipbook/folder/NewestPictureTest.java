package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.Frame;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class NewestPictureTest {

    @TempDir
    Path temporary;

    private final EventfulTicker ticker = new EventfulTicker();
    private PicturesOnDisk disk;
    private PictureFolder folder;

    @BeforeEach
    void make() {
        disk = new PicturesOnDisk(temporary);
        folder = disk.all(ticker);
    }

    private NewestPicture newest(int fps, Duration interval) {
        return new NewestPicture(
                folder, FolderWatch.silent(ticker), PicturesOnDisk.options(fps, true, interval), ticker);
    }

    private NewestPicture newest() {
        return newest(0, Duration.ZERO);
    }

    private static long next(NewestPicture newest) throws IOException, InterruptedException {
        return PicturesOnDisk.number(newest.next());
    }

    @Test
    void theYoungestFileIsShownAndTakenWhenItWasWritten() throws Exception {
        disk.write("a.jpg", 1, 1);
        disk.write("b.jpg", 2, 30);
        disk.write("c.jpg", 3, 2);

        Frame frame = newest().next();

        assertThat(PicturesOnDisk.number(frame)).isEqualTo(2);
        assertThat(ticker.millis(frame.capturedNanos()))
                .isEqualTo(-Duration.ofMinutes(60).minusSeconds(30).toMillis());
    }

    @Test
    void aFileOfTheFutureIsOfNow() throws Exception {
        disk.write("a.jpg", 1, 360_000);

        assertThat(newest().next().capturedNanos()).isEqualTo(ticker.nanos());
    }

    @Test
    void ofTheSameAgeTheHigherNumberIsTheYounger() throws Exception {
        disk.write("a9.jpg", 9);
        disk.write("a10.jpg", 10);

        assertThat(next(newest())).isEqualTo(10);
    }

    @Test
    void aFileThatComesIsShownAtOnce() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        newest.next();
        ticker.at(1010, () -> disk.write("b.jpg", 2, 1));

        assertThat(next(newest)).isEqualTo(2);
        assertThat(ticker.millis()).isBetween(1010L, 1050L);
    }

    @Test
    void aReplacedFileIsShownThoughItIsNoYoungerAndNoLarger() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        newest.next();
        ticker.at(1010, () -> disk.replace("a.jpg", 2, 0));

        assertThat(next(newest)).isEqualTo(2);
        assertThat(ticker.millis()).isBetween(1010L, 1050L);
    }

    @Test
    void anOlderFileThatComesIsNotShown() throws Exception {
        disk.write("b.jpg", 2, 10);
        NewestPicture newest = newest();
        newest.next();
        ticker.at(1000, () -> disk.write("z.jpg", 1, 5));

        assertThat(next(newest)).isEqualTo(2);
        assertThat(ticker.millis()).isEqualTo(4000);
    }

    @Test
    void anUnchangedPictureIsGivenAgainEveryFourSecondsOnly() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        Frame first = newest.next();

        for (int i = 1; i <= 5; i++) {
            Frame again = newest.next();
            assertThat(again.bytes()).isEqualTo(first.bytes());
            assertThat(again.capturedNanos()).as("it is as old as it is").isEqualTo(first.capturedNanos());
            assertThat(ticker.millis()).isEqualTo(4000L * i);
        }
    }

    @Test
    void aHalfWrittenFileIsShownWhenItIsWholeAndCountsOnce() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        newest.next();
        byte[] whole = Pictures.numbered(2, 3000);
        Path file = disk.write("b.jpg", Arrays.copyOf(whole, 1000), PicturesOnDisk.WRITTEN.plusSeconds(1));
        ticker.at(500, () -> Files.write(file, Arrays.copyOfRange(whole, 1000, 2000), StandardOpenOption.APPEND));
        ticker.at(
                1000,
                () -> Files.write(file, Arrays.copyOfRange(whole, 2000, whole.length), StandardOpenOption.APPEND));

        assertThat(next(newest)).isEqualTo(2);
        assertThat(ticker.millis()).isBetween(1000L, 1040L);
        assertThat(folder.damaged()).isEqualTo(1);
    }

    @Test
    void theYoungestThatIsWholeIsShownFirst() throws Exception {
        disk.write("a.jpg", 1, 1);
        disk.write("b.jpg", 2, 2);
        for (int i = 0; i < 10; i++) {
            disk.write("c" + i + ".jpg", new byte[i], PicturesOnDisk.WRITTEN.plusSeconds(10 + i));
        }

        assertThat(next(newest())).isEqualTo(2);
    }

    @Test
    void ofFilesThatComeFasterThanAskedForTheNewestIsShown() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest(2, Duration.ZERO);
        newest.next();
        for (int i = 1; i <= 8; i++) {
            int number = i;
            ticker.at(100L * i, () -> disk.write("b" + number + ".jpg", 10 + number, number));
        }

        assertThat(next(newest)).isEqualTo(15);
        assertThat(ticker.millis()).isEqualTo(500);
        assertThat(next(newest)).isEqualTo(18);
        assertThat(ticker.millis()).isEqualTo(1000);
    }

    @Test
    void theFolderIsLookedAtOnlyAsOftenAsAskedFor() throws Exception {
        disk.write("a.jpg", 1);
        NewestPicture newest = newest(0, Duration.ofSeconds(3));
        newest.next();
        ticker.at(100, () -> disk.write("b.jpg", 2, 1));

        assertThat(next(newest)).isEqualTo(2);
        assertThat(ticker.millis()).isEqualTo(3000);
    }

    @Test
    void anEmptyFolderSaysSoAndWhenItWasEmptiedToo() throws Exception {
        NewestPicture newest = newest();
        assertThatIOException().isThrownBy(newest::next).withMessage("no picture in pictures/ yet");

        Path file = disk.write("a.jpg", 1);
        ticker.sleepUntil(ticker.nanos() + 1_000_000_000);
        assertThat(next(newest)).isEqualTo(1);
        Files.delete(file);

        assertThatIOException().isThrownBy(newest::next).withMessage("no picture in pictures/ any more");
        assertThat(ticker.millis()).as("it may be replaced at once").isEqualTo(5000);
    }

    @Test
    void aRemovedFolderSaysSoAndIsShownAgainWhenItIsBack() throws Exception {
        Path inner = Files.createDirectory(temporary.resolve("inner"));
        disk = new PicturesOnDisk(inner);
        folder = disk.all(ticker);
        Path file = disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        newest.next();
        Files.delete(file);
        Files.delete(inner);

        assertThatIOException().isThrownBy(newest::next).withMessage("pictures/ cannot be read: it is not there");

        Files.createDirectory(inner);
        disk.write("a.jpg", 2);
        assertThat(next(newest())).isEqualTo(2);
    }

    @Test
    void theSystemReportsAFileBeforeItWouldBeLookedFor() throws Exception {
        FakeTicker slow = new FakeTicker();
        slow.moveAtEachReading(Duration.ofMillis(5));
        disk.write("a.jpg", 1);
        PictureFolder watched = disk.all(slow);
        FolderWatch watch = watched.watch(slow);
        try (NewestPicture newest =
                new NewestPicture(watched, watch, PicturesOnDisk.options(0, true, Duration.ZERO), slow)) {
            newest.next();
            if (!watch.works()) {
                FolderWatchTest.skip();
            }
            disk.replace("b.jpg", 2, 1);
            assertThat(next(newest)).isEqualTo(2); // soon after the first picture, the folder is checked anyway
            long begun = slow.nanos();
            disk.replace("c.jpg", 3, 2);

            assertThat(next(newest)).isEqualTo(3);
            assertThat(slow.nanos() - begun).isLessThan(800_000_000);
            assertThat(watch.works()).isTrue();
        }
    }

    @Test
    void changesThatTheSystemDoesNotReportAreFoundToo() throws Exception {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        PicturesOnDisk far = new PicturesOnDisk(elsewhere);
        Path target = far.write("a.jpg", 1);
        Path link = Files.createSymbolicLink(temporary.resolve("link.jpg"), target);
        FakeTicker slow = new FakeTicker();
        slow.moveAtEachReading(Duration.ofMillis(100));
        PictureFolder single = PictureFolder.ofFile(link, PicturesOnDisk.stills(slow));
        FolderWatch watch = single.watch(slow);
        try (NewestPicture newest =
                new NewestPicture(single, watch, PicturesOnDisk.options(0, true, Duration.ZERO), slow)) {
            assertThat(next(newest)).isEqualTo(1);
            for (int i = 2; i <= 4; i++) {
                far.replace("a.jpg", i, i);
                assertThat(next(newest)).isEqualTo(i);
            }
            assertThat(watch.works()).isFalse();
        }
    }

    @Test
    void aSingleFileThatIsGoneSaysSo() throws Exception {
        Path file = disk.write("latest.jpg", 1);
        folder = PictureFolder.ofFile(file, PicturesOnDisk.stills(ticker));
        NewestPicture newest = newest();
        newest.next();
        Files.delete(file);
        ticker.at(1000, () -> disk.write("latest.jpg", 2, 1));
        assertThat(next(newest)).isEqualTo(2);

        Files.delete(file);
        assertThatIOException().isThrownBy(newest::next).withMessage("there is no file latest.jpg any more");
    }

    @Test
    void aTouchedFileCountsAsWritten() throws Exception {
        Path file = disk.write("a.jpg", 1);
        NewestPicture newest = newest();
        newest.next();
        ticker.at(500, () -> Files.setLastModifiedTime(file, FileTime.from(PicturesOnDisk.WRITTEN.plusSeconds(9))));

        newest.next();
        assertThat(ticker.millis()).isBetween(500L, 540L);
    }
}
