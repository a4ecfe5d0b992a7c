package dev.flipbook.decoder;

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
 * How a decoder process is started: by the java that runs this one, with the jars of this one. Immutable.
 *
 * @param line the program and its arguments
 * @param readable what the process reads for as long as it runs, whatever it decodes
 */
record DecoderCommand(List<String> line, List<Path> readable) {

    /** In {@code flipbook.decoder.java}: the java to use where this one has no {@code bin/java}. */
    private static final String JAVA = "flipbook.decoder.java";

    /** In {@code flipbook.decoder.cache}: the AOT cache of this program, which was made with its whole class path. */
    private static final String CACHE = "flipbook.decoder.cache";

    /** What a decoder needs of the environment. The rest may hold secrets, or options for a JVM that would end it. */
    private static final Set<String> ENVIRONMENT =
            Set.of("PATH", "HOME", "LANG", "TMPDIR", "TMP", "LD_LIBRARY_PATH", "SystemRoot");

    /** In MiB, besides the heap: ten feeds of 720p take less than half of it. */
    private static final long NATIVE_MEMORY = 512;

    /** What FFmpeg reads to find the address of a name and to check a certificate, by the system's libraries. */
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
            "-XX:+SuppressFatalErrorMessage", // which the JVM would print into the pipe
            "-XX:-CreateCoredumpOnCrash",
            "-XX:-UsePerfData",
            "-XX:+DisableAttachMechanism",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", // it would limit the process to four times its heap
            "-Dflipbook.decoder=inside");

    /** @throws IOException with a sentence for the user when there is no java, or no jar of a part of it */
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
                .orElseThrow(() -> new IOException("there is no java to start a decoder process with: "
                        + (named.isEmpty() ? "this program's has no " + home.resolve("java") : named + " is none")
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
