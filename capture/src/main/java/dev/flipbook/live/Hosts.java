package dev.flipbook.live;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Resolves host names, and decides which of their addresses a source may open. */
final class Hosts {

    /**
     * Maximum time for a look-up in seconds. The system tries a silent name server for longer and cannot be
     * interrupted.
     */
    private static final int LOOKUP_TIMEOUT = 5;

    /** Addresses of cloud services that hold a machine's credentials, in addition to the link-local ones. */
    private static final Set<String> METADATA = Set.of("100.100.100.200", "fd00:ec2:0:0:0:0:0:254");

    private Hosts() {}

    /**
     * The addresses of a host that may be opened, in the system's order; never empty.
     *
     * @throws IOException with a sentence for the user if there is none
     */
    static List<InetAddress> resolve(String host) throws IOException, InterruptedException {
        List<InetAddress> allowed = all(host).stream().filter(Hosts::isAllowed).toList();
        if (allowed.isEmpty()) {
            throw new IOException(host + " is a link-local address, which no source opens:"
                    + " what listens there was not meant for it");
        }
        return allowed;
    }

    static boolean isAllowed(InetAddress address) {
        return !address.isLinkLocalAddress() && !METADATA.contains(address.getHostAddress());
    }

    private static List<InetAddress> all(String host) throws IOException, InterruptedException {
        // A separate thread, because the system's look-up ignores interrupts; it ends by itself soon after.
        FutureTask<InetAddress[]> search = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofPlatform().daemon().name("flipbook-lookup").start(search);
        try {
            return List.of(search.get(LOOKUP_TIMEOUT, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new IOException("no name server gave the address of " + host + " within " + LOOKUP_TIMEOUT + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException
                    ? new IOException("there is no host " + host, e)
                    : new IOException("the host " + host + " was not found: " + e.getCause(), e);
        }
    }
}
