package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of a part's header, byte by byte. */
class PartHeaderTest {

    private final PartHeader header = new PartHeader();

    @ParameterizedTest
    @ValueSource(strings = {"--frame", "--frame\r", "--frame ", "--frame\t", "--frame \t \r"})
    void blanksAtTheEndOfALineAreLeftOut(String line) throws IOException {
        add(line);

        assertThat(header.endLine()).as("blank").isFalse();
        assertThat(header.firstLine()).isEqualTo("--frame");
    }

    @Test
    void aLineOfBlanksIsBlank() throws IOException {
        add("A: b");
        header.endLine();
        add(" \t\r");

        assertThat(header.endLine()).isTrue();
        assertThat(header.firstLine()).isEqualTo("A: b");
        assertThat(header.length()).isEqualTo(5);
    }

    @Test
    void aLineBeginsWhereTheOneBeforeHasEnded() throws IOException {
        assertThat(header.isAtLineStart()).isTrue();
        add("A: b");
        assertThat(header.isAtLineStart()).isFalse();
        header.endLine();
        assertThat(header.isAtLineStart()).isTrue();
    }

    @Test
    void theFirstLineIsADelimiterWithItsEndingAndNothingElse() throws IOException {
        byte[] delimiter = "--frame".getBytes(StandardCharsets.US_ASCII);
        add("--frame--");
        header.endLine();

        assertThat(header.firstLineIs(delimiter, "--")).isTrue();
        assertThat(header.firstLineIs(delimiter, "-x")).isFalse();
        assertThat(header.firstLineIs(delimiter, "x-")).isFalse();
        assertThat(header.firstLineIs(delimiter, "")).isFalse();
        assertThat(header.firstLineIs("--frams".getBytes(StandardCharsets.US_ASCII), "--"))
                .isFalse();
    }

    private void add(String text) throws IOException {
        for (byte next : text.getBytes(StandardCharsets.US_ASCII)) {
            header.add(next);
        }
    }
}
