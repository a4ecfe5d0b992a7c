package dev.flipbook.ffmpeg;

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
 * Chooses the folder into which JavaCPP unpacks FFmpeg's libraries at their first use. A folder that cannot take them
 * must be skipped before JavaCPP tries it, because the JVM never initializes a class again whose libraries have failed
 * to load once.
 */
final class LibraryFolder {

    /** JavaCPP's system property for the folder. */
    static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    /**
     * Free bytes that are certainly enough, so that the sizes of the libraries need not be added up. All libraries
     * together take about 67 MB.
     */
    private static final long PLENTY = 256 << 20;

    /** Path of the platform's libraries inside their jar. */
    private static final String WITHIN = "org/bytedeco/ffmpeg/" + Loader.getPlatform() + "/";

    private LibraryFolder() {}

    /**
     * Sets JavaCPP's property to the first folder that can take the libraries: the property's own value, then JavaCPP's
     * default folders in the user's home and among the temporary files.
     *
     * @throws IOException with the reason for each folder if none can take them; a later call may find one
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
            throw new IOException("this user may not write there, or it is read-only");
        }
        long free = folder.toFile().getUsableSpace();
        if (free < PLENTY) {
            long missing = missing(folder);
            if (free < missing) {
                throw new IOException("%.0f MB are free and %.0f are needed".formatted(free / 1e6, missing / 1e6));
            }
        }
    }

    /** The bytes of the libraries that the folder lacks; 0 if they do not come from a jar. */
    private static long missing(Path folder) throws IOException {
        URL library = Loader.findResource(avutil.class, "/" + WITHIN + System.mapLibraryName("jniavutil"));
        URLConnection connection = library == null ? null : library.openConnection();
        if (!(connection instanceof JarURLConnection jar)) {
            return 0;
        }
        JarFile file = jar.getJarFile(); // belongs to the class loader and must stay open
        Path unpacked = folder.resolve(Path.of(file.getName()).getFileName());
        return file.stream()
                .filter(entry -> isLibrary(entry.getName()) && !isThere(unpacked.resolve(entry.getName()), entry))
                .mapToLong(JarEntry::getSize)
                .sum();
    }

    /** The jar contains programs as well, which are not unpacked. */
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
