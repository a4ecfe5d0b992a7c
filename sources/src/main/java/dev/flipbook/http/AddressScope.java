package dev.flipbook.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The scope of an address, from the narrowest to the widest. A server may redirect this client only to addresses of the
 * server's own scope or of a wider one. Otherwise the server could make this machine request what only this machine can
 * reach.
 */
enum AddressScope {
    /**
     * Never connected to: addresses where machines of a cloud get their secrets, and those that are not a single
     * machine.
     */
    FORBIDDEN,
    /** This machine. */
    LOOPBACK,
    /** The networks of homes, offices and providers. */
    PRIVATE,
    /** Everything else. */
    PUBLIC;

    /** Addresses besides the link-local ones where machines of a cloud get their secrets. */
    private static final byte[] METADATA = HexFormat.of().parseHex("fd000ec2000000000000000000000254");

    private static final byte[] METADATA4 = {100, 100, 100, (byte) 200};

    /** Prefix of IPv6 addresses whose rest is an IPv4 address, to which a gateway translates them. */
    private static final byte[] NAT64 = HexFormat.of().parseHex("0064ff9b0000000000000000");

    private static final byte[] IPV4_COMPATIBLE = new byte[12];

    static AddressScope of(InetAddress address) {
        return address instanceof Inet4Address ? of4(address) : of6(address);
    }

    private static AddressScope of4(InetAddress address) {
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xFF;
        if (address.isLinkLocalAddress()
                || Arrays.equals(bytes, METADATA4)
                || first >= 224) { // multicast, reserved and broadcast addresses
            return FORBIDDEN;
        }
        if (first == 127 || first == 0) {
            return LOOPBACK;
        }
        boolean provider = first == 100 && (bytes[1] & 0xC0) == 64;
        return provider || address.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    private static AddressScope of6(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address.isLinkLocalAddress() || address.isMulticastAddress() || Arrays.equals(bytes, METADATA)) {
            return FORBIDDEN;
        }
        if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
            return LOOPBACK;
        }
        if (begins(bytes, NAT64) || begins(bytes, IPV4_COMPATIBLE)) {
            return embedded(bytes, 12);
        }
        if (bytes[0] == 0x20 && bytes[1] == 0x02) { // 6to4
            return embedded(bytes, 2);
        }
        return (bytes[0] & 0xFE) == 0xFC || address.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    private static boolean begins(byte[] bytes, byte[] with) {
        return Arrays.equals(bytes, 0, with.length, with, 0, with.length);
    }

    private static AddressScope embedded(byte[] bytes, int at) {
        try {
            return of4(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
