package dev.flipbook.address;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the names that the system's {@code hosts} file gives to this machine. */
final class HostsFile {

    /**
     * Maximum bytes that are read. Block lists make the file several megabytes long, but they come after the lines that
     * the machine's owner wrote.
     */
    private static final int MAX_BYTES = 1 << 20;

    private HostsFile() {}

    /**
     * Reads the names of these addresses, in lower case. Returns none if the file cannot be read.
     *
     * <p>Block lists map thousands of foreign names to loopback addresses. Therefore names with a dot on a loopback
     * line count only if the line also has the machine's own name; other names could belong to somebody else in the
     * DNS.
     *
     * @param addresses the machine's own addresses
     * @param own the machine's own name, in lower case
     */
    static Set<String> names(Path file, Set<InetAddress> addresses, String own) {
        Set<String> names = new HashSet<>();
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
            text.lines().forEach(line -> add(line, addresses, own, names));
        } catch (IOException e) {
            // the file is missing or unreadable
        }
        return names;
    }

    private static void add(String line, Set<InetAddress> addresses, String own, Set<String> names) {
        List<String> words = Arrays.asList(
                line.replaceFirst("#.*", "").strip().toLowerCase(Locale.ROOT).split("\\s+"));
        if (words.size() < 2) {
            return;
        }
        InetAddress address = literal(words.getFirst());
        if (address != null && (address.isLoopbackAddress() || addresses.contains(address))) {
            List<String> given = words.subList(1, words.size());
            boolean ours = !address.isLoopbackAddress() || given.contains(own);
            given.stream().filter(name -> ours || name.indexOf('.') < 0).forEach(names::add);
        }
    }

    private static @Nullable InetAddress literal(String word) {
        try {
            return InetAddress.ofLiteral(word);
        } catch (IllegalArgumentException e) {
            return null; // not an address line
        }
    }
}
