package dev.flipbook.app.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flipbook.app.config.ConfigReader;
import dev.flipbook.app.config.ConfigReader.NamedFeed;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.yaml.YamlText;
import dev.flipbook.web.Json;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The feeds that clients have added, and those that are paused, as JSON in the state file. What is not understood, such
 * as the file of a later version, is set aside and not overwritten. Confined to one thread.
 */
final class KeptState implements AutoCloseable {

    /** Name of the state file. */
    static final String NAME = "feeds.json";

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private static final String FEEDS = "feeds";
    private static final String PAUSED = "paused";

    private final StateFile file;
    private final ConfigReader reader;
    private final Configuration holding;

    /** @param holding has the kinds of sources that clients may add, and the defaults of feeds */
    KeptState(StateFile file, ConfigReader reader, Configuration holding) {
        this.file = file;
        this.reader = reader;
        this.holding = holding;
    }

    /**
     * What was kept.
     *
     * @throws IOException with a sentence when the file cannot be read
     */
    AddedFeeds.Kept read() throws IOException {
        Optional<byte[]> bytes = file.read();
        if (bytes.isEmpty()) {
            return AddedFeeds.Kept.NOTHING;
        }
        try {
            return read(new String(bytes.get(), UTF_8));
        } catch (IllegalArgumentException e) {
            LOG.log(
                    Level.WARNING,
                    "what was kept of feeds in {0} is not understood ({1}); it is in {2} now",
                    file.path(),
                    e.getMessage(),
                    file.setAside());
            return AddedFeeds.Kept.NOTHING;
        }
    }

    private AddedFeeds.Kept read(String json) {
        Object root = YamlText.value(json);
        if (!(root instanceof Map<?, ?> state)
                || !(state.get(FEEDS) instanceof List<?> added)
                || !(state.get(PAUSED) instanceof Map<?, ?> reasons)) {
            throw new IllegalArgumentException("it is not an object with feeds and paused");
        }
        Map<String, FeedSettings> feeds = new LinkedHashMap<>();
        for (Object one : added) {
            NamedFeed feed = reader.feed(Json.of(one).getBytes(UTF_8), holding);
            feeds.put(feed.name(), feed.settings());
        }
        Map<String, String> paused = new LinkedHashMap<>();
        reasons.forEach((name, why) -> paused.put(String.valueOf(name), String.valueOf(why)));
        return new AddedFeeds.Kept(feeds, paused);
    }

    /** Keeps this; when this returns it is on the disk. */
    void write(AddedFeeds.Kept kept) throws IOException {
        String feeds = kept.feeds().entrySet().stream()
                .map(feed -> feed.getValue().json(feed.getKey()))
                .collect(Collectors.joining(",\n  "));
        String json =
                "{\"" + FEEDS + "\": [\n  " + feeds + "\n], \"" + PAUSED + "\": " + Json.of(kept.paused()) + "}\n";
        file.write(json.getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
