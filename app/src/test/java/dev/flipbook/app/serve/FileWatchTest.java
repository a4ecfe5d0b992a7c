package dev.flipbook.app.serve;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.flipbook.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileWatchTest {

    /** Ways in which the contents of a file change. */
    enum Change {
        WRITTEN {
            @Override
            void make(Path file) throws IOException {
                Files.writeString(file, "new");
            }
        },
        RENAMED_OVER {
            @Override
            void make(Path file) throws IOException {
                Files.move(Files.writeString(file.resolveSibling("other"), "new"), file, ATOMIC_MOVE);
            }
        },
        DELETED {
            @Override
            void make(Path file) throws IOException {
                Files.delete(file);
            }
        },
        EMPTIED {
            @Override
            void make(Path file) throws IOException {
                Files.writeString(file, "");
            }
        },
        REPLACED_BY_A_FOLDER {
            @Override
            void make(Path file) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
            }
        },
        /** The file is reached through a link to a folder, and the link is moved, as Kubernetes does. */
        LINK_MOVED {
            @Override
            void make(Path file) throws IOException {
                Path folder = Files.createDirectory(file.resolveSibling("second"));
                Files.writeString(folder.resolve("real.yaml"), "new");
                Path link = Files.createSymbolicLink(file.resolveSibling("..next"), folder);
                Files.move(link, file.resolveSibling("..data"), ATOMIC_MOVE);
            }

            @Override
            void prepare(Path file) throws IOException {
                Path folder = Files.createDirectory(file.resolveSibling("first"));
                Files.writeString(folder.resolve("real.yaml"), "old");
                Files.createSymbolicLink(file.resolveSibling("..data"), folder);
                Files.createSymbolicLink(file, Path.of("..data", "real.yaml"));
            }
        },
        /** The system reports nothing of a link's file in another folder. */
        WRITTEN_THROUGH_A_LINK {
            @Override
            void make(Path file) throws IOException {
                Files.writeString(file.resolveSibling("elsewhere").resolve("real.yaml"), "new");
            }

            @Override
            void prepare(Path file) throws IOException {
                Path folder = Files.createDirectory(file.resolveSibling("elsewhere"));
                Files.createSymbolicLink(file, Files.writeString(folder.resolve("real.yaml"), "old"));
            }
        };

        abstract void make(Path file) throws IOException;

        void prepare(Path file) throws IOException {
            Files.writeString(file, "old");
        }
    }

    @TempDir
    private Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private @Nullable FileWatch watch;

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void tellsOnceOfEachWayToChangeAFile(Change change) throws Exception {
        Path file = folder.resolve("flipbook.yaml");
        change.prepare(file);
        watch(file);
        change.make(file);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isNotNull();
        Files.deleteIfExists(file);
        Files.writeString(file, "and again");
        await().until(() -> "and again".equals(told.poll()));
    }

    @Test
    void tellsOfEachThingThatIsInThePlaceOfTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("flipbook.yaml"), "old");
        watch(file);
        Files.delete(file);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("nothing");
        Files.createDirectory(file);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("a folder");
        Path pipe = folder.resolve("pipe");
        makePipe(pipe);
        Files.delete(file);
        Files.move(pipe, file, ATOMIC_MOVE);
        await().until(() -> "a pipe".equals(told.poll()));
    }

    private static void makePipe(Path path) throws InterruptedException {
        try {
            assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                    .isZero();
        } catch (IOException e) {
            String skipped = "SKIPPED: the program mkfifo is not installed, so no pipe can be made";
            System.err.println(skipped);
            abort(skipped);
        }
    }

    @Test
    void tellsWhenTheFileComesBackInANewFolder() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path file = Files.writeString(inner.resolve("flipbook.yaml"), "old");
        watch(file);
        Files.delete(file);
        Files.delete(inner);
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("nothing");
        Files.createDirectory(inner);
        Files.writeString(file, "new");
        await().until(() -> "new".equals(told.poll()));
    }

    /** The time of the last change alone is not a change: the first report is about the write after it. */
    @Test
    void saysNothingOfAFileThatWasSavedWithoutAChange() throws Exception {
        Path file = Files.writeString(folder.resolve("flipbook.yaml"), "old");
        watch(file);
        Files.writeString(file, "old");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        Files.writeString(folder.resolve("other.yaml"), "other");
        Files.writeString(file, "new");
        assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("new");
        assertThat(told).isEmpty();
    }

    private void watch(Path file) {
        FileWatch begun = new FileWatch(file, 100, Ticker.system(), () -> told.add(contents(file)));
        watch = begun;
        begun.start();
    }

    private static String contents(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return Files.isDirectory(file) ? "a folder" : "a pipe";
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "nothing";
        }
    }
}
