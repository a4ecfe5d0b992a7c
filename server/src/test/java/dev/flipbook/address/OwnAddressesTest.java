package dev.flipbook.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.address.OwnAddresses.OwnAddress;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnAddressesTest {

    @Test
    void theAddressTowardsTheWorldComesFirstAndIpv6Last() {
        assertThat(reachable(
                        own("eth1", "10.0.0.4"),
                        routed("eth0", "fd12::20"),
                        routed("eth0", "192.168.1.20"),
                        own("lo", "127.0.0.1"),
                        own("lo", "::1")))
                .containsExactly("192.168.1.20", "10.0.0.4", "fd12:0:0:0:0:0:0:20");
    }

    @Test
    void aTunnelComesAfterTheHouseAlsoWhenEverythingLeavesThroughIt() {
        assertThat(reachable(
                        new OwnAddress(InetAddress.ofLiteral("10.8.0.2"), "tun0", true, true),
                        own("wlan0", "192.168.1.21")))
                .containsExactly("192.168.1.21", "10.8.0.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker0",
                "br-0123456789ab",
                "veth1a2b3c",
                "virbr0",
                "vmnet8",
                "podman0",
                "cni0",
                "lxdbr0",
                "vEthernet (WSL)",
                "VirtualBox Host-Only Ethernet Adapter"
            })
    void networksOfContainersAndVirtualMachinesAreLeftOut(String name) {
        assertThat(reachable(own(name, "172.17.0.1"), own("eth0", "192.168.1.20")))
                .containsExactly("192.168.1.20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br-lan", "br0", "bond0", "eth0.7", "wlp3s0", "en0", "usb0"})
    void bridgesAndOthersOfTheHouseAreNot(String name) {
        assertThat(reachable(own(name, "172.17.0.1"))).containsExactly("172.17.0.1");
    }

    @Test
    void insideAContainerItsOwnAddressCounts() {
        assertThat(reachable(routed("veth0", "172.17.0.2"))).containsExactly("172.17.0.2");
    }

    @Test
    void anAddressThatAMachineGivesItselfCountsWhereThereIsNoOther() {
        OwnAddress itself = own("usb0", "169.254.7.7");
        assertThat(reachable(itself)).containsExactly("169.254.7.7");
        assertThat(reachable(itself, own("eth0", "192.168.1.20"))).containsExactly("192.168.1.20");
    }

    @Test
    void linkLocalAddressesOfIpv6AreLeftOutAsNoBrowserOpensThem() {
        assertThat(reachable(own("eth0", "fe80::1"))).isEmpty();
    }

    @Test
    void anInterfaceIsShownWithOneOfItsAddressesOfIpv6() {
        assertThat(reachable(own("eth0", "fd12::7"), routed("eth0", "fd12::8"), own("eth1", "fd13::1")))
                .containsExactly("fd12:0:0:0:0:0:0:8", "fd13:0:0:0:0:0:0:1");
    }

    @Test
    void aFewAreEnough() {
        OwnAddress[] many = new OwnAddress[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = own("eth" + i, "10.0.0." + i);
        }
        assertThat(reachable(many)).hasSize(8);
    }

    @Test
    void thoseOfThisMachineAreRead() {
        assertThat(OwnAddresses.read()).extracting(OwnAddress::address).contains(InetAddress.getLoopbackAddress());
    }

    private static OwnAddress own(String name, String address) {
        return new OwnAddress(InetAddress.ofLiteral(address), name, false, false);
    }

    private static OwnAddress routed(String name, String address) {
        return new OwnAddress(InetAddress.ofLiteral(address), name, false, true);
    }

    private static List<String> reachable(OwnAddress... own) {
        return OwnAddresses.reachable(List.of(own)).stream()
                .map(InetAddress::getHostAddress)
                .toList();
    }
}
