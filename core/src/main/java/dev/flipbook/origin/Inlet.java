package dev.flipbook.origin;

import dev.flipbook.FeedOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.Machinery;

/**
 * What an origin knows of its feed: where its pictures go, and the limits that it keeps. Immutable.
 *
 * @param feed name of the feed
 * @param broadcast takes frames, and tells viewers and snapshots of them
 * @param drafts takes pictures that are not JPEGs yet
 * @param options timeouts of the feed
 */
public record Inlet(String feed, Broadcast broadcast, Drafts drafts, FeedOptions options, Machinery machinery) {

    Ticker ticker() {
        return machinery.ticker();
    }
}
