package dev.flipbook.it;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which module may name which, and the house rules that can be checked in the compiled classes. */
class ArchitectureTest {

    /** The packages of core from the bottom up: each names only those before it. */
    private static final String[] CORE = {
        "dev.flipbook.text",
        "dev.flipbook.time",
        "dev.flipbook.jpeg",
        "dev.flipbook.mjpeg",
        "dev.flipbook.image",
        "dev.flipbook",
        "dev.flipbook.picture",
        "dev.flipbook.delivery",
        "dev.flipbook.origin",
        "dev.flipbook.variant",
        "dev.flipbook.feed",
        "dev.flipbook.web",
        "dev.flipbook.testing"
    };

    private static final String[] SOURCES = {
        "dev.flipbook.source", "dev.flipbook.command", "dev.flipbook.folder", "dev.flipbook.http"
    };

    /** What core and sources may name besides our own. Of java.desktop only the classes of DESKTOP name anything. */
    private static final String[] JDK = {"java..", "javax.imageio..", "javax.net.ssl..", "org.jspecify.annotations"};

    /** Small programs, which may name everything. */
    private static final String EXAMPLES = "dev.flipbook.examples";

    /** The packages above core, and those of our own that they may name besides core. */
    private static final Map<String, Set<String>> MAY_NAME = Map.ofEntries(
            // sources
            Map.entry("dev.flipbook.command", Set.of()),
            Map.entry("dev.flipbook.folder", Set.of()),
            Map.entry("dev.flipbook.http", Set.of()),
            Map.entry(
                    "dev.flipbook.source", Set.of("dev.flipbook.command", "dev.flipbook.folder", "dev.flipbook.http")),
            // capture
            Map.entry("dev.flipbook.turbojpeg", Set.of()),
            Map.entry("dev.flipbook.ffmpeg", Set.of("dev.flipbook.turbojpeg")),
            Map.entry("dev.flipbook.imagefile", Set.of("dev.flipbook.ffmpeg")),
            Map.entry("dev.flipbook.video", Set.of("dev.flipbook.ffmpeg")),
            Map.entry("dev.flipbook.live", Set.of("dev.flipbook.ffmpeg", "dev.flipbook.video")),
            Map.entry("dev.flipbook.v4l2", Set.of("dev.flipbook.ffmpeg")),
            Map.entry("dev.flipbook.tiff", Set.of()),
            Map.entry("dev.flipbook.confinement", Set.of()),
            Map.entry(
                    "dev.flipbook.decoder",
                    Set.of(
                            "dev.flipbook.confinement",
                            "dev.flipbook.ffmpeg",
                            "dev.flipbook.imagefile",
                            "dev.flipbook.live",
                            "dev.flipbook.video")),
            // server
            Map.entry("dev.flipbook.websocket", Set.of("dev.flipbook.server.http", "dev.flipbook.server.stream")),
            Map.entry("dev.flipbook.address", Set.of()),
            Map.entry("dev.flipbook.server.http", Set.of()),
            Map.entry("dev.flipbook.server.stream", Set.of("dev.flipbook.server.http")),
            Map.entry("dev.flipbook.server.publish", Set.of("dev.flipbook.server.http")),
            Map.entry("dev.flipbook.server.generate", Set.of("dev.flipbook.server.http")),
            Map.entry("dev.flipbook.server.control", Set.of("dev.flipbook.server.http", "dev.flipbook.server.publish")),
            Map.entry(
                    "dev.flipbook.server",
                    Set.of(
                            "dev.flipbook.address",
                            "dev.flipbook.server.control",
                            "dev.flipbook.server.generate",
                            "dev.flipbook.server.http",
                            "dev.flipbook.server.publish",
                            "dev.flipbook.server.stream",
                            "dev.flipbook.websocket")),
            // spring-boot-starter
            Map.entry("dev.flipbook.servlet", Set.of()),
            Map.entry("dev.flipbook.spring", Set.of("dev.flipbook.servlet")),
            // app
            Map.entry("dev.flipbook.app.console", Set.of()),
            Map.entry("dev.flipbook.app.yaml", Set.of()),
            Map.entry(
                    "dev.flipbook.app.config",
                    Set.of(
                            "dev.flipbook.app.console",
                            "dev.flipbook.app.yaml",
                            "dev.flipbook.command",
                            "dev.flipbook.server")),
            Map.entry("dev.flipbook.app.bench", Set.of("dev.flipbook.app.console")),
            Map.entry("dev.flipbook.app.control", Set.of("dev.flipbook.app.console")),
            Map.entry(
                    "dev.flipbook.app.serve",
                    Set.of(
                            "dev.flipbook.app.config",
                            "dev.flipbook.app.console",
                            "dev.flipbook.app.yaml",
                            "dev.flipbook.server",
                            "dev.flipbook.server.control",
                            "dev.flipbook.server.http")),
            Map.entry("dev.flipbook.app.publish", Set.of("dev.flipbook.app.console")),
            Map.entry(
                    "dev.flipbook.app",
                    Set.of(
                            "dev.flipbook.app.bench",
                            "dev.flipbook.app.config",
                            "dev.flipbook.app.console",
                            "dev.flipbook.app.control",
                            "dev.flipbook.app.publish",
                            "dev.flipbook.app.serve",
                            "dev.flipbook.server",
                            "dev.flipbook.server.http")));

