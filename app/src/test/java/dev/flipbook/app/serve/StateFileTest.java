package dev.flipbook.app.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.app.serve.StateFile.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StateFileTest {

    @TempDir
    private Path folder;

    @Test
    void whatWasWrittenIsReadAfterTheNextStart() throws IOException {
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            assertThat(state.read()).isEmpty();
            state.write(bytes("one"));
            state.write(bytes("two"));
        }
        assertThat(contents()).contains("two");
    }

    /** The program may be killed between any two steps of a write. */
    @ParameterizedTest
    @EnumSource(Step.class)
    void aWriteThatBreaksOffLeavesTheOldOrTheNewContents(Step last) throws IOException {
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            state.write(bytes("old"));
        }
        try (StateFile state = StateFile.open(folder, "feeds.json", step -> {
            if (step == last) {
                throw new UncheckedIOException(new IOException("killed"));
            }
        })) {
            assertThatThrownBy(() -> state.write(bytes("the new contents"))).hasMessageContaining("killed");
        }
        assertThat(contents()).contains(last.compareTo(Step.RENAMED) < 0 ? "old" : "the new contents");
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            state.write(bytes("later"));
        }
        assertThat(contents()).contains("later");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void nobodyElseMayReadTheFile() throws IOException {
        Path state = folder.resolve("state");
        try (StateFile file = StateFile.open(state, "feeds.json")) {
            file.write(bytes("rtsp://admin:secret@door/"));
        }
        assertThat(permissions(state)).isEqualTo("rwx------");
        assertThat(permissions(state.resolve("feeds.json"))).isEqualTo("rw-------");
    }

    @Test
    void onlyOneProcessAtATimeHasTheFile() throws IOException {
        StateFile first = StateFile.open(folder, "feeds.json");
        assertThatThrownBy(() -> StateFile.open(folder, "feeds.json"))
                .isInstanceOf(IOException.class)
                .hasMessage("another Flipbook keeps its feeds in " + folder
                        + "; set XDG_STATE_HOME to another folder, or leave out api.keep");
        first.close();
        StateFile.open(folder, "feeds.json").close();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> StateFile.open(file.resolve("flipbook"), "feeds.json"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the state folder " + file.resolve("flipbook") + " cannot be written to (")
                .hasMessageEndingWith("); set XDG_STATE_HOME to a folder of this user");
    }

    @Test
    void contentsThatAreNotUnderstoodAreKeptAside() throws IOException {
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            state.write(bytes("junk"));
            assertThat(state.setAside()).hasFileName("feeds.json.unreadable").hasContent("junk");
            assertThat(state.read()).isEmpty();
        }
    }

    @Test
    void aHugeFileIsNotRead() throws IOException {
        Files.write(folder.resolve("feeds.json"), new byte[(4 << 20) + 1]);
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            assertThatThrownBy(state::read).hasMessage(state.path() + " is longer than 4 MiB");
        }
    }

    private Optional<String> contents() throws IOException {
        try (StateFile state = StateFile.open(folder, "feeds.json")) {
            return state.read().map(bytes -> new String(bytes, UTF_8));
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
