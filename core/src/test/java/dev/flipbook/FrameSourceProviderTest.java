package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class FrameSourceProviderTest {

    @Test
    void sourceIsFoundByItsText() throws IOException {
        assertThat(FrameSource.open("demo").description()).isEqualTo("demo");
    }

    @Test
    void textOfNoKindIsToldWhichKindsThereAre() {
        assertThatIOException()
                .isThrownBy(() -> FrameSource.open("no-such-thing"))
                .withMessageContaining("there is no source 'no-such-thing'; a source is one of: ")
                .withMessageContaining("demo");
    }

    @Test
    void aMisspeltAddressIsRepeatedWithoutItsSecrets() {
        assertThatIOException()
                .isThrownBy(() -> FrameSource.open("rstp://me:s3/cr@et@door/x?token=s3cret"))
                .withMessageContaining("there is no source 'rstp://***@door/x?***'");
    }
}
