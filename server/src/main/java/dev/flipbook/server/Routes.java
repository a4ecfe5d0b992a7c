package dev.flipbook.server;

import dev.flipbook.feed.Feeds;
import dev.flipbook.server.control.ControlEndpoints;
import dev.flipbook.server.control.FeedAdministration;
import dev.flipbook.server.control.FeedControl;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.publish.PublishEndpoint;
import dev.flipbook.server.stream.OpenStreams;
import dev.flipbook.server.stream.StreamEndpoint;
import dev.flipbook.web.FeedLookup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All paths that the server answers; anything else is refused with 404. A path is compared as it was sent, without
 * decoding, because no path of ours needs it. Thread-safe.
 */
final class Routes {

    /**
     * A path and its endpoints. Immutable.
     *
     * @param path may contain one name in braces, which stands for a feed's name, a stream's id or a file of the page
     * @param endpoints by method; that of GET answers HEAD too
     */
    record Route(String path, Map<String, Endpoint> endpoints) {

        /** A route that is only read. */
        Route(String path, Endpoint endpoint) {
            this(path, Map.of("GET", endpoint));
        }

        /** A route that is read, and takes other methods too. */
        Route(String path, Endpoint endpoint, Map<String, Endpoint> others) {
            this(
                    path,
                    Stream.of(Map.of("GET", endpoint), others)
                            .flatMap(some -> some.entrySet().stream())
                            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)));
        }

        /** The endpoint for this method; empty if the method is not allowed. */
        Optional<Endpoint> endpoint(String method) {
            return Optional.ofNullable(endpoints.get(method.equals("HEAD") ? "GET" : method));
        }

        /** The allowed methods, as the value of the header {@code Allow}. */
        String methods() {
            Stream<String> always =
                    endpoints.containsKey("GET") ? Stream.of("GET", "HEAD", "OPTIONS") : Stream.of("OPTIONS");
            return Stream.concat(
                            always,
                            endpoints.keySet().stream()
                                    .filter(method -> !method.equals("GET"))
                                    .sorted())
                    .collect(Collectors.joining(", "));
        }

        /**
         * The part of the path that stands for the name in braces. Empty text for a route without a name; nothing if
         * the path does not match.
         */
        Optional<String> match(String asked) {
            int at = path.indexOf('{');
            if (at < 0) {
                return asked.equals(path) ? Optional.of("") : Optional.empty();
            }
            String before = path.substring(0, at);
            String after = path.substring(path.indexOf('}') + 1);
            int length = asked.length() - before.length() - after.length();
            if (length < 1 || !asked.startsWith(before) || !asked.endsWith(after)) {
                return Optional.empty();
            }
            String name = asked.substring(at, at + length);
            return name.indexOf('/') < 0 ? Optional.of(name) : Optional.empty();
        }
    }

    /** First segments of the paths that Flipbook uses or will use. */
    private static final Set<String> OURS = Set.of(
            "feeds", "page", "video_feed", "api", "healthz", "readyz", "metrics", "ws", "stream", "snapshot", "state");

    private final List<Route> builtIn;
    /** Pages of the program. */
    private final List<Route> pages = new CopyOnWriteArrayList<>();

    /** Matched after the program's pages, because the program may have an icon of its own. */
    private final Route favicon;

    private Routes(List<Route> builtIn, Route favicon) {
        this.builtIn = builtIn;
        this.favicon = favicon;
    }

    /** The routes of a server of these feeds. The first route that matches a path answers it. */
    static Routes of(
            Feeds feeds,
            PublishEndpoint publish,
            StatusEndpoint status,
            StatusUpdates news,
            OpenStreams streams,
            WebSocketEndpoint webSocket,
            PageEndpoint page,
            ControlEndpoints control) {
        FeedLookup lookup = new FeedLookup(feeds);
        StreamEndpoint stream = new StreamEndpoint(lookup, streams);
        SnapshotEndpoint snapshot = new SnapshotEndpoint(lookup);
        FeedControl feed = control.feed();
        FeedAdministration administration = control.administration();
        List<Route> builtIn = List.of(
                new Route("/", page::grid),
                new Route("/feeds/{name}.mjpg", stream),
                new Route("/feeds/{name}.jpg", snapshot),
                new Route("/feeds/{name}", page::feed, Map.of("PUT", publish, "POST", publish)),
                new Route("/page/{name}", page::file),
                new Route("/video_feed", stream),
                new Route("/video_feed/{name}", stream),
                new Route("/api/feeds", status::all, Map.of("POST", administration::add)),
                new Route(
                        "/api/feeds/{name}",
                        status::one,
                        Map.of("PATCH", administration::change, "DELETE", administration::remove)),
                new Route("/api/feeds/{name}/controls", feed::controls, Map.of("PATCH", feed::setControls)),
                new Route("/api/feeds/{name}/pause", Map.of("POST", feed::pause)),
                new Route("/api/feeds/{name}/resume", Map.of("POST", feed::resume)),
                new Route("/api/config", administration::config),
                new Route("/api/config/reload", Map.of("POST", administration::reload)),
                new Route("/api/streams", streams::all),
                new Route("/api/streams/{id}", streams::one, Map.of("DELETE", streams::end)),
                new Route("/api/events", new EventsEndpoint(news)),
                new Route("/ws", webSocket),
                new Route("/healthz", Routes::alive));
        return new Routes(builtIn, new Route("/favicon.ico", page::favicon));
    }

    /**
     * All routes in the order in which they are matched: those of Flipbook, the pages of the program, and Flipbook's
     * icon.
     */
    List<Route> list() {
        return Stream.of(builtIn, pages, List.of(favicon)).flatMap(List::stream).toList();
    }

    /**
     * Adds a page of the program.
     *
     * @throws IllegalArgumentException if its path is in use or belongs to Flipbook
     */
    synchronized void add(Route page) {
        if (page.path().equals("/") || OURS.contains(page.path().split("/", 3)[1])) {
            throw new IllegalArgumentException(
                    "the path '" + page.path() + "' is Flipbook's own, with all below it; take another");
        }
        if (pages.stream().anyMatch(one -> one.path().equals(page.path()))) {
            throw new IllegalArgumentException(
                    "there is a page at '" + page.path() + "' already; remove it first, or take another path");
        }
        pages.add(page);
    }

    /**
     * Removes a page of the program.
     *
     * @return false if there is no such page
     */
    boolean remove(String path) {
        return pages.removeIf(one -> one.path().equals(path));
    }

    private static void alive(Exchange exchange) {
        exchange.answer(200, HttpError.TEXT, "ok\n");
    }
}
