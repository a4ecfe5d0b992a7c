package dev.flipbook.app.serve;

import dev.flipbook.Ticker;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.yaml.YamlText;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a running program, from its first reading to the end of the program: read and checked before
 * anything starts, applied to the server, and followed while it serves. Confined to one thread, except {@link #reload}.
 */
public final class LiveConfiguration implements AutoCloseable {

    private final ConfigInput input;
    private final Configuration started;
    private final AddedFeeds added;
    private final ServedConfiguration served;
    private final Optional<FileWatch> watch;
    private volatile @Nullable ConfigThread changes;

    private LiveConfiguration(ConfigInput input, Map<String, String> environment) throws IOException {
        this.input = input;
        Ticker ticker = Ticker.system();
        // the watch knows the contents from before the reading, so that no change in between is missed
        this.watch = input.file().map(file -> new FileWatch(file, YamlText.MAX_BYTES, ticker, this::reload));
        this.started = input.read(Map.of());
        this.added = added(started, input, StateFolder.of(environment));
        try {
            this.served = new ServedConfiguration(input, started, added, ticker::now);
        } catch (IOException | RuntimeException e) {
            added.close();
            throw e;
        }
    }

    private static AddedFeeds added(Configuration started, ConfigInput input, Path folder) throws IOException {
        if (!started.api().keep()) {
            return new AddedFeeds();
        }
        StateFile file = StateFile.open(folder, KeptState.NAME);
        return new AddedFeeds(new KeptState(file, input.reader(), started));
    }

    /**
     * Reads everything and makes the sources. Nothing is served yet.
     *
     * @param environment variables of this process, which say where state is kept
     * @throws ConfigException with everything that is wrong in the configuration
     * @throws IOException when there is no place to keep what clients add
     */
    public static LiveConfiguration read(ConfigInput input, Map<String, String> environment) throws IOException {
        return new LiveConfiguration(input, environment);
    }

    /** What the server is started with. */
    public ServerOptions options() {
        return started.server().options();
    }

    /** The names of the feeds, in their order. */
    public Set<String> feeds() {
        return served.feeds();
    }

    /** Serves the feeds, and follows the file from now on. Called once. */
    public void serve(Flipbook flipbook) {
        served.begin(flipbook.feeds());
        ConfigThread thread = new ConfigThread(served, input, flipbook.feeds());
        changes = thread;
        flipbook.administer(thread);
        watch.ifPresent(FileWatch::start);
    }

    /**
     * Has the file read again on another thread and applied if it is right; does nothing without a file. Returns at
     * once. Any thread may call.
     */
    public void reload() {
        ConfigThread thread = changes;
        if (thread != null && input.file().isPresent()) {
            var _ = thread.reload(); // what comes of it is in the log and in the status
        }
    }

    @Override
    public void close() throws IOException {
        watch.ifPresent(FileWatch::close);
        ConfigThread thread = changes;
        if (thread != null) {
            thread.close();
        }
        added.close();
    }
}
