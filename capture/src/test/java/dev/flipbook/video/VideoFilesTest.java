package dev.flipbook.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VideoFilesTest {

    @TempDir
    Path folder;

    private final VideoFiles files = new VideoFiles();

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(FrameSourceProvider.class))
                .hasAtLeastOneElementOfType(dev.flipbook.decoder.DecodedFiles.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "test",
                "-",
                "",
                "screen",
                "http://example.org/a.mp4",
                "rtsp://example.org/live.mp4",
                "images/*.jpg",
                "/dev/null",
                "/tmp"
            })
    void whatIsNotAFileIsLeftToOthers(String source) throws Exception {
        assertThat(files.open(source, SourceOptions.DEFAULT)).isEmpty();
    }

    @Test
    void aFileBecomesASourceThatIsNotOpenedYet() throws Exception {
        Path clip = Files.writeString(folder.resolve("car.mp4"), "anything");
        FrameSource source = files.open(clip.toString(), SourceOptions.DEFAULT).orElseThrow();
        assertThat(source.description()).isEqualTo("car.mp4");
        assertThat(source.encoding()).isEqualTo(Encoding.NONE);
        source.close();
    }

    @Test
    void whatLooksLikeAFileAndIsNoneSaysSo() throws Exception {
        refuses("missing.mp4", "there is no file 'missing.mp4'");
        refuses(folder + "/missing", "there is no file '" + folder);
        refuses(Files.createFile(folder.resolve("empty.mp4")).toString(), "is empty");
        refuses(
                Files.writeString(folder.resolve("list"), "#EXTM3U\nfile:///etc/passwd\n")
                        .toString(),
                "a list that leads to other files");
    }

    private void refuses(String source, String sentence) {
        assertThatThrownBy(() -> files.open(source, SourceOptions.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(sentence);
    }
}
