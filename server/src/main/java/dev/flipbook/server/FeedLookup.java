package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.Feeds;
import dev.flipbook.web.Quote;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the feed that a path names, or the error that helps to name the right one. Thread-safe. */
record FeedLookup(Feeds feeds) {

    /** @param name empty for the first feed */
    Feed find(String name) {
        List<Feed> all = feeds.list();
        if (name.isEmpty() && !all.isEmpty()) {
            return all.get(0);
        }
        return feeds.find(name).orElseThrow(() -> unknown(name, all));
    }

    private static HttpError unknown(String name, List<Feed> all) {
        if (all.isEmpty()) {
            return new HttpError(404, "there are no feeds yet");
        }
        String names = all.stream().map(Feed::name).collect(Collectors.joining(", "));
        return new HttpError(404, "there is no feed '" + Quote.of(name) + "'; there are: " + names);
    }
}
