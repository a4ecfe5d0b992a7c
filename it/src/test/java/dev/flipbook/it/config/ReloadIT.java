package dev.flipbook.it.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.Witness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The configuration file of a running program is changed; viewers of what did not change notice nothing. */
@Timeout(300)
class ReloadIT {

    private static final int VIEWERS = 50;

    @TempDir
    private Path folder;

    private Path file;

    @Test
    void viewersOfAFeedThatDidNotChangeLoseNoPictureAndThoseOfAChangedOneStay() throws Exception {
        picture("one.jpg", 1);
        picture("two.jpg", 2);
        config("feeds:", "  cam1: one.jpg", "  cam2: publish", "  cam3: one.jpg");
        try (Program program = Program.start("-c", file.toString(), "-p", "0")) {
            int port = program.port();
            List<Witness> first = new ArrayList<>();
            List<Witness> second = new ArrayList<>();
            publish(port, 1);
            try (Witness third = Witness.of(port, "/feeds/cam3.mjpg")) {
                for (int i = 0; i < VIEWERS; i++) {
                    first.add(Witness.of(port, "/feeds/cam1.mjpg"));
                    second.add(Witness.of(port, "/feeds/cam2.mjpg"));
                }
                for (int i = 0; i < VIEWERS; i++) {
                    first.get(i).awaits(1);
                    second.get(i).awaits(1);
                }
                config("feeds:", "  cam1: two.jpg", "  cam2: publish");
                int last = 1;
                while (first.stream().anyMatch(viewer -> viewer.newest() != 2) || last < 20) {
                    publish(port, ++last);
                    for (Witness viewer : second) {
                        viewer.awaits(last);
                    }
                }
                List<Integer> all = IntStream.rangeClosed(1, last).boxed().toList();
                for (int i = 0; i < VIEWERS; i++) {
                    assertThat(first.get(i).numbers()).containsExactly(1, 2);
                    assertThat(second.get(i).numbers()).isEqualTo(all);
                }
                third.awaitEnd();
                assertThat(third.ended())
                        .as("the closing delimiter of the removed feed came")
                        .isTrue();
                assertThat(get(port, "/api/feeds/cam3")).contains("there is no feed 'cam3'");
                assertThat(get(port, "/api/feeds/cam1")).contains("\"viewers\":50,");
            } finally {
                for (Witness viewer : first) {
                    viewer.close();
                }
                for (Witness viewer : second) {
                    viewer.close();
                }
            }
        }
    }

    @Test
    void aWrongFileChangesNothingAndTheNextGoodOneApplies() throws Exception {
        picture("one.jpg", 1);
        config("feeds:", "  cam1: one.jpg");
        try (Program program = Program.start("-c", file.toString(), "-p", "0")) {
            int port = program.port();
            try (Witness viewer = Witness.of(port, "/feeds/cam1.mjpg")) {
                viewer.awaits(1);
                int round = 0;
                for (Map.Entry<String, Fault> fault : faults().entrySet()) {
                    fault.getValue().make();
                    await(fault.getKey()).until(() -> get(port, "/api/config").contains("\"current\":false"));
                    String status = get(port, "/api/config");
                    assertThat(status).as(fault.getKey()).contains("\"error\":[\"" + file);
                    assertThat(get(port, "/api/feeds/cam1")).as(fault.getKey()).contains("\"viewers\":1,");
                    repair();
                    String more = "more" + ++round;
                    config("feeds:", "  cam1: one.jpg", "  " + more + ": one.jpg");
                    await(fault.getKey())
                            .until(() -> get(port, "/api/feeds/" + more).contains("\"viewers\":0,"));
                    assertThat(get(port, "/api/config")).contains("\"current\":true", "\"error\":[]");
                }
                assertThat(viewer.numbers())
                        .as("it saw one picture and never a placeholder")
                        .containsExactly(1);
            }
            assertThat(program.isAlive()).isTrue();
            assertThat(program.err()).doesNotContain("Exception");
        }
    }

