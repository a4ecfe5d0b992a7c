package dev.flipbook.it.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.Witness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program as users run it: its output, its refusals and its end. */
@Timeout(300)
class LauncherIT {

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    // serving

    @Test
    void oneLineSaysWhatIsShownAndWhere() throws Exception {
        Program program = start("demo", "-p", "0");
        assertThat(program.line()).matches("Flipbook shows demo at http://127\\.0\\.0\\.1:\\d+/");
    }

    @Test
    void withoutASourceItShowsTheDemo() throws Exception {
        assertThat(start("-p", "0").line()).startsWith("Flipbook shows demo at ");
    }

    @Test
    void theFirstOfTwoFeedsIsTheVideoFeed() throws Exception {
        int port = portOf(start("lobby=test", "demo", "--port", "0"));
        byte[] first = snapshotOf(port, "lobby");
        assertThat(snapshotOf(port, "demo")).isNotEmpty();
        RawConnection viewer = connect(port);
        PartReader parts = PartReader.of(viewer, "/video_feed");
        RawConnection named = connect(port);
        PartReader lobby = PartReader.of(named, "/video_feed/lobby");
        assertThat(parts.head().header("Content-Type")).isEqualTo(lobby.head().header("Content-Type"));
        assertThat(parts.next().orElseThrow().picture()).hasSizeGreaterThan(first.length / 2);
    }

