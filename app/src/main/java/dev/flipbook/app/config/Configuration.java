package dev.flipbook.app.config;

import dev.flipbook.FrameSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Flipbook is asked to do. Two configurations are equal when they ask for the same. Immutable.
 *
 * @param server what is asked of the server, and of feeds that do not say otherwise
 * @param api what requests may do
 * @param feeds by name, in the order in which they were given
 */
public record Configuration(ServerSettings server, ApiSettings api, Map<String, FeedSettings> feeds) {

    /** Copies the feeds. */
    public Configuration {
        feeds = Collections.unmodifiableMap(new LinkedHashMap<>(feeds));
    }

    /** A configuration with what the settings say of the API. */
    static Configuration of(ServerSettings server, Map<String, FeedSettings> feeds) {
        return new Configuration(server, server.api(), feeds);
    }

    /**
     * This configuration together with another: the feeds of both, first those of the other; and of the settings those
     * of this one where both give one.
     *
     * @throws IllegalArgumentException if a feed is in both
     */
    public Configuration with(Configuration other) {
        Map<String, FeedSettings> both = new LinkedHashMap<>(other.feeds);
        feeds.forEach((name, feed) -> {
            if (both.put(name, feed) != null) {
                throw new IllegalArgumentException(
                        "the feed '" + name + "' is given twice; give one of the two another name");
            }
        });
        return of(server.over(other.server), both);
    }

    /**
     * The sources of feeds, constructed and not opened yet, and what is wrong with those that there are not.
     *
     * @param file the file's name, for problems
     */
    public static Sources open(String file, Map<String, FeedSettings> feeds) {
        Map<String, Optional<FrameSource>> sources = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        feeds.forEach((name, feed) -> {
            try {
                sources.put(name, feed.open());
            } catch (IOException e) {
                Position at = feed.position();
                problems.add(new Problem(file, at.line(), at.column(), "feeds." + name + ": " + e.getMessage()));
            }
        });
        return new Sources(sources, problems);
    }

    /**
     * Sources by the names of their feeds. Immutable.
     *
     * @param sources those that there are; empty for a feed that waits for a publisher
     * @param problems of the others
     */
    public record Sources(Map<String, Optional<FrameSource>> sources, List<Problem> problems) {
        /** Copies both. */
        public Sources {
            sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
            problems = List.copyOf(problems);
        }
    }

    /** This configuration as a file, with all defaults filled in and secrets as {@code ***}. */
    public String yaml() {
        return ConfigWriter.yaml(this);
    }
}
