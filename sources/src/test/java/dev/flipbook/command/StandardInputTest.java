package dev.flipbook.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class StandardInputTest {

    private OutputStream program = OutputStream.nullOutputStream();
    private InputStream in = InputStream.nullInputStream();
    private StandardInput source = new StandardInput(in, SourceOptions.DEFAULT, Ticker.system());

    @BeforeEach
    void open() throws IOException {
        Pipe pipe = Pipe.open();
        program = Channels.newOutputStream(pipe.sink());
        in = Channels.newInputStream(pipe.source());
        source = new StandardInput(in, SourceOptions.DEFAULT, Ticker.system());
    }

    @AfterEach
    void end() throws IOException {
        program.close();
        source.close();
    }

    @Test
    void everyPictureComesAndThenTheEndForEver() throws Exception {
        write(1, 2);
        program.close();

        assertThat(number()).isEqualTo(1);
        assertThat(number()).isEqualTo(2);
        for (int tries = 0; tries < 3; tries++) {
            assertThatThrownBy(source::next).isInstanceOf(IOException.class).hasMessage("standard input has ended");
            source.close();
        }
    }

    @Test
    void videoIsNamedAndSoItStaysThoughLaterTriesBeginInItsMiddle() throws Exception {
        byte[] video = new byte[5_000_000];
        byte[] begin = {0x1A, 0x45, (byte) 0xDF, (byte) 0xA3, 0, 0, 0, 0, 0, 0, 0, 0};
        System.arraycopy(begin, 0, video, 0, begin.length);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try (OutputStream out = program) {
                out.write(video);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String line =
                " Matroska or WebM video; a converter makes pictures of it: … | ffmpeg -v error -i - -f mpjpeg - |"
                        + " flipbook -";

        List<String> said = new ArrayList<>();
        while (said.isEmpty() || said.get(said.size() - 1).startsWith("standard input carries")) {
            assertThatThrownBy(source::next).satisfies(e -> said.add(String.valueOf(e.getMessage())));
            source.close();
        }
        writing.get(20, TimeUnit.SECONDS);
        assertThat(said).hasSizeGreaterThan(2);
        assertThat(said.subList(0, said.size() - 1)).containsOnly("standard input carries" + line);
        assertThatThrownBy(source::next).hasMessage("standard input has ended, and carried" + line);
    }

    @Test
    void nothingIsReadBeforeSomebodyWatches() {
        AtomicInteger reads = new AtomicInteger();
        InputStream counted = new InputStream() {
            @Override
            public int read() {
                reads.incrementAndGet();
                return -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return read();
            }
        };
        StandardInput unwatched = new StandardInput(counted, SourceOptions.DEFAULT, Ticker.system());

        assertThat(unwatched.description()).isEqualTo("standard input");
        unwatched.close();
        assertThat(reads).hasValue(0);
        assertThatThrownBy(unwatched::next).hasMessage("standard input has ended");
        assertThat(reads).hasPositiveValue();
    }

    @Test
    void programIsNotHeldUpWhileNobodyWatchesAndTheNextPictureIsANewOne() throws Exception {
        write(1, 1);
        assertThat(number()).isEqualTo(1);
        source.close();

        write(2, 500); // far more than a pipe holds
        CompletableFuture<Void> more = CompletableFuture.runAsync(this::writeOn);

        assertThat(number()).isGreaterThan(400);
        program.close();
        assertThat(more).failsWithin(Duration.ofSeconds(60));
    }

    @Test
    void pictureThatComesWhileItIsWatchedAgainIsTheFirst() throws Exception {
        write(1, 1);
        assertThat(number()).isEqualTo(1);
        source.close();
        CompletableFuture<Long> next = CompletableFuture.supplyAsync(this::number);
        await().pollDelay(Duration.ofMillis(100)).until(() -> !next.isDone());

        write(2, 2);

        assertThat(next.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void whileItIsWatchedTheProgramIsHeldBackAndNoPictureIsLost() throws Exception {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                write(1, 1000);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        for (long number = 1; number <= 1000; number++) {
            assertThat(number()).isEqualTo(number);
        }
        writing.get(60, TimeUnit.SECONDS);
    }

    @Test
    void interruptEndsTheWaitingAndLosesNothing() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread watching = new Thread(() -> {
            try {
                source.next();
            } catch (IOException | InterruptedException e) {
                failure.complete(e);
            }
        });
        watching.start();
        watching.interrupt();

        assertThat(failure.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        write(1, 1);
        assertThat(number()).isEqualTo(1);
    }

    @Test
    void endWhileNobodyWatchesIsSaidToTheNext() throws Exception {
        write(1, 1);
        assertThat(number()).isEqualTo(1);
        source.close();
        program.close();

        assertThatThrownBy(source::next).hasMessage("standard input has ended");
    }

    private void write(long from, long to) throws IOException {
        for (long number = from; number <= to; number++) {
            program.write(Pictures.numbered(number, 3000));
        }
        program.flush();
    }

    /** Writes until the pipe is full, and then until it is closed. */
    private void writeOn() {
        try {
            for (long number = 501; ; number++) {
                write(number, number);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long number() {
        try {
            return Pictures.number(source.next().bytes());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
