package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.flipbook.Ticker;
import dev.flipbook.delivery.FakeTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class FolderWatchTest {

    private static final long LONG = Duration.ofSeconds(60).toNanos();

    @TempDir
    Path temporary;

    private final Ticker ticker = Ticker.system();
    private Path folder;
    private FolderWatch watch;

    @BeforeEach
    void make() throws IOException {
        folder = Files.createDirectory(temporary.resolve("watched"));
        watch = new FolderWatch(folder, name -> name.endsWith(".jpg"), ticker);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    /** Skips the test, and prints a message to the build's output. */
    static void skip() {
        String sentence = "SKIPPED: this system does not tell at once of changes in a folder";
        System.err.println(sentence);
        abort(sentence);
    }

    private void begin() {
        watch.begin();
        if (!watch.works()) {
            skip();
        }
    }

    private boolean await(long nanos) throws InterruptedException {
        return watch.await(ticker.nanos() + nanos);
    }

    @Test
    void reportsFilesThatComeOrAreWrittenToOrRenamed() throws Exception {
        begin();
        Path file = Files.createFile(folder.resolve("a.jpg"));
        assertThat(await(LONG)).isTrue();
        Files.write(file, new byte[3]);
        assertThat(await(LONG)).isTrue();
        Path unfinished = Files.createFile(folder.resolve("b.tmp"));
        Files.move(unfinished, folder.resolve("b.jpg"));
        while (!await(LONG)) { // reports of the other name come first
            assertThat(watch.works()).isTrue();
        }
    }

    @Test
    void tellsNothingOfOtherFiles() throws Exception {
        begin();
        Files.createFile(folder.resolve("a.txt"));

        assertThat(await(LONG)).isFalse();
        assertThat(await(50_000_000)).isFalse();
    }

    @Test
    void aFolderPutInItsPlaceIsWatched() throws Exception {
        begin();
        Files.move(folder, temporary.resolve("before"));
        Files.createDirectory(folder);
        watch.begin();
        Files.createFile(folder.resolve("a.jpg"));

        assertThat(await(LONG)).isTrue();
        assertThat(watch.works()).isTrue();
    }

    @Test
    void removalOfTheFolderIsReported() throws Exception {
        begin();
        Files.delete(folder);

        assertThat(await(LONG)).isTrue();
    }

    @Test
    void afterThreeChangesInARowThatWereNotToldItListensNoMore() {
        begin();
        watch.found(false);
        watch.found(false);
        watch.found(true);
        watch.found(false);
        watch.found(false);
        assertThat(watch.works()).isTrue();

        watch.found(false);

        assertThat(watch.works()).isFalse();
    }

    @Test
    void withoutTheSystemItWaitsForTheTimeAlone() throws Exception {
        FakeTicker fake = FakeTicker.jumping();
        FolderWatch nothing = new FolderWatch(temporary.resolve("none"), name -> true, fake);
        nothing.begin();
        assertThat(nothing.works()).isFalse();

        long until = fake.nanos() + LONG;
        assertThat(nothing.await(until)).isFalse();
        assertThat(fake.nanos()).isEqualTo(until);
        assertThat(FolderWatch.silent(fake).await(until + 5)).isFalse();
        assertThat(fake.nanos()).isEqualTo(until + 5);
    }

    @Test
    void closedItHoldsNoDescriptor() throws Exception {
        begin();
        long before = watches();
        for (int i = 0; i < 20; i++) {
            FolderWatch another = new FolderWatch(folder, name -> true, ticker);
            another.begin();
            another.close();
            another.close();
        }
        assertThat(watches()).isEqualTo(before);
    }

    private static long watches() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.filter(one -> {
                        try {
                            return Files.readSymbolicLink(one).toString().contains("inotify");
                        } catch (IOException e) {
                            return false; // the one of this list
                        }
                    })
                    .count();
        }
    }
}
