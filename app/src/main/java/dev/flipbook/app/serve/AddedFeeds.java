package dev.flipbook.app.serve;

import dev.flipbook.app.config.FeedSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The feeds that clients have added over HTTP, and the reasons of feeds that are paused. With a state file, all of this
 * is kept over a restart: a change is on the disk before anything of it is served. Confined to one thread.
 */
final class AddedFeeds implements AutoCloseable {

    /**
     * What is kept. Immutable.
     *
     * @param feeds by name
     * @param paused reasons, which may be empty texts, by the name of the feed
     */
    record Kept(Map<String, FeedSettings> feeds, Map<String, String> paused) {

        static final Kept NOTHING = new Kept(Map.of(), Map.of());
    }

    private final Optional<KeptState> state;
    private Kept kept;

    /** Feeds that are forgotten when the program ends. */
    AddedFeeds() {
        this.state = Optional.empty();
        this.kept = Kept.NOTHING;
    }

    /**
     * Feeds that are kept.
     *
     * @throws IOException with a sentence when the file cannot be read
     */
    AddedFeeds(KeptState state) throws IOException {
        this.state = Optional.of(state);
        this.kept = state.read();
    }

    Map<String, FeedSettings> feeds() {
        return kept.feeds;
    }

    /** The reasons of paused feeds by name. */
    Map<String, String> paused() {
        return kept.paused;
    }

    /** Adds a feed or changes it. */
    void put(String feed, FeedSettings settings) throws IOException {
        Map<String, FeedSettings> more = new LinkedHashMap<>(kept.feeds);
        more.put(feed, settings);
        keep(new Kept(more, kept.paused));
    }

    /** Forgets a feed, and that it is paused. */
    void remove(String feed) throws IOException {
        Map<String, FeedSettings> fewer = new LinkedHashMap<>(kept.feeds);
        Map<String, String> others = new LinkedHashMap<>(kept.paused);
        fewer.remove(feed);
        others.remove(feed);
        keep(new Kept(fewer, others));
    }

    /** @param reason empty when the feed is not paused any more */
    void pause(String feed, Optional<String> reason) throws IOException {
        Map<String, String> others = new LinkedHashMap<>(kept.paused);
        reason.ifPresentOrElse(why -> others.put(feed, why), () -> others.remove(feed));
        keep(new Kept(kept.feeds, others));
    }

    private void keep(Kept next) throws IOException {
        if (state.isPresent() && !next.equals(kept)) {
            state.get().write(next);
        }
        kept = next;
    }

    @Override
    public void close() throws IOException {
        if (state.isPresent()) {
            state.get().close();
        }
    }
}
