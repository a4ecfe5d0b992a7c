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
 * The application's configuration below {@code flipbook}.
 *
 * @param path what stands before the paths of feeds, such as {@code /live}; empty for nothing
 * @param sendBuffer how many bytes the kernel may hold for each connection of the web server (it takes twice as many); 0 leaves it
 *     to the kernel
 * @param feeds by name
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
        feeds = Collections.unmodifiableMap(new LinkedHashMap<>(feeds)); // in their order: the first one is /video_feed
    }

    /**
     * Where a feed's pictures come from. In short a SOURCE text alone.
     *
     * @param source a SOURCE text, such as {@code rtsp://door/1}; without it the feed cannot be made
     * @param fps as of {@link SourceOptions}
     * @param size as {@code 640x480}; left out it is the source's own
     * @param quality as of {@link SourceOptions}
     */
    record FeedSource(
            @Nullable String source,
            @DefaultValue("0") int fps,
            @Nullable String size,
            @DefaultValue("80") int quality) {

        @ConstructorBinding
        FeedSource {}

        /** How a text alone becomes one. */
        public static FeedSource of(String source) {
            return new FeedSource(source, 0, null, 80);
        }
    }
}
