package dev.flipbook.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.Thread.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a source does when its decoder process dies, sends wrong bytes or is silent. A shell script plays the process.
 */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a shell script stands for the decoder process")
class DecodedSourceTest {

    /** The head of a message of type FRAME for feed 1, up to its length. */
    private static final String FRAME = "FBD1\\007\\000\\000\\000\\000\\000\\000\\001";

    /** The whole message of type READY that names no refusal. */
    private static final String READY = "printf 'FBD1\\006'; head -c 27 /dev/zero; ";

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void makeTheFile() throws IOException {
        file = Files.writeString(folder.resolve("clip.mp4"), "a file");
    }

    private DecodedSource source(String script) {
        Decoders decoders = new Decoders(
                Ticker.system(),
                kind -> new DecoderCommand(List.of("/bin/sh", "-c", script), List.of()),
                command -> command.builder().start(),
                4);
        return DecodedSource.file(decoders, file, SourceOptions.DEFAULT, Ticker.system());
    }

    @Test
    void killedDecoderIsReported() {
        assertThatThrownBy(source("kill -9 $$")::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the decoder process did not start while it decoded clip.mp4");
    }

    @Test
    void decoderThatWritesNoiseIsEnded() {
        assertThatThrownBy(source("head -c 4096 /dev/urandom; exec sleep 1000")::next)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the decoder process was ended because what came is not a message while it decoded clip.mp4");
    }

    @Test
    void tooLongMessageIsRefusedBeforeItIsRead() {
        assertThatThrownBy(
                        source("printf '" + FRAME + "\\177\\377\\377\\377'; head -c 16 /dev/zero; exec sleep 1000")
                                ::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("announces 2147483647 bytes");
    }

    @Test
    void frameForAnUnknownFeedEndsTheDecoder() {
        String other = FRAME.replaceFirst("001$", "011");
        assertThatThrownBy(source("printf '" + other + "'; head -c 20 /dev/zero; exec sleep 1000")::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("for a source that is not open");
    }

    @Test
    void decoderThatDoesNotCloseIsEnded() throws Exception {
        Path pid = folder.resolve("pid");
        DecodedSource source = source("echo $$ > " + pid + "; exec sleep 1000");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread watching = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(source::next)));
        await().until(() -> Files.exists(pid) && Files.size(pid) > 0 && watching.getState() == State.TIMED_WAITING);
        source.close();
        watching.join();
        assertThat(thrown.get()).hasMessage("the decoder process did not close clip.mp4 while it decoded clip.mp4");
        long decoder = Long.parseLong(Files.readString(pid).strip());
        await().until(() -> ProcessHandle.of(decoder).isEmpty());
    }

    @Test
    void closeDuringOpeningOpensNothing() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Decoders decoders = new Decoders(
                Ticker.system(),
                kind -> new DecoderCommand(List.of("/bin/sh", "-c", "exec sleep 1000"), List.of()),
                command -> {
                    starting.countDown();
                    while (started.getCount() > 0) { // as a thread that notices an interrupt late
                        try {
                            started.await();
                        } catch (InterruptedException e) {
                            interrupted.set(true);
                        }
                    }
                    interrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
                    return command.builder().start();
                },
                4);
        DecodedSource source = DecodedSource.file(decoders, file, SourceOptions.DEFAULT, Ticker.system());
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread watching = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(source::next)));
        starting.await();

        source.close();
        started.countDown();

        watching.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(interrupted).isTrue();
        Decoders.Place place = decoders.place(DecoderKind.FILES, true, file, Duration.ofSeconds(20));
        assertThat(place.process().feeds()).as("nobody else is in it").isOne();
        place.process().end("the test ends", 0);
    }

    @Test
    void processThatIsNoLongerAwaitedIsEnded() throws Exception {
        DecoderStarter starter = new DecoderStarter();
        CountDownLatch starting = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        AtomicReference<Process> process = new AtomicReference<>();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform()
                .start(() -> thrown.set(catchThrowable(() -> starter.start(() -> {
                    starting.countDown();
                    free.await();
                    Process begun = new ProcessBuilder("sleep", "1000").start();
                    process.set(begun);
                    return begun;
                }))));
        starting.await();

        waiting.interrupt();
        waiting.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        free.countDown();

        await().until(() -> process.get() != null && !process.get().isAlive());
    }

    private static Decoders thatDieOfEachPicture() {
        return new Decoders(
                Ticker.system(),
                kind -> new DecoderCommand(
                        List.of(
                                "/bin/sh",
                                "-c",
                                "head -c 32 > /dev/null; " + READY + "head -c 200 > /dev/null; kill -9 $$"),
                        List.of()),
                command -> command.builder().start(),
                4);
    }

    @Test
    void senderWhosePicturesEndThreeDecodersIsRefusedOverAllRequests() {
        Decoders decoders = thatDieOfEachPicture();
        for (int i = 0; i < 3; i++) {
            DecodedImages request = new DecodedImages(decoders, Ticker.system());
            request.sentBy("192.0.2.1");
            ByteBuffer picture = webp(i);
            assertThatThrownBy(() -> request.decode(picture)).hasMessageContaining("has ended the decoder process");
        }

        DecodedImages next = new DecodedImages(decoders, Ticker.system());
        next.sentBy("192.0.2.1");
        assertThatThrownBy(() -> next.decode(webp(3))).hasMessageContaining("3 times within a minute");
        DecodedImages other = new DecodedImages(decoders, Ticker.system());
        other.sentBy("192.0.2.2");
        assertThatThrownBy(() -> other.decode(webp(4)))
                .as("of another sender")
                .hasMessageContaining("has ended the decoder process");
    }

    @Test
    void sourceWhosePicturesEndThreeDecodersIsRefused() {
        Decoders decoders = thatDieOfEachPicture();
        DecodedImages stills = new DecodedImages(decoders, Ticker.system());
        for (int i = 0; i < 3; i++) {
            ByteBuffer picture = webp(i);
            assertThatThrownBy(() -> stills.decode(picture)).hasMessageContaining("has ended the decoder process");
        }

        assertThatThrownBy(() -> stills.decode(webp(3)))
                .hasMessageMatching(
                        "what sends this picture has ended its decoder process 3 times within a minute, so it is"
                                + " not opened for another (59|60) s; it is damaged, or was made to do that");
        assertThatThrownBy(() -> new DecodedImages(decoders, Ticker.system()).decode(webp(4)))
                .as("of another source")
                .hasMessageContaining("has ended the decoder process");
    }

    private static ByteBuffer webp(int number) {
        byte[] bytes = new byte[300];
        byte[] begin = "RIFF\0\0\0\0WEBPVP8 ".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(begin, 0, bytes, 0, begin.length);
        bytes[299] = (byte) number;
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void decoderThatDiesAfterItsFirstPictureIsReportedAndBlamed() throws Exception {
        byte[] picture = new Canvas(16, 16, 0).encode(JpegEncoder.best(), 80).bytes();
        Path messages = folder.resolve("messages");
        try (OutputStream out = Files.newOutputStream(messages)) {
            out.write(Message.of(Message.Type.READY, 0, 0).with(new byte[0]));
            byte[] body = new byte[Message.COUNTS + picture.length];
            System.arraycopy(picture, 0, body, Message.COUNTS, picture.length);
            Message frame = new Message(
                    Message.Type.FRAME, 0, 1, body.length, Ticker.system().nanos(), 0);
            out.write(frame.with(body));
        }
        int opening = new Opening(file.toString(), List.of(), SourceOptions.DEFAULT).bytes().length;
        int asked = 3 * Message.HEAD + file.toString().length() + opening; // ENTER, OPEN and NEXT
        DecodedSource source =
                source("head -c " + asked + " > /dev/null; cat " + messages + "; head -c 1 > /dev/null; kill -9 $$");
        assertThat(source.next().size()).isEqualTo(picture.length);
        assertThatThrownBy(source::next).hasMessage("the decoder process ended while it decoded clip.mp4");
    }
}
