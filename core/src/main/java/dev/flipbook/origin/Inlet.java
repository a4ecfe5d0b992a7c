package dev.flipbook.origin;

import dev.flipbook.FeedOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.Machinery;
import java.util.function.Supplier;

/**
 * What an origin knows of its feed: where its pictures go, and the limits that it keeps. Immutable.
 *
 * @param feed name of the feed
 * @param broadcast takes frames, and tells viewers and snapshots of them
 * @param drafts takes pictures that are not JPEGs yet
 * @param timeouts gives the timeouts of the feed, which may change at any time
 */
public record Inlet(
        String feed, Broadcast broadcast, Drafts drafts, Supplier<FeedOptions> timeouts, Machinery machinery) {

    /** The timeouts as they are now. */
    FeedOptions options() {
        return timeouts.get();
    }

    Ticker ticker() {
        return machinery.ticker();
    }
}
