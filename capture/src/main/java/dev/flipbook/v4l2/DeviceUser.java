package dev.flipbook.v4l2;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the process that has a device open, as far as this user may see it. */
final class DeviceUser {

    private DeviceUser() {}

    /**
     * Describes the process for the middle of a sentence, such as {@code another program (obs, pid 4711)}.
     *
     * @param proc {@code /proc}
     * @param device the device's path without links
     * @param self process id of this process
     */
    static String of(Path proc, Path device, long self) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (has(process, device)) {
                    String pid = process.getFileName().toString();
                    return pid.equals(Long.toString(self))
                            ? "another feed of this program"
                            : "another program (" + name(process) + ", pid " + pid + ")";
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return "another program"; // the system does not tell
        }
        return "another program";
    }

    private static boolean has(Path process, Path device) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isLinkTo(descriptor, device)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false; // belongs to another user, or has ended
        }
        return false;
    }

    private static boolean isLinkTo(Path descriptor, Path device) {
        try {
            return Files.readSymbolicLink(descriptor).equals(device);
        } catch (IOException e) {
            return false; // closed in between
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
