package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.OwnNetwork;
import dev.flipbook.it.kit.Program;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The program on a machine with several interfaces and names, and with a silent name server: what the program prints,
 * and which names it accepts.
 */
@Timeout(120)
class OwnNamesIT {

    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    @Test
    void everyAddressThatIsPrintedReachesTheServerAndTheBestComesFirst() throws Exception {
        Program program = start("--host", "0.0.0.0", "--insecure", "-p", "8080");
        List<String> addresses = addresses(program, 5);
        assertThat(addresses)
                .containsExactly(
                        "http://192.168.1.20:8080/",
                        "http://10.0.7.3:8080/",
                        "http://camera-pi.local:8080/",
                        "http://[fd12::20]:8080/",
                        "http://127.0.0.1:8080/");
        for (String address : addresses) {
            assertThat(OwnNetwork.status(program, address)).as(address).isEqualTo("200");
        }
    }

    @Test
    void allAddressesOfIpv6AreAllOfTheMachine() throws Exception {
        Program program = start("--host", "::", "--insecure", "-p", "80");
        for (String address : addresses(program, 5)) {
            assertThat(address).doesNotContain(":80/");
            assertThat(OwnNetwork.status(program, address)).as(address).isEqualTo("200");
        }
    }

    @Test
    void oneAddressIsPrintedAsItWasGiven() throws Exception {
        Program program = start("--host", "192.168.1.20", "--insecure", "-p", "8080");
        assertThat(addresses(program, 1)).containsExactly("http://192.168.1.20:8080/");
        assertThat(OwnNetwork.status(program, "http://192.168.1.20:8080/")).isEqualTo("200");
        Program six = start("--host", "[fd12::20]", "--insecure", "-p", "8081");
        assertThat(addresses(six, 1)).containsExactly("http://[fd12::20]:8081/");
        assertThat(OwnNetwork.status(six, "http://[fd12::20]:8081/")).isEqualTo("200");
    }

    @Test
    void itsOwnNamesAreAnsweredAndOthersAreNot() throws Exception {
        Program program = start("--host", "0.0.0.0", "--insecure", "-p", "8080");
        addresses(program, 5);
        for (String name : List.of(
                "camera-pi",
                "CAMERA-PI",
                "camera-pi.",
                "camera-pi.local",
                "Camera-Pi.Local.",
                "camera-pi.home",
                "localhost.",
                "door.localhost",
                "127.1")) {
            assertThat(statusByName(program, name)).as(name).isEqualTo("200");
        }
        for (String name : List.of(
                "evil.example",
                "127.0.0.1.nip.io",
                "localhost.evil.example",
                "camera-pi.evil.example",
                "camera-pi.local.evil.example",
                "ads.example",
                "other.local")) {
            assertThat(statusByName(program, name)).as(name).isEqualTo("421");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefusedWithThoseOfThisOne() throws Exception {
        Program program = start("--host", "192.168.1.77", "--insecure", "-p", "8080");
        assertThat(program.exitCode()).isEqualTo(2);
        assertThat(program.err())
                .isEqualTo("flipbook: 192.168.1.77 is not an address of this machine; --host takes one of"
                        + " 192.168.1.20, 10.0.7.3,"
                        + " fd12::20, 127.0.0.1, or 0.0.0.0 for all\n");
    }

    private static String statusByName(Program program, String name) throws IOException, InterruptedException {
        return OwnNetwork.status(program, "http://127.0.0.1:8080/healthz", "--header", "Host: " + name + ":8080");
    }

    /** The program's first lines, each of which ends in an address. */
    private static List<String> addresses(Program program, int lines) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            String line = program.line();
            assertThat(line).startsWith(i == 0 ? "Flipbook shows demo at http://" : "  also at http://");
            addresses.add(line.substring(line.indexOf("http://")));
        }
        return addresses;
    }

    private Program start(String... arguments) throws IOException, InterruptedException {
        OwnNetwork network = OwnNetwork.make();
        toClose.add(network);
        List<String> command = new ArrayList<>(List.of("demo"));
        command.addAll(List.of(arguments));
        Program program = Program.startBy(network.within(Program.command(command.toArray(String[]::new))));
        toClose.add(program);
        return program;
    }
}
