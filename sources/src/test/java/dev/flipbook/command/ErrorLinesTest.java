package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.text.Secrets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ErrorLinesTest {

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final FakeTicker ticker = FakeTicker.jumping();
    private final LogAllowance allowance = new LogAllowance(ticker);

    @Test
    void linesGoToTheLogWithoutControlCharacters() {
        ErrorLines lines = read("one\r\n\033[31mtwo\u009b \u202e\"three\"\n\n");

        assertThat(told).containsExactly("command=cam stderr=\"one\"", "command=cam stderr=\"[31mtwo   'three'\"");
        assertThat(lines.last()).isEqualTo("[31mtwo   'three'");
    }

    @Test
    void lineWithoutAnEndIsOneToo() {
        assertThat(read("first\nlast words").last()).isEqualTo("last words");
    }

    @Test
    void noOutputGivesNoLine() {
        assertThat(read("").last()).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void passwordsAreHidden() {
        assertThat(read("cannot open rtsp://me:pw@door/\n").last()).isEqualTo("cannot open rtsp://***@door/");
        assertThat(told).noneMatch(line -> line.contains("pw"));
    }

    @Test
    void longLinesAreCutAndNoHalfOfAPasswordShows() {
        String line = "x".repeat(100) + " password=" + "s".repeat(10_000) + "\n";

        assertThat(read(line).last()).isEqualTo("x".repeat(100));
        assertThat(read("y ".repeat(5000) + "\n").last()).hasSize(300).endsWith("…");
    }

    @Test
    void floodIsCountedAndNotTold() {
        assertThat(read("again\n".repeat(1000)).last()).isEqualTo("again");

        assertThat(told).hasSize(21).last().isEqualTo("command=cam stderr_lines_left_out=980");
    }

    @Test
    void floodIsReadNoFasterThanSomeMegabytesASecond() {
        long begun = ticker.nanos();

        read("again\n".repeat(2_200_000));

        assertThat(Duration.ofNanos(ticker.nanos() - begun))
                .as("for 13 MB")
                .isBetween(Duration.ofMillis(3100), Duration.ofMillis(3300));
    }

    @Test
    void fewLinesAreReadAtOnceHoweverManyThereAreInAll() {
        InputStream slowly = new InputStream() {
            private int left = 200;

            @Override
            public int read() {
                throw new UnsupportedOperationException("pieces are asked for");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                ticker.advance(Duration.ofMillis(20));
                return left-- > 0 ? 1000 : -1;
            }
        };

        long begun = ticker.nanos();
        new ErrorLines(slowly, "cam", Secrets.in(List.of()), allowance, ticker, told::add).run();

        assertThat(Duration.ofNanos(ticker.nanos() - begun)).isEqualTo(Duration.ofMillis(201 * 20));
    }

    @Test
    void allRunsOfASourceShareWhatTheLogTakes() {
        for (int run = 0; run < 10; run++) {
            read("it starts\nit fails\n".repeat(10));
            ticker.advance(Duration.ofMillis(100));
        }

        assertThat(told).filteredOn(line -> line.contains("stderr=")).hasSize(20);
        assertThat(told).hasSize(21).last().isEqualTo("command=cam stderr_lines_left_out=20");
    }

    @Test
    void eachSecondOneMoreLineIsReported() {
        Queue<String> parts = new ArrayDeque<>(List.of("a\n".repeat(100), "b\n".repeat(100), "c\n".repeat(100)));
        InputStream slowly = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("lines are read in pieces");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                String part = parts.poll();
                ticker.advance(Duration.ofSeconds(1));
                return part == null
                        ? -1
                        : new ByteArrayInputStream(part.getBytes(StandardCharsets.UTF_8)).read(bytes, offset, length);
            }
        };
        new ErrorLines(slowly, "cam", Secrets.in(List.of()), allowance, ticker, told::add).run();

        assertThat(told).filteredOn(line -> line.contains("\"b\"")).hasSize(1);
        assertThat(told).filteredOn(line -> line.contains("\"c\"")).hasSize(1);
    }

    private ErrorLines read(String text) {
        ErrorLines lines = new ErrorLines(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                "cam",
                Secrets.in(List.of()),
                allowance,
                ticker,
                told::add);
        lines.run();
        return lines;
    }
}