    @Test
    void hangupAndTheApiReadTheFileAgain() throws Exception {
        picture("one.jpg", 1);
        config("feeds:", "  cam1: one.jpg");
        try (Program program = Program.start(Map.of("FLIPBOOK_CONFIG", file.toString()), "-p", "0", "line=one=demo")) {
            assertThat(program.exitCode()).isEqualTo(2);
        }
        try (Program program = Program.start(Map.of("FLIPBOOK_CONFIG", file.toString()), "-p", "0", "line=demo")) {
            int port = program.port();
            assertThat(get(port, "/api/feeds")).contains("\"name\":\"line\"", "\"name\":\"cam1\"");
            program.signal("HUP");
            await().until(() -> program.err().contains("changes nothing"));
            config("feeds:", "  cam2: one.jpg", "  line: one.jpg");
            try (RawConnection connection = RawConnection.to(port)) {
                connection.ask("POST", "/api/config/reload", "Connection: close");
                assertThat(new String(connection.rest(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 422 ")
                        .contains(file + ":3:9: feeds.line is on the command line too");
            }
            config("feeds:", "  cam2: one.jpg");
            try (RawConnection connection = RawConnection.to(port)) {
                connection.ask("POST", "/api/config/reload", "Connection: close");
                assertThat(new String(connection.rest(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 200 ");
            }
            assertThat(get(port, "/api/feeds")).contains("\"name\":\"line\"", "\"name\":\"cam2\"");
            assertThat(get(port, "/api/feeds")).doesNotContain("\"name\":\"cam1\"");
        }
    }

    /** Breaks the file. */
    @FunctionalInterface
    private interface Fault {
        void make() throws IOException;
    }

    private Map<String, Fault> faults() {
        Map<String, Fault> faults = new LinkedHashMap<>();
        faults.put("a syntax error", () -> Files.writeString(file, "feeds: [cam1"));
        faults.put("an unknown key", () -> Files.writeString(file, "feeds: {cam1: one.jpg}\nfeets: {}\n"));
        faults.put("half written", () -> Files.writeString(file, "feeds:\n  cam1: one.jpg\n  cam2: {source: one.j"));
        faults.put("emptied", () -> Files.writeString(file, ""));
        faults.put("deleted", () -> Files.delete(file));
        faults.put("a folder in its place", () -> {
            Files.delete(file);
            Files.createDirectory(file);
        });
        faults.put("renamed over by a wrong one", () -> {
            Path other = Files.writeString(folder.resolve("other.yaml"), "feeds: {cam1: nothing.jpg}\n");
            Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        });
        faults.put("a link to a wrong one", () -> {
            Path other = Files.writeString(folder.resolve("wrong.yaml"), "feeds: {cam1: {fps: 5000}}\n");
            Files.deleteIfExists(file);
            Files.createSymbolicLink(file, other);
        });
        faults.put("junk", () -> {
            byte[] junk = new byte[1 << 20];
            new Random(1).nextBytes(junk);
            Files.write(file, junk);
        });
        faults.put("too long", () -> Files.writeString(file, "#" + "x".repeat(2 << 20)));
        faults.put("aliases of aliases", () -> Files.writeString(file, bomb()));
        return faults;
    }

    private static String bomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1) + "]\n");
        }
        return bomb.toString();
    }

    private void repair() throws IOException {
        Files.deleteIfExists(file);
    }

    private void picture(String name, int number) throws IOException {
        Files.write(folder.resolve(name), NumberedPicture.of(number));
    }

    /** Replaces the file as an editor does. Pictures are named by their place. */
    private void config(String... lines) throws IOException {
        file = folder.resolve("flipbook.yaml");
        Path next = folder.resolve("flipbook.yaml~");
        Files.writeString(next, String.join("\n", lines).replaceAll("(\\w+\\.jpg)", folder + "/$1") + "\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void publish(int port, int number) throws IOException {
        byte[] picture = NumberedPicture.of(number);
        try (RawConnection connection = RawConnection.to(port)) {
            connection.ask("PUT", "/feeds/cam2", "Content-Type: image/jpeg", "Content-Length: " + picture.length);
            ResponseHead head = connection.send(picture).head();
            assertThat(head.status()).isEqualTo(200);
        }
    }

    private static String get(int port, String path) throws IOException {
        try (RawConnection connection = RawConnection.to(port)) {
            connection.ask("GET", path, "Connection: close", "Accept: application/json");
            return new String(connection.rest(), StandardCharsets.UTF_8);
        }
    }
}
