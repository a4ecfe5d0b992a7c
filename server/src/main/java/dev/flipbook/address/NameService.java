package dev.flipbook.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** What the system resolves names with: its files, the DNS, multicast DNS. Each call may take a minute. */
interface NameService {

    /** What this machine calls itself; an empty text when that cannot be told. */
    String hostName();

    /** The name that leads to this address and back; the address as a text when there is none. */
    String name(InetAddress address);

    /** Where this name leads; nowhere when there is no such name. */
    List<InetAddress> addresses(String name);

    /** That of this machine. */
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