    /** Libraries that only one module may name, so that the other modules can be used without them. */
    private static final Map<String, String> LIBRARY_OF = Map.ofEntries(
            Map.entry("org.eclipse.jetty..", "dev.flipbook.[server|server.*|websocket|spring]"),
            Map.entry("tools.jackson..", "dev.flipbook.[server|server.*|websocket]"),
            Map.entry("jakarta.servlet..", "dev.flipbook.[servlet|spring]"),
            Map.entry("org.springframework..", "dev.flipbook.spring"),
            Map.entry("io.netty..", "dev.flipbook.spring"),
            Map.entry("com.twelvemonkeys..", "dev.flipbook.tiff"),
            Map.entry("org.bytedeco..", "dev.flipbook.[ffmpeg|imagefile|turbojpeg|video|live]"),
            Map.entry("org.apache.commons.cli..", "dev.flipbook.app.."),
            Map.entry("ch.qos.logback..", "dev.flipbook.app"),
            Map.entry("org.apache.commons.text..", "dev.flipbook.app.yaml"),
            Map.entry("org.snakeyaml..", "dev.flipbook.app.[config|yaml]"));

    /** The classes of core that use java.desktop, a module that programs may leave out. */
    private static final Set<String> DESKTOP = Set.of(
            "dev.flipbook.feed.Feed", // publish(BufferedImage)
            "dev.flipbook.origin.Drafts",
            "dev.flipbook.origin.Draft",
            "dev.flipbook.image.ImageIoEncoder",
            "dev.flipbook.image.Canvas",
            "dev.flipbook.origin.SpareMemory",
            "dev.flipbook.Drawing",
            "dev.flipbook.FrameSource", // drawing(), of which it is the result of a supplier
            "dev.flipbook.image.ColourProfile",
            "dev.flipbook.image.ImagePixels",
            "dev.flipbook.image.JpegPixels",
            "dev.flipbook.picture.ImageIoDecoder");

    /** The classes that may ask the machine for the time. All other classes get a {@code Ticker}. */
    private static final Set<String> CLOCKS = Set.of(
            "dev.flipbook.Ticker", // is the clock
            "dev.flipbook.feed.Feeds", // how long close() waits for real connections to drain
            "dev.flipbook.feed.Timekeeper", // notices that the whole process did not run
            "dev.flipbook.server.stream.JettySink", // how long real writes take
            "dev.flipbook.servlet.ServletSink", // how long the end waits for a real write
            "dev.flipbook.spring.FrameFlow", // how long real writes take
            "dev.flipbook.web.SnapshotRequest", // the wall clock, for a header
            "dev.flipbook.ffmpeg.Ffmpeg"); // one line of FFmpeg's log a second

    /** Maximum number of types in a package, because a package with more types has more than one idea. */
    private static final int MAX_TYPES_IN_A_PACKAGE = 20;

    /**
     * Maximum number of a constructor's parameters. If there are more, those that belong together become a record,
     * which names its values.
     */
    private static final int MAX_PARAMETERS = 6;

    private static final int MAX_LINES = 350;

