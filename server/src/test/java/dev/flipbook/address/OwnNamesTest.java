package dev.flipbook.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Ticker;
import dev.flipbook.address.OwnAddresses.OwnAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class OwnNamesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final List<OwnAddress> ADDRESSES = List.of(
            new OwnAddress(InetAddress.ofLiteral("127.0.0.1"), "lo", false, false),
            new OwnAddress(InetAddress.ofLiteral("192.168.1.20"), "eth0", false, true),
            new OwnAddress(InetAddress.ofLiteral("fd12::20"), "eth0", false, true));

    private final AtomicLong now = new AtomicLong();
    private final FakeNameService service = new FakeNameService();
    private OwnNames names;

    @TempDir
    Path root;

    @BeforeEach
    void aMachine() throws IOException {
        write("proc/sys/kernel/hostname", "Camera-Pi\n");
        write("etc/hosts", "");
        names = new OwnNames(root, () -> ADDRESSES, service, new Clock());
    }

    @AfterEach
    void letTheNameServiceAnswer() {
        service.silent.countDown();
    }

    @ParameterizedTest
    @ValueSource(strings = {"camera-pi", "camera-pi.local"})
    void theHostNameIsKnownAtOnceAlsoWhereNoNameServerAnswers(String name) {
        service.mute();
        assertThat(names.contains(name)).isTrue();
    }

    @Test
    void aLongHostNameIsKnownInItsShortFormsToo() throws IOException {
        write("proc/sys/kernel/hostname", "door.cams.example\n");
        assertThat(List.of("door.cams.example", "door", "door.local")).allMatch(names::contains);
        assertThat(List.of("cams.example", "door.cams", "example")).noneMatch(names::contains);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.nip.io",
                "localhost.evil.example",
                "camera-pi.evil.example",
                "camera-pi.local.evil.example",
                "evil.local",
                "local",
                ""
            })
    void foreignNamesAreNotOurs(String name) {
        assertThat(names.contains(name)).isFalse();
    }

    @Test
    void addressIsNotAHostName() throws IOException {
        write("proc/sys/kernel/hostname", "192.168.1.5\n");
        assertThat(List.of("192", "192.local", "192.168.1.5")).noneMatch(names::contains);
    }

    @Test
    void theFileHostsGivesFurtherNames() throws IOException {
        write("etc/hosts", """
                # the usual
                127.0.0.1\tlocalhost
                127.0.1.1 Camera-Pi.home camera-pi # from the installer
                192.168.1.20 door.home yard.home
                FD12:0::20 six.home
                192.168.1.99 another.home
                127.0.0.1 short
                nonsense
                """);
        assertThat(List.of("camera-pi.home", "door.home", "yard.home", "six.home", "short"))
                .allMatch(names::contains);
        assertThat(names.contains("another.home")).isFalse();
    }

    @Test
    void whatABlockListPointsAtThisMachineIsNotOurs() throws IOException {
        write("etc/hosts", "127.0.0.1 localhost\n127.0.0.1 ads.example\n::1 ads.example\n0.0.0.0 tracker.example\n");
        assertThat(List.of("ads.example", "tracker.example")).noneMatch(names::contains);
    }

    @Test
    void aNewHostNameIsKnownSoon() throws IOException {
        assertThat(names.contains("garden")).isFalse();
        write("proc/sys/kernel/hostname", "garden\n");
        assertThat(names.contains("garden")).as("within the same second").isFalse();
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(names.contains("garden")).isTrue();
    }

    @Test
    void theNameThatTheDnsHasForAnAddressIsKnownOnceItHasAnswered() {
        service.names.put("192.168.1.20", "Camera-Pi.fritz.box.");
        assertThat(names.reaching(LONG)).containsExactly("camera-pi.fritz.box");
        assertThat(names.contains("camera-pi.fritz.box")).isTrue();
    }

    @Test
    void aNameThatLeadsHereComesBeforeOneThatTheDnsHas() throws IOException {
        write("etc/resolv.conf", "nameserver 192.168.1.1\nsearch fritz.box example.org\n");
        service.addresses.put("camera-pi.local", "192.168.1.20");
        service.addresses.put("camera-pi.fritz.box", "fd12::20");
        service.addresses.put("camera-pi.example.org", "203.0.113.7");
        assertThat(names.reaching(LONG)).containsExactly("camera-pi.local", "camera-pi.fritz.box");
        assertThat(names.contains("camera-pi.fritz.box")).isTrue();
        assertThat(names.contains("camera-pi.example.org"))
                .as("which is another machine")
                .isFalse();
    }

    @Test
    void aNameThatLeadsToLoopbackLeadsNobodyElseHere() {
        service.addresses.put("camera-pi.local", "127.0.0.1");
        assertThat(names.reaching(LONG)).isEmpty();
    }

    @Test
    void whereTheSystemHasNoFileWithItsNameItIsAsked() throws IOException {
        Files.delete(root.resolve("proc/sys/kernel/hostname"));
        service.hostName = "Mac.local";
        service.addresses.put("mac.local", "192.168.1.20");
        assertThat(names.reaching(LONG)).containsExactly("mac.local");
        assertThat(names.contains("mac")).isTrue();
    }

    @Test
    void slowNameServiceIsAwaitedUntilTheTimeout() {
        service.mute();
        assertThat(names.reaching(Duration.ofMillis(20))).isEmpty();
        service.addresses.put("camera-pi.local", "192.168.1.20");
        service.silent.countDown();
        await().until(() ->
                names.contains("camera-pi.local") && !names.reaching(LONG).isEmpty());
    }

    @Test
    void strangersCannotHaveTheNameServersAskedAllTheTime() {
        for (int i = 0; i < 100; i++) {
            names.contains("evil" + i + ".example");
            names.reaching(LONG); // until it has answered
        }
        assertThat(service.rounds.get()).isEqualTo(1);
        now.addAndGet(Duration.ofSeconds(30).toNanos());
        names.contains("evil.example");
        names.reaching(LONG);
        assertThat(service.rounds.get()).isEqualTo(2);
    }

    // the addresses that are shown

    @Test
    void aServerOnAllAddressesShowsThoseOfTheNetworkThenItsNamesThenLoopback() {
        service.addresses.put("camera-pi.local", "192.168.1.20");
        assertThat(served("0.0.0.0", 8080).all())
                .extracting(URI::toString)
                .containsExactly(
                        "http://192.168.1.20:8080/",
                        "http://camera-pi.local:8080/",
                        "http://[fd12::20]:8080/",
                        "http://127.0.0.1:8080/");
        assertThat(served("::", 8080).all()).isEqualTo(served("0.0.0.0", 8080).all());
        assertThat(served("0.0.0.0", 8080).best()).hasToString("http://192.168.1.20:8080/");
    }

    @Test
    void theDefaultPortIsLeftOut() {
        assertThat(served("0.0.0.0", 80).all())
                .extracting(URI::toString)
                .containsExactly("http://192.168.1.20/", "http://[fd12::20]/", "http://127.0.0.1/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "192.168.1.20", "localhost"})
    void aServerOnOneAddressShowsThatOne(String host) {
        assertThat(served(host, 8080).all()).extracting(URI::toString).containsExactly("http://" + host + ":8080/");
    }

    @Test
    void anAddressOfIpv6StandsInBrackets() {
        assertThat(served("::1", 8080).all()).extracting(URI::toString).containsExactly("http://[::1]:8080/");
    }

    @Test
    void withoutANetworkThereIsLoopback() {
        ServedAddresses alone = new ServedAddresses(
                "0.0.0.0", InetAddress.ofLiteral("0.0.0.0"), 8080, () -> ADDRESSES.subList(0, 1), names);
        assertThat(alone.all()).extracting(URI::toString).containsExactly("http://127.0.0.1:8080/");
        assertThat(alone.best()).hasToString("http://127.0.0.1:8080/");
    }

    private ServedAddresses served(String host, int port) {
        InetAddress bound = InetAddress.ofLiteral(host.equals("localhost") ? "127.0.0.1" : host);
        return new ServedAddresses(host, bound, port, () -> ADDRESSES, names);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private final class Clock implements Ticker {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleepUntil(long nanos) {
            throw new IllegalStateException("nobody waits here");
        }
    }

    /** A name service with the names that a test sets. It does not answer while it is mute. */
    private static final class FakeNameService implements NameService {
        private final Map<String, String> names = new ConcurrentHashMap<>();
        private final Map<String, String> addresses = new ConcurrentHashMap<>();
        private final AtomicInteger rounds = new AtomicInteger();
        private volatile String hostName = "";
        private volatile CountDownLatch silent = new CountDownLatch(0);

        void mute() {
            silent = new CountDownLatch(1);
        }

        @Override
        public String hostName() {
            waitForAnswer();
            return hostName;
        }

        @Override
        public String name(InetAddress address) {
            waitForAnswer();
            return names.getOrDefault(address.getHostAddress(), address.getHostAddress());
        }

        @Override
        public List<InetAddress> addresses(String name) {
            waitForAnswer();
            if (name.endsWith(".local")) {
                rounds.incrementAndGet();
            }
            String address = addresses.get(name);
            return address == null ? List.of() : List.of(InetAddress.ofLiteral(address));
        }

        private void waitForAnswer() {
            try {
                silent.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
