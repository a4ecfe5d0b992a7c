package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * Cameras in user space, plugged in by the test. A program that is started with {@link #environment} sees these cameras
 * in {@code /dev}. {@code src/test/c/v4l2-cameras.c} describes what they can do.
 */
public final class VirtualCameras {

    private final Path library;
    private final Path folder;

    /**
     * No cameras yet.
     *
     * @param library as {@link #compiled}
     * @param folder an empty one for their files
     */
    public VirtualCameras(Path library, Path folder) throws IOException {
        this.library = library;
        this.folder = folder;
        Files.createDirectories(folder.resolve("dev/v4l/by-id"));
        Files.createDirectories(folder.resolve("pictures"));
    }

    /**
     * Compiles the library that answers for the cameras. If that is not possible, the test is skipped with a message.
     *
     * @param unseen what is not tested without the library
     */
    public static Path compiled(Path folder, String unseen) throws IOException, InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) {
            Installed.skip("this is not Linux", unseen);
        }
        String compiler = Installed.program("gcc", unseen);
        Path library = folder.resolve("v4l2-cameras.so");
        String source = System.getProperty("flipbook.home") + "/it/src/test/c/v4l2-cameras.c";
        Process gcc = new ProcessBuilder(compiler, "-O1", "-shared", "-fPIC", "-o", library.toString(), source, "-ldl")
                .redirectErrorStream(true)
                .start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(gcc.waitFor()).as(said).isZero();
        return library;
    }

    public Map<String, String> environment() {
        return Map.of("LD_PRELOAD", library.toString(), "CAMERAS", folder.toString());
    }

    /** Plugs in a camera as {@code /dev/videoN}. The lines describe the camera. */
    public void plug(int number, String... lines) throws IOException {
        place(
                folder.resolve("dev/video" + number),
                String.join("\n", lines).concat("\n").getBytes(StandardCharsets.UTF_8));
    }

    public void unplug(int number) throws IOException {
        Files.delete(folder.resolve("dev/video" + number));
    }

    /** Lets {@code /dev/v4l/by-id/NAME} lead to a camera. */
    public void link(String name, int number) throws IOException {
        Files.createSymbolicLink(folder.resolve("dev/v4l/by-id").resolve(name), Path.of("../../video" + number));
    }

    /** Sets the pictures that the cameras give from now on, one after the other and in a loop. */
    public void give(List<byte[]> pictures) throws IOException {
        for (int i = 0; i < pictures.size(); i++) {
            place(folder.resolve("pictures/" + i + ".jpg"), pictures.get(i));
        }
        int behind = pictures.size();
        while (Files.deleteIfExists(folder.resolve("pictures/" + behind + ".jpg"))) {
            behind++;
        }
    }

    /** Sets the fault of the pictures from now on; empty for whole pictures. */
    public void fault(String kind) throws IOException {
        place(folder.resolve("fault"), kind.getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces the file in one step, so that no reader sees half of it. */
    private void place(Path file, byte[] bytes) throws IOException {
        Path whole = Files.write(folder.resolve("next"), bytes);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
