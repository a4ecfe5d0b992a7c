package dev.flipbook.spring;

import dev.flipbook.SourceOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The application's configuration below {@code flipbook}. Immutable.
 *
 * @param path prefix of the paths of feeds, such as {@code /live}; empty for none
 * @param sendBuffer send buffer of each connection of the web server, of which the kernel allocates twice as much; 0
 *     leaves it to the kernel
 * @param feeds the feeds by name
 */
@ConfigurationProperties("flipbook")
record FlipbookProperties(
        @DefaultValue("") String path,
        @DefaultValue("128KB") DataSize sendBuffer,
        @DefaultValue Map<String, FeedSource> feeds) {

    FlipbookProperties {
        if (!path.matches("(/[^/{}*?#%]+)*")) {
            throw new IllegalArgumentException("flipbook.path is '" + path
                    + "'; it is empty, or begins with a / and does not end with one, such as /live");
        }
        // keeps the order, because the first feed is /video_feed
        feeds = Collections.unmodifiableMap(new LinkedHashMap<>(feeds));
    }

    /**
     * The source of a feed. In short form, only a SOURCE text.
     *
     * @param source a SOURCE text, such as {@code rtsp://door/1}; without it the feed cannot be made
     * @param fps frame rate, as in {@link SourceOptions}
     * @param size such as {@code 640x480}; the source's own size if missing
     * @param quality JPEG quality, as in {@link SourceOptions}
     */
    record FeedSource(
            @Nullable String source,
            @DefaultValue("0") int fps,
            @Nullable String size,
            @DefaultValue("80") int quality) {

        @ConstructorBinding
        FeedSource {}

        /** Converts the short form. */
        public static FeedSource of(String source) {
            return new FeedSource(source, 0, null, 80);
        }
    }
}
