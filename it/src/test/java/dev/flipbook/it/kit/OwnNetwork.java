package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A machine {@code camera-pi} in a house: a network namespace with interfaces of its own, a host name and a file
 * {@code hosts}. Its name server does not answer. Needs Linux and root; otherwise the test is skipped with a message.
 */
public final class OwnNetwork implements AutoCloseable {

    /** Interfaces that stand for the house, a VPN and a network of containers. Nothing listens at their other ends. */
    private static final String SET_UP = """
            set -e
            hostname camera-pi
            mount --bind "$0/hosts" /etc/hosts
            mount --bind "$0/resolv.conf" /etc/resolv.conf
            ip link set lo up
            for name in eth0 wlan0 docker0; do
              ip link add $name type veth peer name far-$name
              ip link set far-$name up
              ip link set $name up
            done
            ip addr add 172.17.0.1/16 dev docker0
            ip addr add 10.0.7.3/24 dev wlan0
            ip addr add 192.168.1.20/24 dev eth0
            ip addr add fd12::20/64 dev eth0 nodad
            ip route add default via 192.168.1.1
            exec "$@"
            """;

    private final Path folder;
    private final List<String> prefix;

    private OwnNetwork(Path folder, List<String> prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    public static OwnNetwork make() throws IOException, InterruptedException {
        String unseen = "the addresses that are printed reach the server";
        String unshare = Installed.program("unshare", unseen);
        for (String program : List.of("nsenter", "ip", "curl")) {
            Installed.program(program, unseen);
        }
        Path folder = Files.createTempDirectory("flipbook-network-");
        Files.writeString(folder.resolve("hosts"), """
                127.0.0.1 localhost
                127.0.1.1 camera-pi.home camera-pi
                192.168.1.20 camera-pi.local
                127.0.0.1 ads.example
                """);
        Files.writeString(folder.resolve("resolv.conf"), "nameserver 192.168.1.1\n");
        OwnNetwork network = new OwnNetwork(
                folder, List.of(unshare, "--net", "--uts", "--mount", "sh", "-c", SET_UP, folder.toString()));
        String refusal = run(network.within(List.of("true")));
        if (!refusal.isEmpty()) {
            network.close();
            Installed.skip("a network of its own cannot be made here (" + refusal.strip() + ")", unseen);
        }
        return network;
    }

    /** The words that start a command on this machine; a new list for each command. */
    public List<String> within(List<String> command) {
        return Stream.concat(prefix.stream(), command.stream()).toList();
    }

    /** The status that this machine gets from an address, with another host name in the request if one is given. */
    public static String status(Program on, String address, String... curl) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "nsenter", "--target", Long.toString(on.pid()), "--net", "--uts", "--mount", "curl", "--silent"));
        command.addAll(List.of("--max-time", "20", "--output", "/dev/null", "--write-out", "%{http_code}"));
        command.addAll(List.of(curl));
        command.add(address);
        return run(command);
    }

    /** Runs a command to its end, and returns its whole output. */
    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Override
    public void close() throws IOException {
        for (String file : List.of("hosts", "resolv.conf")) {
            Files.deleteIfExists(folder.resolve(file));
        }
        Files.delete(folder);
        assertThat(folder).doesNotExist();
    }
}
