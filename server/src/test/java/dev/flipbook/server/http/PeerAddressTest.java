package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as one peer. */
class PeerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,          192.0.2.7,          false",
        "127.0.0.1,          127.0.0.1,          true",
        "127.0.0.2,          127.0.0.2,          true",
        "::1,                0:0:0:0:0:0:0:1,    true",
        "::ffff:192.0.2.7,   192.0.2.7,          false",
        "2001:db8:1:2::9,    20010db800010002,   false",
        "2001:db8:1:2:ffff::, 20010db800010002,  false",
        "2001:db8:1:3::9,    20010db800010003,   false",
        "fe80::1,            fe80000000000000,   false"
    })
    void addressIsOnePeerAndOfIpv6TheNetwork(String address, String network, boolean isThisMachine) throws Exception {
        assertThat(PeerAddress.of(new InetSocketAddress(InetAddress.getByName(address), 5)))
                .isEqualTo(new PeerAddress(network, isThisMachine));
    }

    @Test
    void whatHasNoAddressIsOnePeerToo() {
        assertThat(PeerAddress.of(UnixDomainSocketAddress.of("/x"))).isEqualTo(new PeerAddress("", false));
    }
}
