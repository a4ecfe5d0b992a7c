package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.Frame;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class SlideshowTest {

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

    private Slideshow slideshow(int fps, Duration interval) {
        return new Slideshow(folder, PicturesOnDisk.options(fps, false, interval), ticker);
    }

    private Slideshow slideshow() {
        return slideshow(0, Duration.ZERO);
    }

    /** The numbers of the next pictures, and when they came. */
    private List<String> next(Slideshow show, int count) throws IOException, InterruptedException {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Frame frame = show.next();
            assertThat(frame.capturedNanos()).isEqualTo(ticker.nanos());
            seen.add(PicturesOnDisk.number(frame) + " at " + ticker.millis());
        }
        return seen;
    }

    @Test
    void picturesComeInTheOrderOfTheirNumbersOneASecondAgainAndAgain() throws Exception {
        disk.write("frame10.jpg", 10);
        disk.write("frame9.jpg", 9);
        disk.write("Frame1.jpg", 1);

        assertThat(next(slideshow(), 5)).containsExactly("1 at 0", "9 at 1000", "10 at 2000", "1 at 3000", "9 at 4000");
    }

    @Test
    void theyComeAtTheRateAskedForAndTheIntervalIsTheStronger() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("b.jpg", 2);

        assertThat(next(slideshow(4, Duration.ZERO), 3)).containsExactly("1 at 0", "2 at 250", "1 at 500");
        assertThat(next(slideshow(4, Duration.ofSeconds(3)), 2)).containsExactly("1 at 500", "2 at 3500");
    }

    @Test
    void theFolderIsReadAgainForEachRound() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("c.jpg", 3);
        Slideshow show = slideshow();
        assertThat(next(show, 1)).containsExactly("1 at 0");
        disk.write("b.jpg", 2);
        Files.delete(temporary.resolve("a.jpg"));

        assertThat(next(show, 3)).containsExactly("3 at 1000", "2 at 2000", "3 at 3000");
    }

    @Test
    void whatIsNotAPictureIsPassedOverWithoutAPauseAndCountedOnce() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("b.jpg", "Dear diary".getBytes(java.nio.charset.StandardCharsets.US_ASCII), PicturesOnDisk.WRITTEN);
        disk.write("c.jpg", Arrays.copyOf(Pictures.numbered(3, 900), 700), PicturesOnDisk.WRITTEN);
        Files.createDirectory(temporary.resolve("d.jpg"));
        disk.write("e.jpg", 5);

        assertThat(next(slideshow(), 5)).containsExactly("1 at 0", "5 at 1000", "1 at 2000", "5 at 3000", "1 at 4000");
        assertThat(folder.damaged()).isEqualTo(3);
    }

    @Test
    void anUnfinishedFileIsShownInTheNextRound() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("b.jpg", Arrays.copyOf(Pictures.numbered(2, 900), 700), PicturesOnDisk.WRITTEN);
        Slideshow show = slideshow();
        assertThat(next(show, 2)).containsExactly("1 at 0", "1 at 1000");
        disk.write("b.jpg", 2);

        assertThat(next(show, 2)).containsExactly("2 at 2000", "1 at 3000");
    }

    @Test
    void aPictureThatIsShownForLongIsGivenAgainEveryFourSeconds() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("b.jpg", 2);

        assertThat(next(slideshow(0, Duration.ofSeconds(10)), 6))
                .containsExactly("1 at 0", "1 at 4000", "1 at 8000", "2 at 10000", "2 at 14000", "2 at 18000");
    }

    @Test
    void aFolderWithNothingToShowSaysWhyAndIsReadAgain() throws Exception {
        Slideshow show = slideshow();
        assertThatIOException().isThrownBy(show::next).withMessage("no picture in pictures/ yet");

        disk.write("a.jpg", new byte[0], PicturesOnDisk.WRITTEN);
        for (int i = 0; i < 3; i++) {
            assertThatIOException()
                    .isThrownBy(show::next)
                    .withMessage("no picture in pictures/ can be shown: a.jpg: the picture is empty: 0 bytes");
        }

        disk.write("a.jpg", 1);
        assertThat(PicturesOnDisk.number(show.next())).isEqualTo(1);

        Files.delete(temporary.resolve("a.jpg"));
        assertThatIOException().isThrownBy(show::next).withMessage("no picture in pictures/ any more");
        Files.delete(temporary);
        assertThatIOException().isThrownBy(show::next).withMessage("pictures/ cannot be read: it is not there");
        Files.createDirectory(temporary);
    }

    @Test
    void afterAPauseItGoesOnWithoutAHurry() throws Exception {
        disk.write("a.jpg", 1);
        disk.write("b.jpg", 2);
        Slideshow show = slideshow();
        next(show, 1);
        ticker.sleepUntil(ticker.nanos() + Duration.ofMillis(60_300).toNanos());

        assertThat(next(show, 3)).containsExactly("2 at 60300", "1 at 61300", "2 at 62300");
    }
}
