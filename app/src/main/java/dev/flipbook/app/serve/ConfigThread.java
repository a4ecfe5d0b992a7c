package dev.flipbook.app.serve;

import dev.flipbook.app.config.ConfigReader.NamedFeed;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Problem;
import dev.flipbook.app.config.RefusedSourceException;
import dev.flipbook.app.config.SourceKind;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.control.Administration;
import dev.flipbook.server.control.ConfigStatus;
import dev.flipbook.server.http.HttpError;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The thread {@code flipbook-config}, on which the configuration of a running program is changed: one change after
 * another, whether the file, a signal or a client asks. At most 64 changes wait; further ones are refused. Any thread
 * may ask for a change.
 */
final class ConfigThread implements Administration, AutoCloseable {

    /** Maximum number of changes that wait. A change takes milliseconds, so more is a fault of a client. */
    private static final int MAX_WAITING = 64;

    private final ServedConfiguration served;
    private final ConfigInput input;
    private final Feeds feeds;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> Thread.ofPlatform().daemon().name("flipbook-config").unstarted(task));

    ConfigThread(ServedConfiguration served, ConfigInput input, Feeds feeds) {
        this.served = served;
        this.input = input;
        this.feeds = feeds;
    }

    private <T> CompletableFuture<T> change(Supplier<T> change) {
        try {
            return CompletableFuture.supplyAsync(change, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new HttpError(
                    503, "too many changes of the configuration wait; try again in a second", "Retry-After", "1"));
        }
    }

    private CompletableFuture<Void> changeOnly(Runnable change) {
        return change(() -> {
            change.run();
            return null;
        });
    }

    @Override
    public CompletableFuture<String> add(byte[] json) {
        return change(() -> {
            NamedFeed feed = read(() -> input.reader().feed(json, holding()));
            served.add(feed.name(), feed.settings(), feeds);
            return feed.name();
        });
    }

    @Override
    public CompletableFuture<Void> change(String feed, byte[] json) {
        return changeOnly(() -> {
            FeedSettings before = served.ofClients(feed);
            served.put(feed, read(() -> input.reader().change(feed, before, json, holding())), feeds);
        });
    }

    private Configuration holding() {
        return served.state().configuration();
    }

    /** Reads what a client has sent. */
    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (RefusedSourceException e) {
            throw new HttpError(403, e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new HttpError(422, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public CompletableFuture<Void> remove(String feed) {
        return changeOnly(() -> served.remove(feed, feeds));
    }

    @Override
    public CompletableFuture<ConfigStatus> reload() {
        if (input.file().isEmpty()) {
            return CompletableFuture.failedFuture(
                    new HttpError(409, "there is no configuration file; start with --config=FILE"));
        }
        return change(() -> status(served.reload(feeds)));
    }

    @Override
    public ConfigStatus status() {
        return status(served.state());
    }

    private ConfigStatus status(ServedConfiguration.State state) {
        return new ConfigStatus(
                input.fileName(),
                input.file().map(file -> state.applied()),
                state.problems().isEmpty() && state.restart().isEmpty(),
                state.problems().stream().map(Problem::toString).toList(),
                state.restart(),
                state.configuration().api().sources().stream()
                        .sorted()
                        .map(SourceKind::key)
                        .toList());
    }

    @Override
    public void paused(String feed, Optional<String> reason) {
        var _ = changeOnly(() -> served.paused(feed, reason));
    }

    /** Makes the changes that wait, for at most two seconds, and ends the thread. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
                var _ = thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
