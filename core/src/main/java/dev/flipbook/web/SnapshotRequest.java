package dev.flipbook.web;

import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * What a request for a snapshot asks for. Immutable.
 *
 * @param variant size, quality and rotation of the picture
 * @param maxAge maximum age of the picture, up to an hour; empty for any
 * @param maxDelay maximum wait for a picture, up to a minute
 */
public record SnapshotRequest(Variant variant, Optional<Duration> maxAge, Duration maxDelay) {

    /**
     * Maximum of {@code max_age} in milliseconds. The two constants below are the maximum and the default of
     * {@code max_delay}.
     */
    private static final int HOUR = 3_600_000;

    private static final int MINUTE = 60_000;
    private static final int DEFAULT_DELAY = 5000;

    /**
     * Reads a request. A key that is missing has its default value; unknown keys are ignored.
     *
     * @param query gives the value of a key of the query, the first one if there are several
     * @throws BadRequestException that names the key and the possible values
     */
    public static SnapshotRequest of(Function<String, Optional<String>> query) {
        Optional<Integer> age =
                VariantQuery.number(query, "max_age", "a number of milliseconds from 0 to " + HOUR, 0, HOUR);
        Optional<Integer> delay =
                VariantQuery.number(query, "max_delay", "a number of milliseconds from 0 to " + MINUTE, 0, MINUTE);
        return new SnapshotRequest(
                VariantQuery.of(query), age.map(Duration::ofMillis), Duration.ofMillis(delay.orElse(DEFAULT_DELAY)));
    }

    /**
     * Writes the picture to a sink, as {@link Feed#snapshot(Variant, Optional, Duration, String, FrameSink)}. If that
     * fails with an {@link java.io.IOException}, the response is {@link #refusal} with status 503.
     *
     * @param reader address of the client
     */
    public CompletableFuture<Void> write(Feed feed, String reader, FrameSink sink) {
        return feed.snapshot(variant, maxAge, maxDelay, reader, sink);
    }

    /**
     * The headers of the response without its length, for the frame that was {@linkplain FrameSink#coming announced} to
     * the sink.
     */
    public Map<String, String> headers(Feed feed, long sequence, long capturedNanos) {
        Duration age = feed.age(capturedNanos);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "image/jpeg");
        headers.put("Cache-Control", "no-store");
        headers.put("X-Frame-Sequence", Long.toString(sequence));
        headers.put("X-Frame-Age-Ms", Long.toString(age.toMillis()));
        headers.put("X-Timestamp", unixSeconds(Instant.now().minus(age)));
        return headers;
    }

    /** The reason why there is no picture, as a sentence for a response with status 503 and {@code Retry-After: 1}. */
    public String refusal(Feed feed, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SnapshotMemory.FullException) {
            return "the feed '" + feed.name() + "' cannot send its picture now: " + cause.getMessage()
                    + "; try again in a second";
        }
        String reason = cause.getMessage() == null ? "no picture" : cause.getMessage();
        String wish = maxAge.map(age -> " that is at most " + age.toMillis() + " ms old")
                .orElse("");
        return "the feed '" + feed.name() + "' has no picture" + wish + ": " + reason;
    }

    private static String unixSeconds(Instant time) {
        return "%d.%06d".formatted(time.getEpochSecond(), time.getNano() / 1000);
    }
}
