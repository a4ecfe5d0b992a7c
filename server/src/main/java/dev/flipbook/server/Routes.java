package dev.flipbook.server;

import dev.flipbook.Feeds;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be asked for; what is not here does not exist. A path is compared as it was sent: one that needs
 * decoding is no path of ours.
 */
final class Routes {

    private static final String NAME = "{name}";

    /**
     * One of them.
     *
     * @param path with at most one {@code {name}}, which stands for a feed's name or a file of the page
     */
    record Route(String path, Endpoint endpoint) {

        /** What stands for the name in this path, nothing when the path is another's. */
        Optional<String> match(String asked) {
            int at = path.indexOf(NAME);
            if (at < 0) {
                return asked.equals(path) ? Optional.of("") : Optional.empty();
            }
            String before = path.substring(0, at);
            String after = path.substring(at + NAME.length());
            int length = asked.length() - before.length() - after.length();
            if (length < 1 || !asked.startsWith(before) || !asked.endsWith(after)) {
                return Optional.empty();
            }
            String name = asked.substring(at, at + length);
            return name.indexOf('/') < 0 ? Optional.of(name) : Optional.empty();
        }
    }

    private final List<Route> routes;

    private Routes(List<Route> routes) {
        this.routes = routes;
    }

    /** The routes of a server of these feeds; the first that matches a path has it. */
    static Routes of(Feeds feeds) {
        FeedLookup lookup = new FeedLookup(feeds);
        StreamEndpoint stream = new StreamEndpoint(lookup);
        SnapshotEndpoint snapshot = new SnapshotEndpoint(lookup);
        StatusEndpoint status = new StatusEndpoint(feeds, lookup);
        Page page = new Page(lookup);
        return new Routes(List.of(
                new Route("/", page::grid),
                new Route("/feeds/{name}.mjpg", stream),
                new Route("/feeds/{name}.jpg", snapshot),
                new Route("/feeds/{name}", page::feed),
                new Route("/page/{name}", page::file),
                new Route("/video_feed", stream),
                new Route("/video_feed/{name}", stream),
                new Route("/api/feeds", status::all),
                new Route("/api/feeds/{name}", status::one),
                new Route("/api/events", new EventsEndpoint(feeds, status)),
                new Route("/healthz", Routes::alive)));
    }

    List<Route> list() {
        return routes;
    }

    private static void alive(Exchange exchange) {
        exchange.answer(200, HttpError.TEXT, "ok\n");
    }
}
