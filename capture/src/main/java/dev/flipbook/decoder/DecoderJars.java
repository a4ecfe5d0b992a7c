package dev.flipbook.decoder;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the jars for a decoder process: those that this program runs from. Jars inside another jar, as in a Spring Boot
 * application, are copied once to the user's cache.
 */
final class DecoderJars {

    /** Names one file of each jar. A jar that is missing is skipped: this program runs without it as well. */
    private static List<String> parts() {
        String platform = platform();
        return List.of(
                "dev/flipbook/Frame.class",
                "dev/flipbook/decoder/DecoderMain.class",
                "org/bytedeco/ffmpeg/global/avcodec.class",
                "org/bytedeco/javacpp/Loader.class",
                "org/bytedeco/ffmpeg/" + platform + "/" + library("jniavcodec", platform),
                "org/bytedeco/javacpp/" + platform + "/" + library("jnijavacpp", platform));
    }

    private static String library(String name, String platform) {
        return platform.startsWith("windows")
                ? name + ".dll"
                : "lib" + name + (platform.startsWith("mac") ? ".dylib" : ".so");
    }

    /** The platform's name in JavaCPP. */
    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        String bits = processor.equals("aarch64") ? "arm64" : processor.equals("amd64") ? "x86_64" : processor;
        return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux") + "-" + bits;
    }

    /** @throws IOException if a jar cannot be copied */
    List<Path> paths() throws IOException {
        Set<Path> paths = new LinkedHashSet<>();
        for (String part : parts()) {
            Optional<URL> found =
                    Optional.ofNullable(DecoderJars.class.getClassLoader().getResource(part));
            if (found.isPresent()) {
                paths.add(path(root(found.get().toString(), part)));
            }
        }
        return List.copyOf(paths);
    }

    /** The address of the jar or folder that contains a file of this address. */
    static String root(String address, String part) {
        String root = address.substring(0, address.length() - part.length());
        return root.startsWith("jar:") ? root.substring("jar:".length(), root.length() - "!/".length()) : root;
    }

    private static Path path(String root) throws IOException {
        try {
            URI address = new URI(root);
            return "file".equals(address.getScheme()) ? Path.of(address) : copied(address.toURL());
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new IOException(
                    "the jar " + root
                            + " cannot be found for a decoder process; run from jars that are files, or decode"
                            + " in this process with flipbook.decoder=inside",
                    e);
        }
    }

    /**
     * Copies a nested jar to a file. The name of the copy contains everything that is known of the jar without reading
     * it, so that an updated jar gets a new copy.
     */
    private static Path copied(URL nested) throws IOException {
        long modified = nested.openConnection().getLastModified();
        Path folder = folder();
        Path copy = folder.resolve(digest(nested + " " + modified) + ".jar");
        if (!Files.exists(copy)) {
            Files.createDirectories(folder);
            Path whole = Files.createTempFile(folder, "copy", ".tmp");
            try (InputStream in = nested.openStream()) {
                Files.copy(in, whole, StandardCopyOption.REPLACE_EXISTING);
                Files.move(whole, copy, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(whole);
            }
        }
        return copy;
    }

    private static Path folder() {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).orElse("");
        return (cache.isEmpty() ? Path.of(System.getProperty("user.home", ""), ".cache") : Path.of(cache))
                .resolve("flipbook")
                .resolve("decoder");
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
