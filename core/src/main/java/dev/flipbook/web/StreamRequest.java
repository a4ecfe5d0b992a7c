package dev.flipbook.web;

import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a request for a stream asks for. Immutable.
 *
 * @param mediaType media type of the response, without the boundary
 * @param framing strict for programs and scripts, browser for an {@code <img>}
 * @param fps maximum frames a second, 0.1 to 1000; 0 for all
 * @param variant size, quality and rotation of the pictures
 */
public record StreamRequest(String mediaType, Framing framing, double fps, Variant variant) {

    private static final String REPLACE = "multipart/x-mixed-replace";

    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}(\\.\\d{1,3})?");

    /** A request for a stream whose parts replace each other, or whose carrier has a media type of its own. */
    public StreamRequest(Framing framing, double fps, Variant variant) {
        this(REPLACE, framing, fps, variant);
    }

    /**
     * Reads a request. A key that is missing has its default value; unknown keys are ignored.
     *
     * @param query gives the value of a key of the query, the first one if there are several
     * @param header gives the value of a header
     * @throws BadRequestException that names the key and the possible values
     */
    public static StreamRequest of(
            Function<String, Optional<String>> query, Function<String, Optional<String>> header) {
        String mediaType = mediaType(query);
        return new StreamRequest(mediaType, framing(mediaType, query, header), fps(query), VariantQuery.of(query));
    }

    /**
     * Adds the viewer, as {@link Feed#watch(FrameSink, Framing, double, Variant, String)}.
     *
     * @param client name of the client, see {@link ClientName}
     */
    public Viewer watch(Feed feed, FrameSink sink, String client) {
        return feed.watch(sink, framing, fps, variant, client);
    }

    /**
     * The headers of the response. One thing is left to the server: the response must neither have a length nor be
     * chunked, because some clients cannot read chunks. With HTTP/1.1 that takes {@code Connection: close}.
     */
    public Map<String, String> headers(Feed feed) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "Content-Type",
                mediaType.startsWith("multipart/") ? mediaType + "; boundary=" + feed.boundary() : mediaType);
        headers.put("Cache-Control", "no-store, no-transform");
        headers.put("X-Accel-Buffering", "no"); // nginx would hold back the end of each picture until the next one
        return headers;
    }

    /** Maximum frames a second that the viewer asks for; 0 when it does not. */
    private static double fps(Function<String, Optional<String>> query) {
        String asked = query.apply("fps").orElse("");
        if (asked.isEmpty()) {
            return 0;
        }
        if (!NUMBER.matcher(asked).matches() || Double.parseDouble(asked) < 0.1 || Double.parseDouble(asked) > 1000) {
            throw new BadRequestException("fps is a number from 0.1 to 1000, not '" + Quote.of(asked) + "'");
        }
        return Double.parseDouble(asked);
    }

    /**
     * The media type that the request asks for. The bytes are the same with each: WebKit lets no script read a response
     * whose parts replace each other, so scripts ask for another type.
     */
    private static String mediaType(Function<String, Optional<String>> query) {
        String asked = query.apply("type").orElse("");
        return switch (asked) {
            case "" -> REPLACE;
            case "mixed" -> "multipart/mixed";
            case "raw" -> "application/octet-stream";
            default -> throw new BadRequestException("type is one of: mixed, raw, not '" + Quote.of(asked) + "'");
        };
    }

    /**
     * The framing that the request asks for or needs. An {@code <img>} and a browser window accept pictures or pages by
     * name; programs accept anything.
     */
    private static Framing framing(
            String mediaType, Function<String, Optional<String>> query, Function<String, Optional<String>> header) {
        String asked = query.apply("framing").orElse("");
        return switch (asked) {
            case "strict" -> Framing.STRICT;
            case "browser" -> Framing.BROWSER;
            case "" -> {
                String accept = header.apply("Accept").orElse("");
                boolean shown = accept.startsWith("image/")
                        || accept.contains("text/html")
                        || header.apply("Sec-Fetch-Dest").equals(Optional.of("image"));
                // no browser shows the other media types by itself
                boolean browser = shown && mediaType.equals(REPLACE);
                yield browser ? Framing.BROWSER : Framing.STRICT;
            }
            default ->
                throw new BadRequestException("framing is one of: strict, browser, not '" + Quote.of(asked) + "'");
        };
    }
}
