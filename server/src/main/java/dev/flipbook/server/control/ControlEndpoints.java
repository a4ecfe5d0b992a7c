package dev.flipbook.server.control;

import dev.flipbook.web.FeedLookup;
import java.time.Duration;

/**
 * The endpoints for changes, which share their limits. Thread-safe.
 *
 * @param feed pauses feeds and sets controls
 * @param administration adds and removes feeds
 */
public record ControlEndpoints(FeedControl feed, FeedAdministration administration) {

    /**
     * Endpoints for these feeds.
     *
     * @param bodyTimeout maximum time for a body to be complete
     * @param silence maximum time for which a connection may be silent; an answer comes in two thirds of it
     */
    public static ControlEndpoints of(FeedLookup feeds, Duration bodyTimeout, Duration silence) {
        Changes changes = new Changes(bodyTimeout, silence.multipliedBy(2).dividedBy(3));
        FeedAdministration administration = new FeedAdministration(feeds, changes);
        return new ControlEndpoints(new FeedControl(feeds, changes, administration::program), administration);
    }
}