    /** Files that are longer, and why they are not divided. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "Feed.java", "the interface for programs; more than half of it is documentation",
            "FeedViewer.java", "one state machine, whose fields belong to one thread at a time",
            "MultipartReader.java", "one parser, which reads as the grammar does");

    private static JavaClasses product;

    @BeforeAll
    static void readTheClasses() {
        product = new ClassFileImporter()
                .importPackages("dev.flipbook")
                .that(DescribedPredicate.not(
                        resideInAnyPackage("dev.flipbook.it..", "dev.flipbook.machine..", "dev.flipbook.bench..")));
        assertThat(product.contain("dev.flipbook.feed.Feed")).isTrue();
        assertThat(product.contain("dev.flipbook.server.Flipbook")).isTrue();
        assertThat(product.contain("dev.flipbook.spring.FeedResponse")).isTrue();
        assertThat(product.contain("dev.flipbook.app.Main")).isTrue();
    }

    @Test
    void everyPackageBelongsToAModule() {
        Set<String> packages = product.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        packages.removeAll(Set.of(CORE));
        packages.removeAll(MAY_NAME.keySet());
        packages.remove(EXAMPLES);
        assertThat(packages).isEmpty();
    }

    @Test
    void coreNeedsTheJdkAlone() {
        classes()
                .that(resideInAnyPackage(CORE))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(CORE).or(resideInAnyPackage(JDK)))
                .check(product);
    }

    @Test
    void sourcesNeedCoreAndTheJdkAlone() {
        classes()
                .that(resideInAnyPackage(SOURCES))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(CORE).or(resideInAnyPackage(SOURCES)).or(resideInAnyPackage(JDK)))
                .check(product);
    }

    @Test
    void coreAndSourcesTouchTheDesktopInFewPlaces() {
        noClasses()
                .that(resideInAnyPackage(CORE).or(resideInAnyPackage(SOURCES)))
                .and(outside(DESKTOP))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.awt..", "javax.imageio..", "javax.swing.."))
                .check(product);
    }

    @Test
    void coreAndSourcesOpenNoServerSocket() {
        noClasses()
                .that(resideInAnyPackage(CORE).or(resideInAnyPackage(SOURCES)))
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.ServerSocket")
                .check(product);
    }

    @Test
    void siblingsNeverNameEachOther() {
        MAY_NAME.forEach((module, named) -> {
            String[] others = Stream.concat(MAY_NAME.keySet().stream(), Stream.of(EXAMPLES))
                    .filter(other -> !other.equals(module) && !named.contains(other))
                    .toArray(String[]::new);
            noClasses()
                    .that(resideInAPackage(module))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others))
                    .check(product);
        });
    }

    @Test
    void aLibraryIsNamedInItsOwnModuleAlone() {
        LIBRARY_OF.forEach((library, module) -> noClasses()
                .that(DescribedPredicate.not(resideInAPackage(module)))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .check(product));
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new ByPackage()).should().beFreeOfCycles().check(product);
    }

    /** Each package is a slice, the outer ones too. */
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    @Test
    void packagesStaySmall() {
        Map<String, Long> sizes = product.stream()
                .filter(one -> one.isTopLevelClass() && !one.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes)
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MAX_TYPES_IN_A_PACKAGE));
    }

    @Test
    void coreIsBuiltFromTheBottomUp() {
        for (int at = 0; at < CORE.length; at++) {
            noClasses()
                    .that(resideInAPackage(CORE[at]))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(Arrays.copyOfRange(CORE, at + 1, CORE.length)))
                    .allowEmptyShould(true)
                    .check(product);
        }
    }

    @Test
    void constructorsTakeFewParameters() {
        List<String> many = product.stream()
                .filter(one -> !one.isRecord() && !one.isEnum() && !one.isAnonymousClass())
                .flatMap(one -> one.getConstructors().stream())
                .filter(one -> one.getRawParameterTypes().size() > MAX_PARAMETERS)
                .map(JavaConstructor::getFullName)
                .toList();
        assertThat(many).isEmpty();
    }

    @Test
    void filesStayShort() throws IOException {
        List<String> longer = new ArrayList<>();
        for (Path sources : inTheModules("src/main/java")) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = file.getFileName().toString();
                    long lines = Files.readAllLines(file).size();
                    if (lines > MAX_LINES
                            && !LONG_FILES.containsKey(name)
                            && !file.toString().contains("/bench/")) {
                        longer.add(name + ": " + lines);
                    }
                }
            }
        }
        assertThat(longer).isEmpty();
    }

    @Test
    void noStaticHoldsState() {
        List<String> state = product.stream()
                .filter(one -> !one.getPackageName().equals(EXAMPLES))
                .flatMap(one -> one.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                .filter(field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC))
                .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL) || holdsState(field))
                .map(JavaField::getFullName)
                .toList();
        assertThat(state).isEmpty();
    }

    private static boolean holdsState(JavaField field) {
        String type = field.getRawType().getName();
        boolean changeable = (type.startsWith("java.util.concurrent.atomic.") && !type.endsWith("Updater"))
                || type.startsWith("java.util.concurrent.locks.")
                || type.equals("java.lang.ThreadLocal")
                || (type.matches("java\\.util\\.(concurrent\\.)?\\w*(Map|List|Set|Deque|Queue|Vector|Table)")
                        && !field.getRawType().isInterface());
        return changeable || isFilledLater(field);
    }

    /**
     * Whether the class creates a collection when it is loaded that can be changed later. Collections of List.of and
     * the like cannot be changed.
     */
    private static boolean isFilledLater(JavaField field) {
        boolean collection = field.getRawType().isAssignableTo(java.util.Collection.class)
                || field.getRawType().isAssignableTo(Map.class);
        return collection
                && field.getOwner().getConstructorCallsFromSelf().stream()
                        .anyMatch(call -> call.getOrigin().getName().equals("<clinit>")
                                && call.getTargetOwner()
                                        .getName()
                                        .matches("java\\.util\\..*(Map|List|Set|Deque|Queue)"));
    }

    @Test
    void theProgramAloneEndsTheProcess() {
        assertThat(callers("java.lang.System", "exit")).allMatch("dev.flipbook.app.Main"::equals);
        assertThat(callers("java.lang.Runtime", "halt"))
                .allMatch(
                        Set.of("dev.flipbook.app.console.ShutdownSignal", "dev.flipbook.decoder.DecoderMain")
                                ::contains);
        assertThat(callers("java.lang.Runtime", "exit")).isEmpty();
    }

    @Test
    void timeComesInByConstructor() {
        List<String> asking = Stream.of(
                        callers("java.lang.System", "nanoTime"),
                        callers("java.lang.System", "currentTimeMillis"),
                        callers("java.time.Instant", "now"),
                        callers("java.time.LocalTime", "now"),
                        callers("java.time.LocalDateTime", "now"),
                        callers("java.time.ZonedDateTime", "now"))
                .flatMap(List::stream)
                .filter(name -> !name.startsWith(EXAMPLES))
                .distinct()
                .toList();
        assertThat(asking).containsExactlyInAnyOrderElementsOf(CLOCKS);
    }

    /** The outermost classes that call this method. */
    private static List<String> callers(String owner, String method) {
        return product.stream()
                .flatMap(one -> one.getAccessesFromSelf().stream())
                .filter(calls(owner, method))
                .map(access -> outermost(access.getOriginOwner()))
                .distinct()
                .toList();
    }

    private static Predicate<JavaAccess<?>> calls(String owner, String method) {
        return access -> access.getTargetOwner().getName().equals(owner)
                && access.getTarget().getName().equals(method);
    }

    private static String outermost(JavaClass one) {
        return one.getName().replaceAll("\\$.*", "");
    }

    @Test
    void namesSayWhatAThingIs() {
        List<String> names = product.stream()
                .map(JavaClass::getSimpleName)
                .filter(name ->
                        name.matches(".*(Util|Utils|Helper|Helpers|Manager|Impl|Channel|Session|Producer|Consumer)"
                                + "|Stream|I[A-Z][a-z].*|Abstract.*"))
                .filter(name -> !name.matches("I(mage|nput|dle)\\w*"))
                .toList();
        assertThat(names).isEmpty();
    }

    @Test
    void testsDoNotSleep() throws IOException {
        List<Path> tests = inTheModules("target/test-classes");
        assertThat(tests).isNotEmpty();
        List<String> sleeping = new ClassFileImporter()
                .importPaths(tests).stream()
                        .flatMap(one -> one.getAccessesFromSelf().stream())
                        .filter(calls("java.lang.Thread", "sleep").or(calls("java.util.concurrent.TimeUnit", "sleep")))
                        .map(access -> outermost(access.getOriginOwner()))
                        .distinct()
                        .toList();
        assertThat(sleeping).isEmpty();
    }

    /** The jar tool of the Java that Maven runs on has to read them, and that may be a 17: class version 61, in byte 7. */
    @Test
    void moduleDescriptorsAreCompiledForJava17() throws IOException {
        assertThat(inTheModules("target/classes/module-info.class"))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Files.readAllBytes(file)[7]).isEqualTo((byte) 61));
    }

    private static List<Path> inTheModules(String path) throws IOException {
        Path home = Path.of(System.getProperty("flipbook.home"));
        try (Stream<Path> modules = Files.list(home)) {
            return modules.map(module -> module.resolve(path))
                    .filter(Files::exists)
                    .toList();
        }
    }

    private static DescribedPredicate<JavaClass> outside(Set<String> names) {
        return DescribedPredicate.describe("outside " + names, one -> !names.contains(outermost(one)));
    }
}
