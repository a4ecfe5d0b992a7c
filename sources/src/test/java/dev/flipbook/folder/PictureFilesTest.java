package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class PictureFilesTest {

    @TempDir
    Path temporary;

    private final PictureFiles files = new PictureFiles();

    @Test
    void itIsAskedForEverySource() throws IOException {
        Path picture = Files.write(temporary.resolve("a.jpg"), Pictures.numbered(1, 10));

        assertThat(FrameSource.open(picture.toString()).description()).endsWith("a.jpg");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "test",
                "publish",
                "-",
                "",
                " ",
                "screen",
                "webcam",
                "http://example.org/a.jpg",
                "rtsp://example.org/*.jpg",
                "missing.mp4",
                "/dev/video99",
                "HD Pro Webcam [046d]",
                "What now?"
            })
    void whatIsOfAnotherKindIsLeftToOthers(String source) throws Exception {
        assertThat(files.open(source, SourceOptions.DEFAULT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"car.mp4", "notes.txt", "jpg", ".hidden.jpg"})
    void filesThatAreNoStillsAreLeftToOthers(String name) throws Exception {
        Path file = Files.write(temporary.resolve(name), Pictures.jpeg(16, 16));

        assertThat(files.open(file.toString(), SourceOptions.DEFAULT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"moving.gif", "MOVING.GIF", "moving.png"})
    void picturesThatMoveAreLeftToVideosByTheirBytes(String name) throws Exception {
        String chunk = "\0\0\0\bacTL\0\0\0\2\0\0\0\0";
        String bytes = name.endsWith("png") ? "\u0089PNG\r\n\u001a\n" + chunk : "GIF89a\1\0\1\0\0\0\0";
        Path file = Files.write(temporary.resolve(name), bytes.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(files.open(file.toString(), SourceOptions.DEFAULT)).isEmpty();

        Files.write(file, Pictures.jpeg(16, 16)); // whatever its name says
        assertThat(files.open(file.toString(), SourceOptions.DEFAULT)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "none/ | there is no folder '%/none/': name one that exists",
                "none.jpg | there is no file '%/none.jpg': name a picture that exists",
                "none/*.jpg | there is no folder '%/none/' for '%/none/*.jpg'",
                "*/a.jpg | '%/*/a.jpg' has a wildcard in the name of a folder: only its last part may have them,"
                        + " as in frames/*.jpg",
                "[a.jpg | '%/[a.jpg' is not a glob: Missing ']",
                "pipe.jpg | '%/pipe.jpg' is not a file but a pipe or a device: name a picture file"
            })
    void whatCannotBecomeASourceSaysWhy(String name, String sentence) throws Exception {
        if (name.equals("pipe.jpg")) {
            PictureFolderTest.makePipe(temporary.resolve(name));
        }
        assertThatIOException()
                .isThrownBy(() -> files.open(temporary + "/" + name, SourceOptions.DEFAULT))
                .withMessageStartingWith(sentence.replace("%", temporary.toString()));
    }

    @Test
    void aFolderShowsWhatIsNamedAsAPictureAndAGlobWhatItMatches() throws Exception {
        PicturesOnDisk disk = new PicturesOnDisk(temporary);
        disk.write("1.JPG", 1);
        disk.write("2.jpeg", 2);
        disk.write("3.txt", 3);
        disk.write(".4.jpg", 4);
        disk.write("5", 5);
        disk.write("6.png", 6); // a JPEG under a wrong name
        disk.write("7.jpg.part", 7);

        assertThat(round("", 3)).containsExactly(1L, 2L, 6L);
        assertThat(round("/*.txt", 1)).containsExactly(3L);
        assertThat(round("/[0-9]*", 6)).containsExactly(1L, 2L, 3L, 5L, 6L, 7L);
        assertThat(round("/{1,5,6}*", 3)).containsExactly(1L, 5L, 6L);
        assertThat(round("/?.jpeg", 1)).containsExactly(2L);
        assertThat(round("/.*.jpg", 1)).containsExactly(4L);
    }

    /** The numbers of this number of pictures, after which the first one must come again. */
    private List<Long> round(String glob, int count) throws Exception {
        List<Long> seen = new ArrayList<>();
        try (FrameSource source = FrameSource.open(temporary + glob, new SourceOptions(1000, 0, 0, 80))) {
            for (int i = 0; i < count; i++) {
                seen.add(PicturesOnDisk.number(source.next()));
            }
            Frame again = source.next();
            assertThat(PicturesOnDisk.number(again)).isEqualTo(seen.get(0));
        }
        return seen;
    }
}
