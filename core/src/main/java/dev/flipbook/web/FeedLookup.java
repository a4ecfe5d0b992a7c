package dev.flipbook.web;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds the feed that a path names, or fails with a sentence that helps to name the right one. Thread-safe.
 *
 * @param feeds the feeds to choose from
 */
public record FeedLookup(Feeds feeds) {

    /**
     * The feed of this name.
     *
     * @param name of a feed; empty for the first one
     * @throws UnknownFeedException when there is none
     */
    public Feed find(String name) {
        List<Feed> all = feeds.list();
        if (name.isEmpty() && !all.isEmpty()) {
            return all.get(0);
        }
        return feeds.find(name).orElseThrow(() -> unknown(name, all));
    }

    private static UnknownFeedException unknown(String name, List<Feed> all) {
        if (all.isEmpty()) {
            return new UnknownFeedException("there are no feeds yet");
        }
        String names = all.stream().map(Feed::name).collect(Collectors.joining(", "));
        return new UnknownFeedException("there is no feed '" + Quote.of(name) + "'; there are: " + names);
    }
}
