package dev.flipbook.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the script `examples/run` starts Java. Here, the Java that it finds is a fake that only prints its arguments. */
@Timeout(60)
class ExamplesRunIT {

    private static final Path EXAMPLES = Path.of(System.getProperty("flipbook.home"), "examples");

    @TempDir
    Path jdk;

    @BeforeEach
    void makeAJdkThatPrintsItsArguments() throws IOException {
        Path bin = Files.createDirectory(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        for (String tool : List.of("java", "javac")) {
            Files.writeString(bin.resolve(tool), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
            assertThat(bin.resolve(tool).toFile().setExecutable(true)).isTrue();
        }
        // the examples were packaged before this module's turn, so that the script need not build them again
        Files.writeString(EXAMPLES.resolve("target/programs/built"), "");
    }

    @Test
    void theStockTableRunsInTheHeapThatItsPageClaims() throws Exception {
        assertThat(heaps("", "StockTable")).containsExactly("-Xmx64m");
    }

    @Test
    void anotherHeapThatIsAskedForComesLastAndSoWins() throws Exception {
        assertThat(heaps("-Xmx256m", "StockTable")).endsWith("-Xmx256m");
    }

    @Test
    void otherExamplesRunInTheHeapThatJavaChooses() throws Exception {
        assertThat(heaps("", "EmulatedCamera")).isEmpty();
    }

    private List<String> heaps(String options, String example) throws Exception {
        ProcessBuilder script =
                new ProcessBuilder(EXAMPLES.resolve("run").toString(), example).redirectErrorStream(true);
        script.environment().put("FLIPBOOK_JAVA", jdk.resolve("bin/java").toString());
        script.environment().put("FLIPBOOK_OPTS", options);
        Process run = script.start();
        List<String> arguments = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(run.waitFor()).as("%s", arguments).isZero();
        assertThat(arguments).contains("dev.flipbook.examples." + example);
        return arguments.stream().filter(word -> word.startsWith("-Xmx")).toList();
    }
}
