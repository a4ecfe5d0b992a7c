package dev.flipbook.spring;

import dev.flipbook.Feeds;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.spring.FlipbookProperties.FeedSource;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the feeds of the configuration. */
final class ConfiguredFeeds {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    private ConfiguredFeeds() {}

    /** @throws BadFeedException for the first one that cannot be made */
    static void addTo(Feeds feeds, FlipbookProperties properties) {
        properties.feeds().forEach((name, source) -> {
            try {
                Feeds.checkName(name);
                if (source.source().equals("publish")) {
                    feeds.feed(name); // waits for the program to publish
                } else {
                    feeds.feed(name, FrameSource.open(source.source(), options(source)));
                }
            } catch (IOException | IllegalArgumentException e) {
                throw new BadFeedException(name, e);
            }
        });
    }

    private static SourceOptions options(FeedSource source) {
        String size = source.size();
        if (size == null) {
            return new SourceOptions(source.fps(), 0, 0, source.quality());
        }
        Matcher parts = SIZE.matcher(size);
        if (!parts.matches()) {
            throw new IllegalArgumentException("size is '" + size + "'; it is like 640x480");
        }
        return new SourceOptions(
                source.fps(), Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), source.quality());
    }
}
