package dev.flipbook.server;

import dev.flipbook.FeedOptions;
import dev.flipbook.server.generate.StreamedResponse;
import dev.flipbook.server.http.ConnectionGuard;
import dev.flipbook.web.Quote;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Options of a server: the address that it listens on, who may use it, and its limits. Immutable.
 *
 * @param host address or name to listen on; {@code 0.0.0.0} or {@code ::} for all addresses of this machine
 * @param port 0 to 65535; 0 takes a free port
 * @param insecure whether the server may listen on other than loopback addresses, without any authentication
 * @param hostNames further names by which clients may address the server in their {@code Host} header; addresses,
 *     {@code localhost}, {@code host} and the names of this machine are always allowed
 * @param embedOrigins origins (such as {@code https://wall.example}) whose pages may show and read feeds, and have the
 *     page in a frame; {@code null} stands for pages that were opened from a file
 * @param feeds timeouts and memory of feeds
 * @param deadlines timeouts for clients
 * @param streamedResponses maximum number of concurrent {@linkplain StreamedResponse streamed responses}, 1 or more.
 *     Each takes a virtual thread, 32 KiB of heap and up to 256 KiB in the kernel. Further ones are refused with 503
 * @param connectionsPerAddress maximum number of connections from one address, of 20,000 in all; 0 for the default of
 *     2,000, and 15,000 for this machine, where a proxy may connect for many clients. The same number limits how many
 *     of them may publish, of 64 in all; the default is 32, and 48 for this machine
 */
public record ServerOptions(
        String host,
        int port,
        boolean insecure,
        Set<String> hostNames,
        Set<String> embedOrigins,
        FeedOptions feeds,
        Deadlines deadlines,
        int streamedResponses,
        int connectionsPerAddress) {

    private static final int STREAMED_RESPONSES = 256;

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
    private static final Pattern ORIGIN =
            Pattern.compile("null|[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");
    private static final Pattern DEFAULT_PORT_ORIGIN = Pattern.compile("http://.*:80|https://.*:443");

    /** This machine only, port 8080, 256 streamed responses. */
    public static final ServerOptions DEFAULT = new ServerOptions(
            "127.0.0.1",
            8080,
            false,
            Set.of(),
            Set.of(),
            FeedOptions.DEFAULT,
            Deadlines.DEFAULT,
            STREAMED_RESPONSES,
            0);

    public ServerOptions {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port is " + port + "; it goes from 0 to 65535");
        }
        host = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (!resolved(host).isLoopbackAddress() && !insecure) {
            throw new IllegalArgumentException("listening on " + host
                    + " would show every feed to every client that reaches it, without authentication;"
                    + " leave it at 127.0.0.1, or add --insecure");
        }
        if (streamedResponses < 1) {
            throw new IllegalArgumentException("streamedResponses is " + streamedResponses + "; it is 1 or more");
        }
        if (connectionsPerAddress < 0 || connectionsPerAddress > ConnectionGuard.Places.ALL) {
            throw new IllegalArgumentException("connectionsPerAddress is " + connectionsPerAddress
                    + "; it goes from 1 to " + ConnectionGuard.Places.ALL + ", and 0 means the default");
        }
        hostNames.forEach(ServerOptions::checkHostName);
        embedOrigins.forEach(ServerOptions::checkOrigin);
        hostNames = Set.copyOf(hostNames);
        embedOrigins = Set.copyOf(embedOrigins);
    }

    private static void checkHostName(String name) {
        if (!HOST_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + Quote.of(name) + "' is not a host name; give one such as door.example, without a port");
        }
    }

    /**
     * Checks an origin. Origins are compared as text, so an origin in a form that no browser sends would allow nobody,
     * without any message.
     */
    private static void checkOrigin(String origin) {
        if (!ORIGIN.matcher(origin).matches()
                || DEFAULT_PORT_ORIGIN.matcher(origin).matches()) {
            throw new IllegalArgumentException("'" + Quote.of(origin)
                    + "' is not an origin as browsers send it; give one such as https://wall.example, in lower case,"
                    + " with its port unless it is the default one, and nothing after that; or null");
        }
    }

    /** Options with 256 streamed responses and the default number of connections from one address. */
    public ServerOptions(
            String host,
            int port,
            boolean insecure,
            Set<String> hostNames,
            Set<String> embedOrigins,
            FeedOptions feeds,
            Deadlines deadlines) {
        this(host, port, insecure, hostNames, embedOrigins, feeds, deadlines, STREAMED_RESPONSES, 0);
    }

    /** These options with another port. */
    public ServerOptions withPort(int other) {
        return new ServerOptions(
                host,
                other,
                insecure,
                hostNames,
                embedOrigins,
                feeds,
                deadlines,
                streamedResponses,
                connectionsPerAddress);
    }

    /**
     * These options with another address to listen on.
     *
     * @param other the address or name to listen on; {@code 0.0.0.0} for all addresses of this machine
     * @param openToOthers the new value of {@link #insecure}
     */
    public ServerOptions withHost(String other, boolean openToOthers) {
        return new ServerOptions(
                other,
                port,
                openToOthers,
                hostNames,
                embedOrigins,
                feeds,
                deadlines,
                streamedResponses,
                connectionsPerAddress);
    }

    /** These options with other further names of the server. */
    public ServerOptions withHostNames(Set<String> others) {
        return new ServerOptions(
                host, port, insecure, others, embedOrigins, feeds, deadlines, streamedResponses, connectionsPerAddress);
    }

    /** These options with other origins whose pages may embed. */
    public ServerOptions withEmbedOrigins(Set<String> others) {
        return new ServerOptions(
                host, port, insecure, hostNames, others, feeds, deadlines, streamedResponses, connectionsPerAddress);
    }

    /** These options with other timeouts and memory of feeds. */
    public ServerOptions withFeeds(FeedOptions other) {
        return new ServerOptions(
                host,
                port,
                insecure,
                hostNames,
                embedOrigins,
                other,
                deadlines,
                streamedResponses,
                connectionsPerAddress);
    }

    /** These options with other timeouts for clients. */
    public ServerOptions withDeadlines(Deadlines other) {
        return new ServerOptions(
                host, port, insecure, hostNames, embedOrigins, feeds, other, streamedResponses, connectionsPerAddress);
    }

    /** These options with another maximum number of streamed responses. */
    public ServerOptions withStreamedResponses(int other) {
        return new ServerOptions(
                host, port, insecure, hostNames, embedOrigins, feeds, deadlines, other, connectionsPerAddress);
    }

    /** These options with another maximum number of connections from one address. */
    public ServerOptions withConnectionsPerAddress(int other) {
        return new ServerOptions(
                host, port, insecure, hostNames, embedOrigins, feeds, deadlines, streamedResponses, other);
    }

    private static InetAddress resolved(String host) {
        try {
            if (!host.isBlank()) { // Java resolves a blank name to this machine
                return InetAddress.getByName(host);
            }
        } catch (UnknownHostException e) {
            // reported below
        }
        throw new IllegalArgumentException(
                "there is no address for the host '" + Quote.of(host)
                        + "'; it is an address or a name of this machine, without http:// and without a port, or 0.0.0.0 for all");
    }
}
