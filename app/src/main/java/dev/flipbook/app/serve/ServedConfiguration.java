package dev.flipbook.app.serve;

import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Problem;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.HttpError;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a running program serves, and where each feed of it comes from: the command line, which stays; the configuration
 * file, which is read again; and clients, which add feeds over HTTP. A change is checked as a whole before anything is
 * touched, so a wrong file or request changes nothing. A feed of the file takes the place of one of the same name that
 * a client has added. Confined to one thread, except {@link #state}.
 */
final class ServedConfiguration {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * What is served compared to the file. Immutable.
     *
     * @param configuration the one that is served
     * @param applied when it was applied
     * @param problems what is wrong with the file as it is now, because of which the file is not applied
     * @param restart keys of the settings that hold only after a restart
     */
    record State(Configuration configuration, Instant applied, List<Problem> problems, List<String> restart) {}

    private final ConfigInput input;
    private final AddedFeeds added;
    private final InstantSource clock;
    private final Configuration started;
    private final FeedChanges first;
    /** Feeds of clients, from before the start, whose sources cannot be made any more; they are kept. */
    private final Set<String> unserved;

    private Map<String, FeedSettings> served;
    private volatile State state;

    /**
     * Makes the sources. Nothing is served yet.
     *
     * @param started what was read at the start
     * @param added feeds of clients from before the start
     * @throws ConfigException with everything that is wrong
     */
    ServedConfiguration(ConfigInput input, Configuration started, AddedFeeds added, InstantSource clock)
            throws ConfigException {
        this.input = input;
        this.started = started;
        this.added = added;
        this.clock = clock;
        this.state = new State(started, clock.instant(), List.of(), List.of());
        this.unserved = cannotBeMade(added.feeds());
        this.served = all(started);
        this.first = FeedChanges.between(Map.of(), served, input::open);
    }

    State state() {
        return state;
    }

    /** The names of the feeds that are served, or will be. */
    Set<String> feeds() {
        return served.keySet();
    }

    /** Begins to serve what was read. Called once. */
    void begin(Feeds feeds) {
        first.apply(feeds);
        added.paused().forEach((name, why) -> feeds.find(name).ifPresent(feed -> feed.pause(why)));
    }

    /** The feeds of the command line and the file, and those of clients. */
    private Map<String, FeedSettings> all(Configuration configuration) {
        Map<String, FeedSettings> all = new LinkedHashMap<>(configuration.feeds());
        added.feeds().forEach((name, settings) -> {
            if (!unserved.contains(name)) {
                all.putIfAbsent(name, settings);
            }
        });
        return all;
    }

    /** A source that a client added must not keep the program from starting. */
    private static Set<String> cannotBeMade(Map<String, FeedSettings> feeds) {
        Set<String> names = new HashSet<>();
        feeds.forEach((name, settings) -> {
            try {
                var _ = settings.open();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "feed={0} was added by a client and is not served: {1}", name, e.getMessage());
                names.add(name);
            }
        });
        return names;
    }

    /** Reads the file again and applies it if it is right. */
    State reload(Feeds feeds) {
        State before = state;
        try {
            Configuration next = input.read(served);
            FeedChanges changes = change(all(next), feeds);
            List<String> restart = new ArrayList<>(next.server().restart(started.server()));
            if (next.api().keep() != started.api().keep()) {
                restart.add("api.keep");
            }
            state = new State(next, clock.instant(), List.of(), restart);
            forgetReplaced(next);
            boolean sources =
                    !next.api().sources().equals(before.configuration.api().sources());
            LOG.log(Level.INFO, "{0} {1}", input.fileName(), summary(changes, sources, restart));
        } catch (ConfigException e) {
            state = new State(before.configuration, before.applied, e.problems(), before.restart);
            int more = e.problems().size() - 1;
            LOG.log(
                    Level.WARNING,
                    "{0}{1}; everything stays as it was",
                    e.problems().getFirst(),
                    more == 0 ? "" : " (and " + more + " more)");
        }
        return state;
    }

    /** @param sources whether requests may add other sources than before */
    private static String summary(FeedChanges changes, boolean sources, List<String> restart) {
        List<String> applied = new ArrayList<>();
        if (!changes.isEmpty()) {
            applied.add(changes.toString());
        }
        if (sources) {
            applied.add("api.sources changed");
        }
        return (applied.isEmpty() ? "changes nothing" : "is applied: " + String.join(", ", applied))
                + (restart.isEmpty() ? "" : "; needs a restart: " + String.join(", ", restart));
    }

    private FeedChanges change(Map<String, FeedSettings> wanted, Feeds feeds) throws ConfigException {
        FeedChanges changes = FeedChanges.between(served, wanted, input::open);
        changes.apply(feeds);
        served = wanted;
        return changes;
    }

    private void forgetReplaced(Configuration next) {
        for (String name : List.copyOf(added.feeds().keySet())) {
            if (next.feeds().containsKey(name)) {
                LOG.log(
                        Level.WARNING,
                        "feed={0} is in {1} now; the feed of this name that a client had added is forgotten",
                        name,
                        input.fileName());
                keep(() -> added.remove(name));
            }
        }
        for (String name : List.copyOf(added.paused().keySet())) {
            if (!served.containsKey(name)) {
                keep(() -> added.pause(name, Optional.empty()));
            }
        }
    }

    /**
     * Adds a feed for a client.
     *
     * @throws HttpError when there is a feed of this name, there is no such source, or it cannot be kept
     */
    void add(String name, FeedSettings settings, Feeds feeds) {
        if (feeds.find(name).isPresent()) {
            throw new HttpError(409, "there is a feed '" + name + "' already");
        }
        put(name, settings, feeds);
    }

    /** The settings of a feed that clients may change, because one of them has added it. */
    FeedSettings ofClients(String name) {
        FeedSettings settings = added.feeds().get(name);
        if (settings != null && !state.configuration.feeds().containsKey(name)) {
            return settings;
        }
        FeedSettings other = state.configuration.feeds().get(name);
        boolean typed = input.typed().feeds().containsKey(name);
        throw other == null
                ? new HttpError(409, "'" + name + "' belongs to the program; clients cannot change it")
                : new HttpError(
                        409,
                        typed
                                ? "'" + name + "' is on the command line of the server; change it there"
                                : "'" + name + "' is in " + input.fileName() + "; change it there");
    }

    /** Makes this the settings of a feed of clients. */
    void put(String name, FeedSettings settings, Feeds feeds) {
        Map<String, FeedSettings> wanted = new LinkedHashMap<>(served);
        wanted.put(name, settings);
        try {
            FeedChanges changes = FeedChanges.between(served, wanted, input::open);
            added.put(name, settings); // on the disk before it is served
            unserved.remove(name);
            changes.apply(feeds);
            served = wanted;
        } catch (ConfigException e) {
            throw new HttpError(422, e.problems().getFirst().sentence());
        } catch (IOException e) {
            throw notKept(e);
        }
    }

    /** Removes a feed of clients. */
    void remove(String name, Feeds feeds) {
        var _ = ofClients(name);
        try {
            added.remove(name);
            Map<String, FeedSettings> wanted = new LinkedHashMap<>(served);
            wanted.remove(name);
            change(wanted, feeds);
        } catch (ConfigException e) {
            throw new IllegalStateException(e); // nothing is opened for a removal
        } catch (IOException e) {
            throw notKept(e);
        }
    }

    /** Keeps that a feed was paused, or resumed. */
    void paused(String name, Optional<String> reason) {
        keep(() -> added.pause(name, reason));
    }

    private static HttpError notKept(IOException e) {
        LOG.log(Level.ERROR, e.getMessage());
        return new HttpError(507, "this could not be kept for the next start, so it was not done; the log says why");
    }

    /** What changes the kept feeds. */
    @FunctionalInterface
    private interface Keeping {
        void run() throws IOException;
    }

    private static void keep(Keeping keeping) {
        try {
            keeping.run();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "{0}; after a restart this is as before", e.getMessage());
        }
    }
}
