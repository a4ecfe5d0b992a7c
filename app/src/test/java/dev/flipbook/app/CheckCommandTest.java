package dev.flipbook.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code flipbook check} prints, and where. */
class CheckCommandTest {

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(out);
        System.setErr(err);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("f.yaml"), yaml);
    }

    private static int check(Object... words) throws InterruptedException {
        String[] all = new String[words.length + 1];
        all[0] = "check";
        for (int i = 0; i < words.length; i++) {
            all[i + 1] = words[i].toString();
        }
        return Main.run(all);
    }

    @Test
    void goodFileHasItsFeedsCounted() throws Exception {
        Path file = write("feeds: {a: demo, b: test}");

        assertThat(check(file)).isZero();
        assertThat(printed).hasToString(file + ": 2 feeds; nothing to complain of\n");
        assertThat(complained).hasToString("");
    }

    @Test
    void everyErrorIsALineThatEditorsRead() throws Exception {
        Path file = write("feeds:\n  a: gone.mp4\n  b: {source: test, fpss: 3}\n");

        assertThat(check(file)).isEqualTo(2);
        assertThat(printed).hasToString("");
        assertThat(complained.toString(StandardCharsets.UTF_8))
                .isEqualTo(file + ":2:6: feeds.a: there is no file 'gone.mp4': name a video file that exists\n" + file
                        + ":3:21: feeds.b.fpss is no setting of a feed; did you mean fps?\n");
    }

    @Test
    void whatHoldsIsPrintedWithItsDefaultsAndReadAgain() throws Exception {
        assertThat(check(write("feeds: {a: {source: test, fps: 3}}"), "--print"))
                .isZero();

        String all = printed.toString(StandardCharsets.UTF_8);
        assertThat(all).contains("fps: 3").contains("stall_timeout: 5s").contains("listen: 127.0.0.1:8080");
        printed.reset();
        assertThat(check(write(all), "--print")).isZero();
        assertThat(printed).hasToString(all);
    }

    @Test
    void oneFileIsNeeded() throws Exception {
        assertThat(check()).isEqualTo(2);
        assertThat(complained).hasToString("flipbook: check takes one file: flipbook check FILE\n");
    }
}
