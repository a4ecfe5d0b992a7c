package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.flipbook.delivery.FakeTicker;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class PictureFolderTest {

    @TempDir
    Path temporary;

    private final FakeTicker ticker = FakeTicker.jumping();
    private Path inside;
    private PicturesOnDisk disk;
    private PictureFolder folder;

    @BeforeEach
    void make() throws IOException {
        inside = Files.createDirectory(temporary.resolve("inside"));
        disk = new PicturesOnDisk(inside);
        folder = disk.all(ticker);
    }

    private void refuses(String name, String why) throws Exception {
        assertThat(folder.picture(name)).isEmpty();
        assertThat(folder.nothing()).hasMessage("no picture in pictures/ can be shown: " + name + ": " + why);
        assertThat(folder.damaged()).isEqualTo(1);
        assertThat(folder.picture(name)).isEmpty();
        assertThat(folder.damaged()).as("counted once").isEqualTo(1);
    }

    @Test
    void anEmptyFileIsNotAPicture() throws Exception {
        disk.write("a.jpg", new byte[0], PicturesOnDisk.WRITTEN);
        refuses("a.jpg", "the picture is empty: 0 bytes");
    }

    @Test
    void aTextIsNotAPicture() throws Exception {
        disk.write("a.jpg", "Dear diary".getBytes(StandardCharsets.US_ASCII), PicturesOnDisk.WRITTEN);
        refuses("a.jpg", "it is not a picture of a kind that is known");
    }

    @Test
    void aHugeFileIsNotRead() throws Exception {
        try (RandomAccessFile huge =
                new RandomAccessFile(inside.resolve("a.jpg").toFile(), "rw")) {
            huge.setLength(1L << 40);
        }
        refuses("a.jpg", "it has 1099511627776 bytes; at most 33554432 are taken");
    }

    @Test
    void aFolderInItIsNotAPicture() throws Exception {
        Files.createDirectory(inside.resolve("a.jpg"));
        refuses("a.jpg", "it is not a file");
    }

    @Test
    void aPipeDoesNotBlock() throws Exception {
        makePipe(inside.resolve("a.jpg"));
        refuses("a.jpg", "it is not a file");
        assertThat(folder.newest(3)).isEmpty();
    }

    private static void skip(String reason) {
        System.err.println("SKIPPED: " + reason);
        abort("SKIPPED: " + reason);
    }

    static void makePipe(Path path) throws InterruptedException {
        try {
            assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                    .isZero();
        } catch (IOException e) {
            skip("the program mkfifo is not installed, so no pipe can be made");
        }
    }

    @Test
    void aLinkOutOfTheFolderIsNotFollowed() throws Exception {
        Path secret = new PicturesOnDisk(temporary).write("secret.jpg", 7);
        Files.createSymbolicLink(inside.resolve("a.jpg"), secret);
        refuses("a.jpg", "it is a link that leads out of the folder");
    }

    @Test
    void aLinkThroughALinkedFolderOutOfItIsNotFollowed() throws Exception {
        new PicturesOnDisk(temporary).write("secret.jpg", 7);
        Files.createSymbolicLink(inside.resolve("up"), temporary);
        Files.createSymbolicLink(inside.resolve("a.jpg"), Path.of("up", "secret.jpg"));
        refuses("a.jpg", "it is a link that leads out of the folder");
    }

    @Test
    void aLinkToItselfIsNotAPicture() throws Exception {
        Files.createSymbolicLink(inside.resolve("a.jpg"), Path.of("b.jpg"));
        Files.createSymbolicLink(inside.resolve("b.jpg"), Path.of("a.jpg"));
        assertThat(folder.newest(3)).isEmpty();
        refuses("a.jpg", "it is a link that leads in a circle");
    }

    @Test
    void aLinkWithinTheFolderIsFollowedAndTheFolderMayBeALink() throws Exception {
        disk.write("a.jpg", 5);
        Files.createSymbolicLink(inside.resolve("latest.jpg"), Path.of("a.jpg"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), inside);
        PictureFolder linked = PictureFolder.of(link, name -> true, "link/", PicturesOnDisk.stills(ticker));

        assertThat(PicturesOnDisk.number(linked.picture("latest.jpg").orElseThrow()))
                .isEqualTo(5);
    }

    @Test
    void aSingleFileMayLinkToAnywhere() throws Exception {
        Path far = new PicturesOnDisk(temporary).write("far.jpg", 7);
        Path link = Files.createSymbolicLink(inside.resolve("latest.jpg"), far);
        PictureFolder single = PictureFolder.ofFile(link, PicturesOnDisk.stills(ticker));

        assertThat(single.names()).containsExactly("latest.jpg");
        assertThat(PicturesOnDisk.number(single.picture("latest.jpg").orElseThrow()))
                .isEqualTo(7);
    }

    @Test
    void aLinkToNowhereOrADeletedFileIsPassedOverInSilence() throws Exception {
        Files.createSymbolicLink(inside.resolve("a.jpg"), Path.of("gone.jpg"));

        assertThat(folder.picture("a.jpg")).isEmpty();
        assertThat(folder.picture("gone.jpg")).isEmpty();
        assertThat(folder.damaged()).isZero();
    }

    @Test
    void aFileThatMayNotBeReadSaysSo() throws Exception {
        Path file = disk.write("a.jpg", 1);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        if (Files.isReadable(file)) { // root may, except for files of the kernel that can only be written to
            file = Path.of("/sys/bus/platform/uevent");
            if (!Files.exists(file)) {
                skip("this user may read everything, so there is no file that may not be read");
            }
            folder = PictureFolder.of(
                    Path.of("/sys/bus/platform"), name -> true, "pictures/", PicturesOnDisk.stills(ticker));
        }
        refuses(file.getFileName().toString(), "its permissions do not allow it");
    }

    @Test
    void afterAChangeAFileIsReadAgain() throws Exception {
        disk.write("a.jpg", new byte[0], PicturesOnDisk.WRITTEN);
        assertThat(folder.picture("a.jpg")).isEmpty();
        disk.write("a.jpg", 3);

        assertThat(PicturesOnDisk.number(folder.picture("a.jpg").orElseThrow())).isEqualTo(3);
    }

    @Test
    void tenThousandFilesAreListedInOrder() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            Files.createFile(inside.resolve(i + ".jpg"));
        }
        disk.write("x.jpg", 2, 999_999_999);

        List<String> names = folder.names();
        assertThat(names).hasSize(10_001).startsWith("0.jpg", "1.jpg", "2.jpg").endsWith("9999.jpg", "x.jpg");
        assertThat(folder.newest(2)).extracting(PictureFolder.Entry::name).containsExactly("x.jpg", "9999.jpg");
        assertThatIOException()
                .isThrownBy(() -> PictureFolder.of(
                                inside.resolve("x.jpg"), name -> true, "x/", PicturesOnDisk.stills(ticker))
                        .names())
                .withMessage("x/ cannot be read: it is not a folder");
    }

    @Test
    void anInterruptEndsTheListing() throws Exception {
        disk.write("a.jpg", 1);
        Thread.currentThread().interrupt();

        org.assertj.core.api.Assertions.assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(folder::names);
        assertThat(Thread.interrupted()).isFalse();
    }
}
