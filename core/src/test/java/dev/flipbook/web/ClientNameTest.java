package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientNameTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "127.0.0.2, 127.0.0.2",
        "127.0.0.1, 127.0.0.1:4711",
        "[::1], 0:0:0:0:0:0:0:1:4711",
        "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1:4711",
        "::ffff:127.0.0.1, 127.0.0.1:4711",
        "::ffff:192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 20010db800010002",
        "[2001:db8:1:2::9], 20010db800010002",
        "fe80::1%eth0, fe80000000000000",
        "phone.example, phone.example",
        "a:b, a:b",
    })
    void aShareBelongsToAnAddressOrNetworkAndOnThisMachineToAConnection(String address, String name) {
        assertThat(ClientName.of(address, 4711)).isEqualTo(name);
    }
}
