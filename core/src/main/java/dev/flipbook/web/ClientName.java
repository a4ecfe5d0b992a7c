package dev.flipbook.web;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name of the client in whose share a request counts. For IPv4, the name is the address. For IPv6, the name is the
 * network of 2^64 addresses, because a client that has one of them has all. On this machine, where a proxy may connect
 * for many clients, each connection has a share of its own.
 */
public final class ClientName {

    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    /** Number of bytes of an IPv6 address that name the network. */
    private static final int NETWORK = 8;

    /** The addresses from which a proxy on this machine connects. */
    private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1");

    private ClientName() {}

    /**
     * The name of a client.
     *
     * @param address of the client's end of the connection, as the server has it: a literal, also in brackets or with a
     *     scope
     * @param port of the client's end of the connection
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
            InetAddress address = InetAddress.getByName(literal); // a literal with a colon, so this makes no look-up
            boolean whole = address instanceof Inet4Address || address.isLoopbackAddress();
            return whole ? address.getHostAddress() : HexFormat.of().formatHex(address.getAddress(), 0, NETWORK);
        } catch (UnknownHostException e) {
            return literal;
        }
    }
}
