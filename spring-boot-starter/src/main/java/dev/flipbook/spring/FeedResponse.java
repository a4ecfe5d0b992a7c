package dev.flipbook.spring;

import dev.flipbook.Feed;

/**
 * What a controller's method returns to show a feed at a path of its own, with Spring MVC and with WebFlux alike: {@snippet :
 * @GetMapping("/doors/{door}/live")
 * FeedResponse live(@PathVariable String door) {
 *     return FeedResponse.stream(feeds.feed(door));
 * }
 * }
 *
 * <p>What the request says of it ({@code fps}, {@code framing} and so on) is followed as at the starter's own paths.
 */
public sealed interface FeedResponse {

    /** The feed as an endless {@code multipart/x-mixed-replace}. */
    static FeedResponse stream(Feed feed) {
        return new Live(feed);
    }

    /** The feed's newest picture, or status 503 with the reason why there is none. */
    static FeedResponse snapshot(Feed feed) {
        return new Snapshot(feed);
    }

    /** See {@link #stream}. */
    record Live(Feed feed) implements FeedResponse {}

    /** See {@link #snapshot}. */
    record Snapshot(Feed feed) implements FeedResponse {}

    /** How feeds are, as JSON. */
    record Status(Object json) implements FeedResponse {}

    /** Why there is nothing else, in a sentence. */
    record Refusal(int status, String sentence) implements FeedResponse {}
}
