package dev.flipbook.web;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose share a request counts in: that of its address, or, of IPv6, of the network of 2^64 addresses that whoever has one of them
 * has. On this machine, where a proxy may stand for many, each connection has a share of its own.
 */
public final class ClientName {

    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    /** Bytes of an address of IPv6 that name the network. */
    private static final int NETWORK = 8;

    /** From where a proxy here connects. */
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1");

    private ClientName() {}

    /**
     * The name.
     *
     * @param address of the client's end of the connection, as the server has it: a literal, also in brackets or with a scope
     * @param port of the same
     */
    public static String of(String address, int port) {
        String bare = address.replaceAll("[\\[\\]]|%.*", "");
        if (LITERAL.matcher(bare).matches()) {
            bare = network(bare);
        }
        return THIS_MACHINE.contains(bare) ? bare + ":" + port : bare;
    }

    private static String network(String literal) {
        try {
            InetAddress address = InetAddress.getByName(literal); // which is not looked up, because it has a colon
            boolean whole = address instanceof Inet4Address || address.isLoopbackAddress();
            return whole ? address.getHostAddress() : HexFormat.of().formatHex(address.getAddress(), 0, NETWORK);
        } catch (UnknownHostException e) {
            return literal;
        }
    }
}
