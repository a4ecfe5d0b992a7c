package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a source is found by its text. The two providers are named in the services of the tests, the ordinary one first. */
class FrameSourceProviderTest {

    @Test
    void sourceIsFoundByItsText() throws IOException {
        assertThat(FrameSource.open("ordinary").description()).isEqualTo("ordinary");
        assertThat(FrameSource.open("early").description()).isEqualTo("early");
    }

    @Test
    void providerWithALowerOrderIsAskedFirst() throws IOException {
        assertThat(FrameSource.open("both").description()).isEqualTo("early");
    }

    @Test
    void textOfNoKindIsToldWhichKindsThereAre() {
        assertThatIOException()
                .isThrownBy(() -> FrameSource.open("no-such-thing"))
                .withMessage("there is no source 'no-such-thing'; a source is one of: early, ordinary");
    }

    @Test
    void aMisspeltAddressIsRepeatedWithoutItsSecrets() {
        assertThatIOException()
                .isThrownBy(() -> FrameSource.open("rstp://me:s3/cr@et@door/x?token=s3cret"))
                .withMessageContaining("there is no source 'rstp://***@door/x?***'");
    }

    @Test
    void withoutAProviderTheErrorSaysWhatBringsSome() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            assertThatIOException()
                    .isThrownBy(() -> FrameSource.open("demo"))
                    .withMessage("there is no source 'demo'; the class path has no kinds of sources,"
                            + " such as flipbook-sources brings");
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A provider with the default order. */
    public static final class Ordinary implements FrameSourceProvider {
        @Override
        public Optional<FrameSource> open(String source, SourceOptions options) {
            return named(source, form());
        }

        @Override
        public String form() {
            return "ordinary";
        }
    }

    /** A provider that is asked before others. */
    public static final class Early implements FrameSourceProvider {
        @Override
        public int order() {
            return 99;
        }

        @Override
        public Optional<FrameSource> open(String source, SourceOptions options) {
            return named(source, form());
        }

        @Override
        public String form() {
            return "early";
        }
    }

    private static Optional<FrameSource> named(String source, String name) {
        return source.equals(name) || source.equals("both") ? Optional.of(new Named(name)) : Optional.empty();
    }

    private record Named(String description) implements FrameSource {
        @Override
        public Frame next() throws IOException {
            throw new IOException("this source has a name and nothing else");
        }
    }
}
