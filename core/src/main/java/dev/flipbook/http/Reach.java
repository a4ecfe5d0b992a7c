package dev.flipbook.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * From where an address can be reached, from the inside out. A server may send a reader on to its like or further out;
 * else it could have this machine ask what only this machine can reach.
 */
enum Reach {
    /** Nobody asks there: where the machines of a cloud are told their secrets, and what is no single machine. */
    FORBIDDEN,
    /** This machine. */
    LOOPBACK,
    /** The networks of homes, offices and providers. */
    PRIVATE,
    /** Everything else. */
    PUBLIC;

    /** Where a cloud tells its machines their secrets, besides the link-local addresses. */
    private static final byte[] METADATA = HexFormat.of().parseHex("fd000ec2000000000000000000000254");

    private static final byte[] METADATA4 = {100, 100, 100, (byte) 200};

    /** Behind it stands an IPv4 address, which a gateway makes of it. */
    private static final byte[] NAT64 = HexFormat.of().parseHex("0064ff9b0000000000000000");

    private static final byte[] IPV4_COMPATIBLE = new byte[12];

    static Reach of(InetAddress address) {
        return address instanceof Inet4Address ? of4(address) : of6(address);
    }

    private static Reach of4(InetAddress address) {
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xFF;
        if (address.isLinkLocalAddress()
                || Arrays.equals(bytes, METADATA4)
                || first >= 224) { // groups, those kept for later, and everybody
            return FORBIDDEN;
        }
        if (first == 127 || first == 0) {
            return LOOPBACK;
        }
        boolean provider = first == 100 && (bytes[1] & 0xC0) == 64;
        return provider || address.isSiteLocalAddress() ? PRIVATE : PUBLIC;
    }

    private static Reach of6(InetAddress address) {
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

    private static Reach embedded(byte[] bytes, int at) {
        try {
            return of4(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
