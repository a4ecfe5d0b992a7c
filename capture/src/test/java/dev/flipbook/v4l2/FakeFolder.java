package dev.flipbook.v4l2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A folder like {@code /dev} with cameras of the test's own. */
final class FakeFolder {

    final Path root;
    private final Map<String, FakeCamera> cameras = new HashMap<>();

    FakeFolder(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(root.resolve("dev/v4l/by-id"));
        Files.createDirectories(root.resolve("proc"));
    }

    FakeCamera plug(int number) throws IOException {
        return plug(number, new FakeCamera());
    }

    FakeCamera plug(int number, FakeCamera camera) throws IOException {
        Files.createFile(root.resolve("dev/video" + number));
        cameras.put("video" + number, camera);
        camera.plugged = true;
        return camera;
    }

    void unplug(int number) throws IOException {
        Files.delete(root.resolve("dev/video" + number));
        Objects.requireNonNull(cameras.remove("video" + number)).plugged = false;
    }

    Path link(String name, int number) throws IOException {
        Path link = root.resolve("dev/v4l/by-id").resolve(name);
        Files.deleteIfExists(link);
        return Files.createSymbolicLink(link, Path.of("../../video" + number));
    }

    CameraFolder folder() {
        return new CameraFolder(root.resolve("dev"), root.resolve("sys"), root.resolve("proc"), this::open);
    }

    private Device open(Path path) throws DeviceException {
        try {
            FakeCamera camera = cameras.get(path.toRealPath().getFileName().toString());
            if (camera != null) {
                return camera.open();
            }
        } catch (DeviceException e) {
            throw e;
        } catch (IOException e) {
            // no such file, as below
        }
        throw new DeviceException(Errno.ENOENT, path + " cannot be opened");
    }
}
