package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import dev.flipbook.server.generate.StreamedResponse;
import dev.flipbook.server.generate.StreamedText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A page whose rows come from a generator over time. The rows are seen at once, a slow reader holds the generator back,
 * and the generator ends with its reader.
 */
@Timeout(180)
class StreamedResponseIT {

    private static final int PLACES = 8;
    private static final String ROW = "x".repeat(99);

    private final LogWatch log = new LogWatch();
    private final BlockingQueue<String> rows = new LinkedBlockingQueue<>();
    private final CompletableFuture<Throwable> ending = new CompletableFuture<>();
    private final AtomicLong written = new AtomicLong();
    private final List<RawConnection> readers = new ArrayList<>();
    private Flipbook flipbook;

    @BeforeEach
    void serve() throws IOException {
        serve(Deadlines.DEFAULT);
    }

    /** Serves from now on with a server that disconnects a reader that takes nothing for a second. */
    private void serveHastily() throws IOException {
        flipbook.close();
        serve(new Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(1)));
    }

    private void serve(Deadlines deadlines) throws IOException {
        flipbook = Flipbook.start(
                ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines).withStreamedResponses(PLACES));
        page("/rows", out -> {
            for (String row = rows.take(); !row.isEmpty(); row = rows.take()) {
                out.println(row);
            }
        });
        page("/endless", this::writeWithoutEnd);
    }

    @AfterEach
    void close() throws IOException {
        try (Flipbook served = flipbook;
                LogWatch watched = log) {
            for (RawConnection reader : readers) {
                reader.close();
            }
            assertThat(served.routes()).contains("/endless");
            assertThat(watched.traces()).isEmpty();
        }
    }

    /** Adds a page, and keeps the exception with which its generator ended. */
    private void page(String path, StreamedResponse.Generator<StreamedText> generator) {
        flipbook.page(path, StreamedResponse.html(out -> {
            try {
                generator.generate(out);
                ending.complete(new IllegalStateException("it has returned"));
            } catch (Throwable e) {
                ending.complete(e);
                throw e;
            }
        }));
    }

    private void writeWithoutEnd(StreamedText out) throws IOException {
        while (true) {
            out.println(ROW);
            written.addAndGet(100);
        }
    }

    private RawConnection reader(String target, String... headers) throws IOException {
        RawConnection reader = RawConnection.withReceiveBuffer(flipbook.port(), 32 << 10);
        readers.add(reader);
        return reader.ask("GET", target, headers);
    }

    private RawConnection body(String target) throws IOException {
        RawConnection reader = reader(target);
        assertThat(reader.head().header("Transfer-Encoding")).isEqualTo("chunked");
        reader.readChunks();
        return reader;
    }

    private static String line(RawConnection reader) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = reader.read(); next != '\n'; next = reader.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static String text(RawConnection reader) throws IOException {
        return new String(reader.rest(), StandardCharsets.UTF_8);
    }

    @Test
    void eachRowIsSeenAlthoughTheGeneratorThenWaits() throws IOException {
        rows.add("first");
        RawConnection reader = body("/rows");
        rows.add("second");
        rows.add("third");
        assertThat(line(reader)).isEqualTo("first");
        assertThat(line(reader)).isEqualTo("second");
        assertThat(line(reader)).isEqualTo("third");
        rows.add("fourth");
        assertThat(line(reader)).isEqualTo("fourth");
        rows.add("");
        assertThat(text(reader)).isEmpty();
    }

    @Test
    void manySmallWritesAreFewPiecesAndArriveInOrder() throws IOException {
        page("/many", out -> {
            for (int i = 0; i < 100_000; i++) {
                out.append('r').append(Integer.toString(i)).append("\n");
            }
        });
        RawConnection reader = body("/many");
        for (int i = 0; i < 100_000; i++) {
            assertThat(line(reader)).isEqualTo("r" + i);
        }
        assertThat(text(reader)).isEmpty();
    }

    @Test
    void textIsUtf8HoweverItIsCutAndHoweverLong() throws IOException {
        String longer = "ä€".repeat(100_000);
        page("/text", out -> {
            for (char half : "a\uD83D\uDCF7z".toCharArray()) {
                out.append(half);
            }
            out.append("1234", 1, 3).write(longer);
            out.write("\uD83D");
        });
        assertThat(text(body("/text"))).isEqualTo("a\uD83D\uDCF7z23" + longer + "?");
    }

    @Test
    void theGeneratorIsAheadOfAStoppedReaderByLittleAndGoesOnWithIt() throws IOException {
        RawConnection reader = body("/endless");
        line(reader);
        await().during(Duration.ofMillis(300)).until(standsStill());
        assertThat(written.get()).isLessThan(1 << 20);
        while (written.get() < 8 << 20) {
            assertThat(line(reader)).isEqualTo(ROW);
        }
    }

    /** Whether nothing was written since the previous check. */
    private Callable<Boolean> standsStill() {
        AtomicLong before = new AtomicLong();
        return () -> before.getAndSet(written.get()) == written.get();
    }

    @Test
    void aWriteFailsWhenTheReaderHasLeft() throws Exception {
        RawConnection reader = body("/endless");
        line(reader);
        reader.close();
        assertThat(ending.get()).isInstanceOf(IOException.class);
    }

    @Test
    void aGeneratorThatWaitsIsInterruptedWhenTheReaderHasLeft() throws Exception {
        rows.add("first");
        RawConnection reader = body("/rows");
        line(reader);
        reader.close();
        assertThat(ending.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aReaderThatTakesNothingLosesItsPlaceAfterTheDeadline() throws Exception {
        serveHastily();
        RawConnection stopped = body("/endless");
        assertThat(ending.get()).isInstanceOf(IOException.class).hasMessageContaining("took nothing");
        assertThat(stopped.ends()).isTrue();
    }

    @Test
    void aGeneratorMayWaitLongerThanTheDeadlineForReaders() throws IOException {
        serveHastily();
        rows.add("first");
        RawConnection reader = body("/rows");
        line(reader);
        await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
        rows.add("second");
        assertThat(line(reader)).isEqualTo("second");
    }

    @Test
    void memoryIsFlatWhateverHasBeenWritten() throws IOException {
        List<RawConnection> stopped = new ArrayList<>();
        RawConnection fast = body("/endless");
        for (int i = 1; i < PLACES; i++) {
            stopped.add(body("/endless"));
        }
        read(fast, 16 << 20);
        long before = used();
        read(fast, 128 << 20);
        assertThat(used() - before).isLessThan(32 << 20);
        assertThat(stopped).hasSize(PLACES - 1);
    }

    private static void read(RawConnection reader, int bytes) throws IOException {
        int left = bytes;
        while (left > 0) {
            left -= reader.readOnce().length;
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void generatorsThatNeverWaitLeaveTheirTurnsToOthers() throws IOException {
        page("/busy", out -> {
            for (int row = 0; ; row = workOn(row)) { // the reader is always faster
                out.println(ROW);
            }
        });
        for (int i = 1; i < PLACES; i++) {
            RawConnection busy = body("/busy");
            Thread.ofPlatform().daemon().start(busy::ends);
        }
        rows.add("first");
        assertThat(line(body("/rows"))).isEqualTo("first");
    }

    private static int workOn(int row) {
        int sum = row;
        for (int i = 0; i < 50_000; i++) {
            sum = 31 * sum + (sum >>> 7) + i;
        }
        return sum;
    }

    @Test
    void beyondTheLimitThereIsASentenceAndAPlaceIsFreeAgainWhenAReaderLeaves() throws IOException {
        for (int i = 0; i < PLACES; i++) {
            line(body("/endless"));
        }
        RawConnection refused = reader("/rows", "Connection: close"); // read to its end
        ResponseHead head = refused.head();
        assertThat(head.status()).isEqualTo(503);
        assertThat(head.header("Retry-After")).isNotEmpty();
        assertThat(text(refused)).startsWith("there are 8 streamed responses under way");
        readers.get(0).close();
        rows.add("");
        await().until(() -> reader("/rows").head().status() == 200);
    }

    // what goes wrong

    @Test
    void aGeneratorThatFailsBeforeItsFirstByteIs500WithoutItsSecrets() throws IOException {
        flipbook.page(
                "/fails",
                StreamedResponse.html(out -> {
                            throw new IllegalStateException("secret");
                        })
                        .withHeader("Content-Disposition", "attachment"));
        RawConnection reader = reader("/fails");
        ResponseHead head = reader.head();
        assertThat(head.status()).isEqualTo(500);
        assertThat(head.headers()).doesNotContainKeys("Transfer-Encoding", "Content-Disposition");
        assertThat(text(reader)).contains("/fails").doesNotContain("secret");
        assertLogged("page=/fails");
    }

    @Test
    void aGeneratorThatFailsLaterShowsWhatItWroteAndBreaksTheResponseOff() throws IOException {
        page("/fails", out -> {
            for (int i = 0; i < 5000; i++) {
                out.println(ROW);
            }
            throw new IllegalStateException("late");
        });
        RawConnection reader = body("/fails");
        for (int i = 0; i < 5000; i++) {
            assertThat(line(reader)).isEqualTo(ROW);
        }
        assertThatThrownBy(reader::read).isInstanceOf(EOFException.class).hasMessageContaining("without a last chunk");
        assertLogged("page=/fails failed bytes=500000");
    }

    private void assertLogged(String line) {
        await().until(() -> !log.traces().isEmpty());
        assertThat(log.traces()).singleElement().asString().startsWith(line);
        log.forget();
    }

    // the end

    @Test
    void closingTheServerBreaksOffWhatIsUnderWay() throws Exception {
        RawConnection endless = body("/endless");
        rows.add("first");
        RawConnection waiting = body("/rows");
        line(waiting);
        CountDownLatch closed = new CountDownLatch(1);
        Thread.ofPlatform().start(() -> {
            flipbook.close();
            closed.countDown();
        });
        assertThat(endless.ends()).isTrue();
        assertThatThrownBy(waiting::read).isInstanceOf(EOFException.class);
        closed.await();
    }
}
