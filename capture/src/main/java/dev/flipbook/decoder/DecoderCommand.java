package dev.flipbook.decoder;

import dev.flipbook.confinement.Confinement;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The command that starts a decoder process: this program's java with this program's jars. Immutable.
 *
 * @param line the program and its arguments
 * @param readable files and folders that the process may read as long as it runs, whatever it decodes
 */
record DecoderCommand(List<String> line, List<Path> readable) {

    /** System property that names the java to use if this program's runtime has no {@code bin/java}. */
    private static final String JAVA = "flipbook.decoder.java";

    /** System property that names this program's AOT cache, which was made with its whole class path. */
    private static final String CACHE = "flipbook.decoder.cache";

    /** Environment variables that a decoder gets. Others may hold secrets, or options that would end the JVM. */
    private static final Set<String> ENVIRONMENT =
            Set.of("PATH", "HOME", "LANG", "TMPDIR", "TMP", "LD_LIBRARY_PATH", "SystemRoot");

    /** Default memory in MiB in addition to the heap. Ten feeds of 720p use less than half of it. */
    private static final long NATIVE_MEMORY = 512;

    /** Files that the system's libraries read for FFmpeg to resolve names and to check certificates. */
    private static final List<String> NAMES = List.of(
            "/etc/resolv.conf",
            "/run/systemd/resolve",
            "/etc/hosts",
            "/etc/host.conf",
            "/etc/nsswitch.conf",
            "/etc/gai.conf",
            "/etc/ssl",
            "/usr/share/ca-certificates",
            "/lib",
            "/lib64",
            "/usr/lib");

    private static final List<String> FLAGS = List.of(
            "-Xms8m",
            "-Xmn4m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+SuppressFatalErrorMessage", // the JVM would print the message into the pipe
            "-XX:-CreateCoredumpOnCrash",
            "-XX:-UsePerfData",
            "-XX:+DisableAttachMechanism",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", // the default would limit the process to four times its heap
            "-Dflipbook.decoder=inside");

    /**
     * Finds java and the jars, and builds the command.
     *
     * @param server process id of the server
     * @throws IOException with a sentence for the user if java or a jar is missing
     */
    static DecoderCommand of(DecoderKind kind, long server) throws IOException {
        Path java = java();
        String cache = System.getProperty(CACHE, "");
        List<Path> jars = cache.isEmpty() ? new DecoderJars().paths() : wholeClassPath();
        List<String> line = new ArrayList<>(List.of(java.toString(), "-Xmx" + kind.heap + "m"));
        line.addAll(FLAGS);
        line.add("-D" + Confinement.MEMORY + "=" + (kind.heap + Long.getLong(Confinement.MEMORY, NATIVE_MEMORY)));
        if (!cache.isEmpty()) {
            line.add("-XX:AOTCache=" + Path.of(cache).toAbsolutePath());
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("org.bytedeco.javacpp.") && !name.endsWith("maxPhysicalBytes"))
                .forEach(name -> line.add("-D" + name + "=" + System.getProperty(name)));
        String classPath = String.join(
                File.pathSeparator, jars.stream().map(Path::toString).toList());
        line.addAll(List.of("-cp", classPath, DecoderMain.class.getName(), kind.name(), Long.toString(server)));
        List<Path> readable = new ArrayList<>(jars);
        readable.add(java.toRealPath().resolve("../..").normalize());
        if (kind == DecoderKind.NETWORK) {
            NAMES.stream().map(Path::of).filter(Files::exists).forEach(readable::add);
        }
        return new DecoderCommand(List.copyOf(line), List.copyOf(readable));
    }

    private static Path java() throws IOException {
        String named = System.getProperty(JAVA, "");
        Path home = Path.of(System.getProperty("java.home", ""), "bin");
        return (named.isEmpty() ? Stream.of(home.resolve("java"), home.resolve("java.exe")) : Stream.of(Path.of(named)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("no java was found to start a decoder process: "
                        + (named.isEmpty() ? "there is no " + home.resolve("java") : named + " is not executable")
                        + "; name a Java 25 in the system property " + JAVA
                        + ", or decode in this process with flipbook.decoder=inside"));
    }

    private static List<Path> wholeClassPath() {
        return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList();
    }

    ProcessBuilder builder() {
        ProcessBuilder builder = new ProcessBuilder(line);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(ENVIRONMENT);
        return builder.directory(new File("/"));
    }
}
