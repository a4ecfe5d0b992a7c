package dev.flipbook.capture;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Loader;

/**
 * The folder into which JavaCPP unpacks FFmpeg's libraries when they are first used. A folder that cannot take them has to be
 * passed over before JavaCPP tries it: the JVM never again initialises a class whose libraries failed to load once.
 */
final class LibraryFolder {

    /** JavaCPP's own property: the folder to use. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    /** Free bytes with which the libraries fit for certain, so that their sizes need not be added up: all take about 67 MB. */
    private static final long PLENTY = 256 << 20;

    /** The path of the platform's libraries within their jar. */
    private static final String WITHIN = "org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/";

    private LibraryFolder() {}

    /**
     * Names the first folder that can take the libraries to JavaCPP: that of the property, and after it those that JavaCPP
     * knows, in the user's home and among the temporary files.
     *
     * @throws IOException when none can, with a sentence that says why of each; a later call may find one
     */
    static void choose() throws IOException {
        List<Path> folders = folders();
        List<String> reasons = new ArrayList<>();
        for (Path folder : folders) {
            try {
                check(folder);
                System.setProperty(PROPERTY, folder.toString());
                return;
            } catch (FileSystemException e) {
                reasons.add(folder + ": " + Optional.ofNullable(e.getReason()).orElse("it cannot be made there"));
            } catch (IOException e) {
                reasons.add(folder + ": " + e.getMessage());
            }
        }
        throw new IOException("FFmpeg's libraries cannot be unpacked (" + String.join("; ", reasons)
                + "); make room there, or name another folder by the Java property " + PROPERTY);
    }

    private static List<Path> folders() {
        Path temporary = Path.of(
                System.getProperty("java.io.tmpdir", "/tmp"),
                ".javacpp-" + System.getProperty("user.name", ""),
                "cache");
        Path home = Path.of(System.getProperty("user.home", "."), ".javacpp", "cache");
        Stream<Path> chosen = Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of).stream();
        return Stream.concat(chosen, Stream.of(home, temporary)).distinct().toList();
    }

    private static void check(Path folder) throws IOException {
        Files.createDirectories(folder);
        if (!Files.isWritable(folder)) {
            throw new IOException("this user may not write there, or nobody may");
        }
        long free = folder.toFile().getUsableSpace();
        if (free < PLENTY) {
            long missing = missing(folder);
            if (free < missing) {
                throw new IOException("%.0f MB are free and %.0f are needed".formatted(free / 1e6, missing / 1e6));
            }
        }
    }

    /** The bytes of the libraries that are not in the folder yet; none where they come from elsewhere than from a jar. */
    private static long missing(Path folder) throws IOException {
        URL library = Loader.findResource(avutil.class, "/" + WITHIN + System.mapLibraryName("jniavutil"));
        URLConnection connection = library == null ? null : library.openConnection();
        if (!(connection instanceof JarURLConnection jar)) {
            return 0;
        }
        JarFile file = jar.getJarFile(); // the class loader's own, which stays open
        Path unpacked = folder.resolve(Path.of(file.getName()).getFileName());
        return file.stream()
                .filter(entry -> isLibrary(entry.getName()) && !isThere(unpacked.resolve(entry.getName()), entry))
                .mapToLong(JarEntry::getSize)
                .sum();
    }

    /** The jar holds programs too, which are not unpacked. */
    private static boolean isLibrary(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return name.startsWith(WITHIN) && last.matches("(lib|jni).*\\.(so|dylib|dll|jnilib)(\\.\\d+)?|.*\\.dll");
    }

    private static boolean isThere(Path file, JarEntry entry) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == entry.getSize();
        } catch (IOException e) {
            return false;
        }
    }
}
