package dev.flipbook.folder;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.picture.PictureFrames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A folder of numbered JPEGs for tests. */
final class PicturesOnDisk {

    /** Default time of the files: an hour before the fake clocks begin. */
    static final Instant WRITTEN = Instant.parse("2026-03-01T11:00:00Z");

    final Path folder;

    PicturesOnDisk(Path folder) {
        this.folder = folder;
    }

    Path write(String name, int number) throws IOException {
        return write(name, Pictures.numbered(number, 0), WRITTEN);
    }

    /** @param second number of seconds after {@link #WRITTEN} */
    Path write(String name, int number, int second) throws IOException {
        return write(name, Pictures.numbered(number, 0), WRITTEN.plusSeconds(second));
    }

    Path write(String name, byte[] bytes, Instant modified) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        return Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    /** Writes a file as careful programs do: elsewhere, then renamed. */
    void replace(String name, int number, int second) throws IOException {
        Path unfinished = write(".new", number, second);
        Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The folder with all files whose names do not begin with a dot, under the title {@code pictures/}. */
    PictureFolder all(Ticker ticker) {
        return PictureFolder.of(folder, name -> !name.startsWith("."), "pictures/", stills(ticker));
    }

    static PictureFrames stills(Ticker ticker) {
        return new PictureFrames(SourceOptions.DEFAULT, ticker);
    }

    static SourceOptions options(int fps, boolean follow, Duration interval) {
        return new SourceOptions(fps, 0, 0, 80, 0, false, follow, interval, "", Map.of());
    }

    static long number(Frame frame) {
        return Pictures.number(frame.bytes());
    }
}
