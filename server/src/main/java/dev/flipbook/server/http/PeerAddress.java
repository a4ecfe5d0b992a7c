package dev.flipbook.server.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;

/**
 * The other end of a connection, for which limits are counted. Immutable.
 *
 * @param network the address; for IPv6 its first 64 bits, because a client has all addresses that begin with them
 * @param isThisMachine whether the client is a program on this machine, which may be a proxy that connects for many
 *     clients
 */
public record PeerAddress(String network, boolean isThisMachine) {

    public static PeerAddress of(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress inet)) {
            return new PeerAddress("", false);
        }
        InetAddress address = inet.getAddress();
        boolean loopback = address.isLoopbackAddress();
        return new PeerAddress(
                address instanceof Inet6Address && !loopback
                        ? HexFormat.of().formatHex(address.getAddress(), 0, 8)
                        : address.getHostAddress(),
                loopback);
    }
}
