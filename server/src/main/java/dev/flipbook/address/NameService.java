package dev.flipbook.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The system's name resolution: files, DNS and multicast DNS. Each call may block for a minute. */
interface NameService {

    /** This machine's host name, or an empty text if the system does not know it. */
    String hostName();

    /** The name that resolves to this address and back, or the address as a text if there is none. */
    String name(InetAddress address);

    /** The addresses that a name resolves to; none if the name does not exist. */
    List<InetAddress> addresses(String name);

    /** The name resolution of this machine. */
    static NameService system() {
        return new NameService() {
            @Override
            public String hostName() {
                try {
                    return InetAddress.getLocalHost().getHostName();
                } catch (UnknownHostException e) {
                    return "";
                }
            }

            @Override
            public String name(InetAddress address) {
                return address.getCanonicalHostName();
            }

            @Override
            public List<InetAddress> addresses(String name) {
                try {
                    return List.of(InetAddress.getAllByName(name));
                } catch (UnknownHostException e) {
                    return List.of();
                }
            }
        };
    }
}
