package dev.flipbook.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BuiltInSourcesTest {

    @Test
    void leavesToOthersWhatIsNotItsOwn() throws IOException {
        BuiltInSources sources = new BuiltInSources();

        assertThat(sources.open("demo.mp4", SourceOptions.DEFAULT)).isEmpty();
        assertThat(sources.open("Demo", SourceOptions.DEFAULT)).isEmpty();
        assertThat(sources.open("", SourceOptions.DEFAULT)).isEmpty();
    }

    @Test
    void unknownSourceIsAnsweredWithTheKnown() {
        assertThatThrownBy(() -> FrameSource.open("dmeo"))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no source 'dmeo'; a source is one of: demo, test, picam, - (standard input),"
                        + " http://…, a picture, a folder or glob of pictures");
    }
}
