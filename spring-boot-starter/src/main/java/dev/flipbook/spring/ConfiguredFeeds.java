package dev.flipbook.spring;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.feed.Feeds;
import dev.flipbook.spring.FlipbookProperties.FeedSource;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.util.ClassUtils;

/** Makes the feeds of the configuration. */
final class ConfiguredFeeds {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    /** Whether flipbook-capture, which has the sources that need native libraries, is on the class path. */
    private static final boolean CAPTURE =
            ClassUtils.isPresent("dev.flipbook.video.VideoFiles", ConfiguredFeeds.class.getClassLoader());

    private ConfiguredFeeds() {}

    /**
     * Adds all configured feeds.
     *
     * @throws BadFeedException for the first feed that cannot be made
     */
    static void addTo(Feeds feeds, FlipbookProperties properties) {
        properties.feeds().forEach((name, source) -> {
            try {
                Feeds.checkName(name);
                String text = source.source();
                if (text == null) {
                    throw new IllegalArgumentException(
                            "it has no source; source says where its pictures come from, such as http://door/stream");
                }
                if (text.equals("publish")) {
                    feeds.feed(name); // the program publishes to it
                } else {
                    feeds.feed(name, open(text, options(source)));
                }
            } catch (IOException | IllegalArgumentException e) {
                throw new BadFeedException(name, e);
            }
        });
    }

    private static FrameSource open(String source, SourceOptions options) throws IOException {
        try {
            return FrameSource.open(source, options);
        } catch (IOException e) {
            if (CAPTURE || source.regionMatches(true, 0, "http", 0, "http".length())) {
                throw e; // the kind of the source is known, and the message says what is wrong
            }
            throw new IOException(
                    e.getMessage()
                            + "; or publish, which waits for the application; video files, cameras and rtsp://… take"
                            + " flipbook-capture on the class path, and Java 25",
                    e);
        }
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