    @Test
    void theDemoChangesEachSecond() throws Exception {
        PartReader parts = PartReader.of(connect(portOf(start("demo", "-p", "0"))), "/video_feed");
        List<PartReader.Part> three = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            three.add(parts.next().orElseThrow());
        }
        assertThat(three.get(0).picture()).isNotEqualTo(three.get(1).picture());
        assertThat(three.get(1).picture()).isNotEqualTo(three.get(2).picture());
        assertThat(three.get(3).picture()).isEqualTo(three.get(0).picture());
        double first = Double.parseDouble(three.get(0).headers().get("X-Timestamp"));
        double last = Double.parseDouble(three.get(3).headers().get("X-Timestamp"));
        assertThat(last - first)
                .as("three seconds, and what a busy machine takes")
                .isBetween(2.5, 20.0);
    }

    // refusing

    @Test
    void aTakenPortIsRefused() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(other.getLocalPort());
            assertRefused("port " + port + " on 127.0.0.1 is taken by another program; --port", "demo", "-p", port);
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() throws Exception {
        assertRefused(
                "192.0.2.1 is not an address of this machine", "demo", "--host", "192.0.2.1", "--insecure", "-p", "0");
    }

    @Test
    void aWrongJavaForTheLauncherIsRefusedInOneSentence() throws Exception {
        ProcessBuilder launcher = new ProcessBuilder(System.getProperty("flipbook.home") + "/flipbook", "--version");
        launcher.environment().put("FLIPBOOK_JAVA", "/nowhere/java");
        Process refused = launcher.start();
        assertThat(refused.waitFor()).isEqualTo(2);
        assertThat(new String(refused.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .matches("flipbook: FLIPBOOK_JAVA is /nowhere/java, which [^\\n]+\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/nowhere"})
    void theLauncherNeedsNoHome(String home, @TempDir Path folder) throws Exception {
        Path launcher =
                Files.copy(Path.of(System.getProperty("flipbook.home"), "flipbook"), folder.resolve("flipbook"));
        Files.createFile(
                Files.createDirectories(folder.resolve("app/target/flipbook")).resolve("built"));
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
        Files.writeString(java, "#!/bin/sh\necho started\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("HOME", "FLIPBOOK_JAVA", "FLIPBOOK_OPTS"));
        if (!home.isEmpty()) {
            builder.environment().put("HOME", home);
        }
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        Process started = builder.start();
        assertThat(new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("started\n");
        assertThat(started.waitFor()).isZero();
    }

    @Test
    void anUnknownSourceIsRefusedWithTheKindsThatExist() throws Exception {
        assertThat(assertRefused("rtps://door", "rtps://door", "-p", "0")).contains("demo");
    }

    @Test
    void aMissingFileIsRefusedByItsName() throws Exception {
        assertRefused("missing.mp4", "missing.mp4", "-p", "0");
    }

    @Test
    void aBadNameIsRefused() throws Exception {
        assertRefused("cam.jpg", "cam.jpg=demo", "-p", "0");
        assertRefused("'a b'", "a b=demo", "-p", "0");
    }

    @Test
    void oneNameTwiceIsRefused() throws Exception {
        assertRefused("'a'", "a=demo", "a=test", "-p", "0");
    }

    @Test
    void anotherAddressWithoutInsecureIsRefused() throws Exception {
        assertThat(assertRefused("0.0.0.0", "demo", "--host", "0.0.0.0", "-p", "0"))
                .contains("--insecure");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "--fps=x",
                "--size=12",
                "--size=1x1",
                "--quality=500",
                "--memory=-1",
                "--port=99999"
            })
    void aWrongOptionIsRefusedByItsName(String option) throws Exception {
        assertRefused(option.replaceAll("^--|=.*", ""), option, "demo");
    }

    @Test
    void helpAndVersionEndWithZero() throws Exception {
        for (String option : List.of("--help", "-h")) {
            Program help = start(option);
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("Usage: flipbook", "--port", "--host", "--insecure", "demo", "SOURCE");
            assertThat(help.err()).isEmpty();
        }
        for (String option : List.of("--version", "-V")) {
            Program version = start(option);
            assertThat(version.exitCode()).isZero();
            assertThat(version.out().strip()).matches("flipbook \\d+\\.\\d+\\.\\d+\\S*");
        }
    }

    @Test
    void requestsThatAreNoneLeaveNothingInTheLog() throws Exception {
        Program program = start("demo", "-p", "0");
        int port = portOf(program);
        for (String host : List.of("127.0.0.1@evil.example", "a b", "[::", "127.0.0.1\r\nHost: evil.example")) {
            RawConnection peer = connect(port).send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(peer.head().status()).as(host).isIn(400, 421);
        }
        assertThat(program.err()).isEmpty();
    }

    @Test
    void aLogThatNobodyReadsStopsNothing() throws Exception {
        Program program = Program.startWithAFullLog("demo", "-p", "0");
        toClose.add(program);
        int port = portOf(program);
        assertThat(snapshotOf(port, "demo")).isNotEmpty(); // which has been logged about
        assertThat(textOf(port, "/api/feeds/demo")).contains("\"live\"");
        program.signal("TERM");
        assertThat(program.exitCode()).isZero();
    }

    // names and addresses

    @Test
    void theMachinesOwnNameIsAnsweredWithoutAnOption() throws Exception {
        int port = portOf(start("demo", "-p", "0"));
        for (String name :
                List.of(InetAddress.getLocalHost().getHostName(), "localhost.", "LOCALHOST", "x.localhost")) {
            RawConnection client = connect(port).send("GET /healthz HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
            assertThat(client.head().status()).as(name).isEqualTo(200);
        }
    }

    @Test
    void aForeignNameIsRefusedWithTheOptionThatWouldAllowIt() throws Exception {
        int port = portOf(start("demo", "-p", "0"));
        RawConnection client = connect(port).send("GET / HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n");
        ResponseHead head = client.head();
        assertThat(head.status()).isEqualTo(421);
        assertThat(new String(client.read(Integer.parseInt(head.header("Content-Length"))), StandardCharsets.UTF_8))
                .isEqualTo("this server does not answer to the name 'evil.example'; if that is one of its names,"
                        + " start it with --host-name evil.example\n");
    }

    @Test
    void anAddressOfIpv6MayStandInBrackets() throws Exception {
        for (String host : List.of("::1", "[::1]")) {
            assertThat(start("demo", "--host", host, "-p", "0").line())
                    .matches("Flipbook shows demo at http://\\[::1]:\\d+/");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere.invalid", "127.0.0.1:8080", "http://localhost", ""})
    void whatIsNoHostIsRefused(String host) throws Exception {
        assertRefused("there is no address for the host '" + host + "'; it is", "demo", "--host", host, "-p", "0");
    }

    // ending

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSignalEndsStreamsOnAPartBoundaryAndTheProgramWithZero(String signal) throws Exception {
        Program program = start("fast=test", "demo", "-p", "0");
        int port = portOf(program);
        List<Witness> viewers = new ArrayList<>();
        for (String target : List.of("/video_feed", "/video_feed?framing=browser", "/video_feed/demo")) {
            Witness viewer = Witness.of(port, target);
            toClose.add(viewer);
            viewers.add(viewer);
        }
        long asked = System.nanoTime();
        program.signal(signal);
        assertThat(program.exitCode()).isZero();
        assertThat(System.nanoTime() - asked)
                .as("nanoseconds until it had ended")
                .isLessThan(20_000_000_000L);
        for (Witness viewer : viewers) {
            viewer.awaitEnd();
            assertThat(viewer.ended()).as("the closing delimiter").isTrue();
        }
        assertThat(program.err()).doesNotContain("Exception", "\tat ");
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close(); // the port is free
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        Program program = start("test", "--size=1920x1080", "--quality=100", "-p", "0");
        int port = portOf(program);
        // a viewer that reads nothing makes the first signal wait
        RawConnection dead = RawConnection.withReceiveBuffer(port, 4096).ask("GET", "/video_feed");
        toClose.add(dead);
        await().until(() -> isStuck(port));
        program.signal("TERM");
        await().until(() -> refuses(port)); // the program has begun to end
        program.signal("TERM");
        assertThat(program.exitCode()).isEqualTo(128 + 15);
    }

    /** Whether the one viewer of the feed takes nothing while ten frames come. */
    private static boolean isStuck(int port) throws IOException {
        String before = textOf(port, "/api/feeds/test");
        long tenMore = figure(before, "frames") + 10;
        await().until(() -> figure(textOf(port, "/api/feeds/test"), "frames") >= tenMore);
        return figure(before, "viewers") == 1
                && figure(textOf(port, "/api/feeds/test"), "delivered") == figure(before, "delivered");
    }

    private static long figure(String status, String name) {
        Matcher figure = Pattern.compile("\"" + name + "\":(\\d+)").matcher(status);
        assertThat(figure.find()).as(name + " in " + status).isTrue();
        return Long.parseLong(figure.group(1));
    }

    private static boolean refuses(int port) {
        try (RawConnection connection = RawConnection.to(port)) {
            return connection.ends();
        } catch (IOException e) {
            return true;
        }
    }

    // inside

    private Program start(String... arguments) throws IOException {
        Program program = Program.start(arguments);
        toClose.add(program);
        return program;
    }

    /** Checks that the program ends with 2 and one sentence that contains this text. Returns the sentence. */
    private String assertRefused(String held, String... arguments) throws Exception {
        Program program = start(arguments);
        assertThat(program.exitCode()).isEqualTo(2);
        assertThat(program.out()).isEmpty();
        assertThat(program.err())
                .as(String.join(" ", arguments))
                .startsWith("flipbook: ")
                .contains(held)
                .matches("[^\\n]+\\n")
                .doesNotContain("Exception");
        return program.err();
    }

    private static int portOf(Program program) throws Exception {
        Matcher address =
                Pattern.compile(".* at http://127\\.0\\.0\\.1:(\\d+)/").matcher(program.line());
        assertThat(address.matches()).as(program.err()).isTrue();
        return Integer.parseInt(address.group(1));
    }

    private RawConnection connect(int port) throws IOException {
        RawConnection connection = RawConnection.to(port);
        toClose.add(connection);
        return connection;
    }

    private byte[] snapshotOf(int port, String feed) throws IOException {
        RawConnection connection = connect(port).ask("GET", "/feeds/" + feed + ".jpg");
        ResponseHead head = connection.head();
        assertThat(head.status()).isEqualTo(200);
        return connection.read(Integer.parseInt(head.header("Content-Length")));
    }

    private static String textOf(int port, String path) throws IOException {
        try (RawConnection connection = RawConnection.to(port).ask("GET", path)) {
            int length = Integer.parseInt(connection.head().header("Content-Length"));
            return new String(connection.read(length), StandardCharsets.UTF_8);
        }
    }
}
