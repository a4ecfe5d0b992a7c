package dev.flipbook.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** FFmpeg's first use, each time in a JVM of its own, because a process loads its libraries once. */
@Timeout(120)
class LibraryFolderTest {

    private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    @TempDir
    Path folder;

    @Test
    void nextFolderIsUsedIfTheChosenOneCannotBeCreated() throws Exception {
        Path file = Files.createFile(folder.resolve("a file"));

        assertThat(firstUse("once", "-D" + PROPERTY + "=" + file.resolve("cache")))
                .isEqualTo("loaded");
    }

    @Test
    void errorNamesTheReasonForEachFolderAndTheProperty() throws Exception {
        Path file = Files.createFile(folder.resolve("a file"));

        String said = firstUse(
                "once",
                "-D" + PROPERTY + "=" + file.resolve("cache"),
                "-Duser.home=" + file,
                "-Djava.io.tmpdir=" + file);

        assertThat(said)
                .contains("FFmpeg's libraries cannot be unpacked")
                .contains(file.resolve("cache") + ": ")
                .contains(file.resolve(".javacpp") + "")
                .contains("name another folder by the Java property " + PROPERTY)
                .doesNotContain("platform");
    }

    @Test
    void laterLoadSucceedsWhenTheReasonIsGone() throws Exception {
        Path file = Files.createFile(folder.resolve("a file"));

        String said = firstUse(
                "again", // without the file
                "-D" + PROPERTY + "=" + file.resolve("cache"),
                "-Duser.home=" + file,
                "-Djava.io.tmpdir=" + file);

        assertThat(said).contains("cannot be unpacked").endsWith("loaded");
    }

    private static String firstUse(String how, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(FirstUse.class.getName(), how));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said.strip();
    }

    /**
     * The program. It prints "loaded" or the error. With the argument "again", it deletes the file that is in the way,
     * and tries once more.
     */
    static final class FirstUse {

        private FirstUse() {}

        public static void main(String[] arguments) throws IOException {
            use();
            if (arguments[0].equals("again")) {
                Files.delete(Path.of(System.getProperty("user.home")));
                System.out.print(" ");
                use();
            }
        }

        private static void use() {
            try {
                Ffmpeg.load();
                System.out.print("loaded");
            } catch (IOException e) {
                System.out.print(e.getMessage());
            }
        }
    }
}
