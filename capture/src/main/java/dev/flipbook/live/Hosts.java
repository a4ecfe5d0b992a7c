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

/** Hosts by their names, and which of their addresses a source may open. */
final class Hosts {

    /** In seconds. A name server that is silent is tried for longer by the system, and cannot be told to stop. */
    private static final int PATIENCE = 5;

    /** Where clouds keep the keys of their machines, besides the link-local ones. */
    private static final Set<String> METADATA = Set.of("100.100.100.200", "fd00:ec2:0:0:0:0:0:254");

    private Hosts() {}

    /**
     * The addresses of a host, the system's first one first; never empty.
     *
     * @throws IOException with a sentence for the user when there is none, or none that may be opened
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
        // A thread of its own, as the system's search heeds no interrupt; it ends by itself, soon after.
        FutureTask<InetAddress[]> search = new FutureTask<>(() -> InetAddress.getAllByName(host));
        Thread.ofPlatform().daemon().name("flipbook-lookup").start(search);
        try {
            return List.of(search.get(PATIENCE, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new IOException("no name server said within " + PATIENCE + " s where " + host + " is", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException
                    ? new IOException("there is no host " + host, e)
                    : new IOException("the host " + host + " was not found: " + e.getCause(), e);
        }
    }
}
