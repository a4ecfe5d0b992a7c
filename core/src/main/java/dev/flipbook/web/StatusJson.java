package dev.flipbook.web;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The status of feeds as maps, lists, texts and numbers, under the names of the HTTP interface, to be written as JSON.
 * Figures that do not exist yet are null, so that a client always finds the key. Thread-safe, because it has no state.
 */
public final class StatusJson {

    private StatusJson() {}

    /** The status of all feeds, and the memory of their frames. */
    public static Map<String, Object> of(Feeds feeds) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("feeds", feeds.list().stream().map(feed -> of(feed.status())).toList());
        all.put(
                "memory",
                Map.of(
                        "used", feeds.usedBytes(),
                        "allocated", feeds.allocatedBytes(),
                        "ceiling", feeds.ceilingBytes()));
        return all;
    }

    /** The status of one feed with each of its viewers. */
    public static Map<String, Object> of(Feed feed) {
        Map<String, Object> one = of(feed.status());
        one.put("watching", feed.watching().stream().map(StatusJson::of).toList());
        return one;
    }

    /** The status of one feed without its viewers. Times are in milliseconds, moments in ISO 8601. */
    public static Map<String, Object> of(FeedStatus status) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", status.name());
        json.put("state", status.state().name().toLowerCase(Locale.ROOT));
        json.put("reason", status.reason());
        json.put("since", status.since().toString());
        json.put("source", status.source());
        json.put("encoder", status.encoding().encoder());
        json.put("passThrough", status.frames() > 0 && status.encoding().frames() == 0);
        json.put("width", status.width());
        json.put("height", status.height());
        json.put("fps", Math.round(status.fps() * 100) / 100.0);
        json.put("viewers", status.viewers());
        json.put("captured", status.captured());
        json.put("encoded", status.encoding().frames());
        json.put("encodeMs", millis(status.encoding().nanos()));
        json.put("frames", status.frames());
        json.put("delivered", status.delivered());
        json.put("bytes", status.bytes());
        json.put("skipped", status.skipped());
        json.put("dropped", status.dropped());
        json.put("damaged", status.damaged());
        status.age().ifPresentOrElse(age -> json.put("ageMs", age.toMillis()), () -> putNull(json, "ageMs"));
        json.put("stillMs", status.still().toMillis());
        json.put("failures", status.failures());
        status.nextTry().ifPresentOrElse(next -> json.put("nextTry", next.toString()), () -> putNull(json, "nextTry"));
        json.put("variants", status.variants().stream().map(StatusJson::of).toList());
        json.put("variantFrames", status.variantFrames());
        if (!status.controls().isEmpty()) {
            json.put("controls", status.controls()); // a record, whose components have the names of the interface
        }
        return json;
    }

    private static Map<String, Object> of(VariantStatus variant) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("width", variant.width());
        json.put("height", variant.height());
        json.put("quality", variant.quality());
        json.put("rotate", variant.rotate());
        json.put("viewers", variant.viewers());
        json.put("encoder", variant.encoding().encoder());
        json.put("encoded", variant.encoding().frames());
        json.put("encodeMs", millis(variant.encoding().nanos()));
        json.put("failed", variant.failed());
        return json;
    }

    /**
     * The status of one viewer. Times are in milliseconds, except how long the viewer has watched, which is in seconds.
     */
    public static Map<String, Object> of(ViewerStatus viewer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seconds", viewer.watching().toMillis() / 1000.0);
        json.put("sent", viewer.sent());
        json.put("skipped", viewer.skipped());
        json.put("bytes", viewer.bytes());
        json.put("fps", Math.round(viewer.fps() * 100) / 100.0);
        json.put("ageMs", millis(viewer.age().toNanos()));
        return json;
    }

    /** Milliseconds with two decimals. */
    private static double millis(long nanos) {
        return Math.round(nanos / 1e4) / 100.0;
    }

    @SuppressWarnings("NullAway") // an absent figure is null in the JSON, so that a client always finds the key
    private static void putNull(Map<String, Object> json, String key) {
        json.put(key, null);
    }
}
