package dev.flipbook.spring;

import dev.flipbook.feed.Feed;

/**
 * The return value of a controller's method that shows a feed at a path of its own, with Spring MVC or WebFlux.
 * {@snippet :
 * @GetMapping("/doors/{door}/live")
 * FeedResponse live(@PathVariable String door) {
 *     return FeedResponse.stream(feeds.feed(door));
 * }
 * }
 *
 * <p>The query of the request ({@code fps}, {@code framing} and so on) is applied as at the starter's own paths.
 */
public sealed interface FeedResponse {

    /** The feed as an endless {@code multipart/x-mixed-replace}. */
    static FeedResponse stream(Feed feed) {
        return new Live(feed);
    }

    /** The feed's newest picture, or the status 503 with the reason if there is none. */
    static FeedResponse snapshot(Feed feed) {
        return new Snapshot(feed);
    }

    /** The response of {@link #stream}. */
    record Live(Feed feed) implements FeedResponse {}

    /** The response of {@link #snapshot}. */
    record Snapshot(Feed feed) implements FeedResponse {}

    /** The status of feeds as JSON. */
    record Status(Object json) implements FeedResponse {}

    /** A refusal: a status, and a sentence that says why. */
    record Refusal(int status, String sentence) implements FeedResponse {}
}
