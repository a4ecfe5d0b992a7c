package dev.flipbook.web;

import dev.flipbook.Feed;
import dev.flipbook.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What somebody asks of a feed's snapshot. */
public record SnapshotRequest() {

    /**
     * Reads a request. What it does not name is ignored.
     *
     * @param query the value of a key of the query, the first one where there are several
     * @throws BadRequestException that names the key and the values allowed
     */
    public static SnapshotRequest of(Function<String, Optional<String>> query) {
        return new SnapshotRequest();
    }

    /** The picture, as {@link Feed#snapshot()}; when it fails, the answer is {@link #refusal} with status 503. */
    public CompletableFuture<Frame> take(Feed feed) {
        return feed.snapshot();
    }

    /** The headers of the response, its length apart. */
    public Map<String, String> headers(Feed feed, Frame frame) {
        Duration age = feed.age(frame);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", frame.contentType());
        headers.put("Cache-Control", "no-store");
        headers.put("X-Frame-Sequence", Long.toString(frame.sequence()));
        headers.put("X-Frame-Age-Ms", Long.toString(age.toMillis()));
        headers.put("X-Timestamp", unixSeconds(Instant.now().minus(age)));
        return headers;
    }

    /** Why there is no picture, in a sentence, to be sent with status 503 and {@code Retry-After: 1}. */
    public String refusal(Feed feed, Throwable failure) {
        String reason = failure.getMessage() == null ? "no picture" : failure.getMessage();
        return "the feed '" + feed.name() + "' has no picture: " + reason;
    }

    private static String unixSeconds(Instant time) {
        return "%d.%06d".formatted(time.getEpochSecond(), time.getNano() / 1000);
    }
}
