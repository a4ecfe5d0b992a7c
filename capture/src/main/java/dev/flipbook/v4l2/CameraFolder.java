package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.flipbook.v4l2.V4l2.Capability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * The cameras of the system: the files {@code video0}, {@code video1}… of a folder, which is {@code /dev} in
 * production. Immutable.
 *
 * @param dev {@code /dev}
 * @param sys {@code /sys/class/video4linux}, which has the names of devices that may not be opened
 * @param proc {@code /proc}, which shows which processes have a device open
 */
record CameraFolder(Path dev, Path sys, Path proc, Device.Opener opener) {

    /** The folders of this system. */
    static CameraFolder system(Device.Opener opener) {
        return new CameraFolder(Path.of("/dev"), Path.of("/sys/class/video4linux"), Path.of("/proc"), opener);
    }

    /**
     * What identifies a camera.
     *
     * @param name the camera's own name
     * @param bus the plug that it is connected to, as its driver names it
     * @param link a link in {@code /dev/v4l/by-id} that leads to the camera on any plug
     */
    record Identity(String name, String bus, Optional<Path> link) {

        boolean isSame(Identity other) {
            return name.equals(other.name) && bus.equals(other.bus);
        }
    }

    /** An open camera. */
    record Opened(Device device, Path path, Identity identity) {}

    /**
     * A camera of the list.
     *
     * @param problem why the camera cannot be opened; empty if it can
     */
    record Found(Path path, Identity identity, String problem) {

        boolean isCalled(String part) {
            return identity.name().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
        }

        /** Text for lists in messages, such as {@code HD Webcam at /dev/video0}. */
        String text() {
            return identity.name() + " at " + path;
        }
    }

    /** All cameras that deliver pictures or that cannot be queried, ordered by number. */
    List<Found> cameras() {
        List<Found> found = new ArrayList<>();
        for (Path node : nodes()) {
            try (Device device = opener.open(node)) {
                identity(node, device).ifPresent(identity -> found.add(new Found(node, identity, "")));
            } catch (DeviceException e) {
                if (!Errno.isAbsent(e.errno())) {
                    String name = nameOf(node);
                    Identity identity = new Identity(name, "", link(node));
                    found.add(new Found(node, identity, reason(e, node, name)));
                }
            }
        }
        return found;
    }

    /** The current device files, ordered by number. */
    SequencedSet<Path> nodes() {
        List<Path> nodes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dev, "video[0-9]*")) {
            files.forEach(nodes::add);
        } catch (IOException | DirectoryIteratorException e) {
            return new LinkedHashSet<>(); // no such folder, so no cameras
        }
        nodes.removeIf(node -> !node.getFileName().toString().matches("video\\d{1,4}"));
        nodes.sort(Comparator.comparing(
                node -> Integer.valueOf(node.getFileName().toString().substring(5))));
        return new LinkedHashSet<>(nodes);
    }

    /** The identity of a device; empty if the device does not deliver pictures. */
    private Optional<Identity> identity(Path node, Device device) throws DeviceException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(Capability.SIZE, Long.BYTES);
            int errno = device.ioctl(V4l2.QUERYCAP, answer);
            if (errno == Errno.ENOTTY || errno == Errno.EINVAL) {
                return Optional.empty();
            }
            if (errno != 0) {
                throw new DeviceException(errno, node + " does not say what it is");
            }
            int all = answer.get(JAVA_INT, Capability.CAPABILITIES);
            int own = (all & V4l2.CAP_DEVICE_CAPS) != 0 ? answer.get(JAVA_INT, Capability.DEVICE_CAPS) : all;
            int needed = V4l2.CAP_VIDEO_CAPTURE | V4l2.CAP_STREAMING;
            String name = V4l2.text(answer, Capability.CARD, 32);
            return (own & needed) == needed
                    ? Optional.of(new Identity(
                            name.isEmpty() ? node.toString() : name,
                            V4l2.text(answer, Capability.BUS_INFO, 32),
                            link(node)))
                    : Optional.empty();
        }
    }

    private String nameOf(Path node) {
        try {
            return Files.readString(sys.resolve(node.getFileName()).resolve("name"))
                    .strip();
        } catch (IOException e) {
            return node.toString(); // no other name is known
        }
    }

    /** The link in {@code /dev/v4l/by-id} that leads to this device. */
    private Optional<Path> link(Path node) {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(dev.resolve("v4l/by-id"))) {
            for (Path link : links) {
                if (target(link).equals(target(node))) {
                    return Optional.of(link);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty(); // systems without udev have no such folder
        }
        return Optional.empty();
    }

    /** The target of a link, or the file itself if it is not a link. */
    private static Path target(Path file) {
        try {
            return file.resolveSibling(Files.readSymbolicLink(file)).normalize();
        } catch (IOException | UnsupportedOperationException e) {
            return file;
        }
    }

    /**
     * Opens the camera at this path.
     *
     * @param camera the camera's name for messages
     * @throws IOException with the reason for the user if it cannot be opened
     */
    Opened open(Path path, String camera) throws IOException {
        Device device;
        try {
            device = opener.open(path);
        } catch (DeviceException e) {
            throw new IOException(reason(e, path, camera), e);
        }
        try {
            Optional<Identity> identity = identity(path, device);
            if (identity.isPresent()) {
                return new Opened(device, path, identity.get());
            }
            throw new IOException(path + " is not a camera that gives pictures");
        } catch (DeviceException e) {
            device.close();
            throw new IOException(reason(e, path, camera), e);
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /**
     * Opens a camera that was open before, wherever it is connected now.
     *
     * @param last path at which it was
     */
    Opened openAgain(Identity known, Path last) throws IOException {
        Path first = known.link().orElse(last);
        try (Device device = opener.open(first)) {
            Optional<Identity> there = identity(first, device);
            if (there.isPresent() && (known.link().isPresent() || there.get().isSame(known))) {
                return open(first, known.name());
            }
        } catch (DeviceException e) {
            if (!Errno.isAbsent(e.errno())) {
                throw new IOException(reason(e, first, known.name()), e);
            }
        }
        return open(moved(known), known.name());
    }

    /** The current path of a camera: on the same plug, or as the only one of its name. */
    private Path moved(Identity known) throws IOException {
        List<Found> named = cameras().stream()
                .filter(one -> one.identity().name().equals(known.name()))
                .toList();
        for (Found one : named) {
            if (one.identity().isSame(known)) {
                return one.path();
            }
        }
        // A camera with a link would have been found by it, so this is another camera of the same model.
        if (named.size() == 1 && known.link().isEmpty()) {
            return named.get(0).path();
        }
        throw new IOException(unplugged(known.name()));
    }

    private static String unplugged(String camera) {
        return "the camera " + camera + " is unplugged";
    }

    /** A sentence for the user about a camera that the system or its driver has refused. */
    String reason(DeviceException e, Path path, String camera) {
        if (Errno.isAbsent(e.errno())) {
            return camera.equals(path.toString()) ? "no camera is plugged in at " + path : unplugged(camera);
        }
        if (Errno.isForbidden(e.errno())) {
            return "permission denied for " + path + ": add yourself to the group video: sudo usermod -aG video "
                    + System.getProperty("user.name", "USER") + ", and log in again";
        }
        if (e.errno() == Errno.EBUSY) {
            long self = ProcessHandle.current().pid();
            return "the camera " + camera + " is in use by " + DeviceUser.of(proc, target(path), self);
        }
        return "the camera " + camera + " fails: " + e.getMessage();
    }
}
