package dev.flipbook.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a source does when its decoder process, for which a shell script stands here, dies, lies or says nothing. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class DecodedSourceTest {

    /** The head of a message of type FRAME for feed 1, up to its length. */
    private static final String FRAME = "FBD1\\007\\000\\000\\000\\000\\000\\000\\001";

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
    void aDecoderThatIsKilledIsToldInASentence() {
        assertThatThrownBy(source("kill -9 $$")::next)
                .isInstanceOf(IOException.class)
                .hasMessage("the decoder process did not start while it decoded clip.mp4");
    }

    @Test
    void aDecoderThatWritesNoiseIsEnded() {
        assertThatThrownBy(source("head -c 4096 /dev/urandom; exec sleep 1000")::next)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the decoder process was ended because what came is not a message while it decoded clip.mp4");
    }

    @Test
    void aLengthBeyondAnyPictureIsRefusedBeforeItIsRead() {
        assertThatThrownBy(
                        source("printf '" + FRAME + "\\177\\377\\377\\377'; head -c 16 /dev/zero; exec sleep 1000")
                                ::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("announces 2147483647 bytes");
    }

    @Test
    void aFrameForWhatIsNotOpenEndsTheDecoder() {
        String other = FRAME.replaceFirst("001$", "011");
        assertThatThrownBy(source("printf '" + other + "'; head -c 20 /dev/zero; exec sleep 1000")::next)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("for what is not open");
    }

    @Test
    void aDecoderThatDoesNotCloseIsEnded() throws Exception {
        DecodedSource source = source("exec sleep 1000");
        Thread watching =
                Thread.ofPlatform().start(() -> assertThatThrownBy(source::next).isNotNull());
        source.close();
        watching.interrupt();
        watching.join();
        source.close();
        assertThat(watching.isAlive()).isFalse();
    }
}
