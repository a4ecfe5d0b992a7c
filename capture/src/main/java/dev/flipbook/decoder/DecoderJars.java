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
 * The jars of a decoder process: those out of which this program runs. What lies within another jar, as in one of Spring Boot, is copied once to the
 * user's cache.
 */
final class DecoderJars {

    /** One file of each jar; of those that are not there a decoder knows nothing, and so did this program. */
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

    /** As JavaCPP names it. */
    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        String bits = processor.equals("aarch64") ? "arm64" : processor.equals("amd64") ? "x86_64" : processor;
        return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "linux") + "-" + bits;
    }

    /** @throws IOException when one cannot be copied */
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

    /** The address of the jar or folder that holds a file of this address. */
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

    /** A jar within a jar, as a file. It is named by all that is known of it without reading it. */
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
