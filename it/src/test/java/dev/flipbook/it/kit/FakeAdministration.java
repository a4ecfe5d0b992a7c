package dev.flipbook.it.kit;

import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.control.Administration;
import dev.flipbook.server.control.ConfigStatus;
import dev.flipbook.server.http.HttpError;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The part of a program that adds and removes feeds for clients, and that says of its configuration what a test wants. One
 * feed is in its file and cannot be removed: {@link #IN_THE_FILE}.
 */
public final class FakeAdministration implements Administration {

    public static final String IN_THE_FILE = "door";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Flipbook flipbook;
    private final Function<String, FrameSource> open;
    private volatile ConfigStatus now = status(true, List.of(), List.of());
    private volatile ConfigStatus afterReload = now;

    /**
     * Administers a server.
     *
     * @param open makes the source of an address; an {@link IllegalArgumentException} refuses it
     */
    public FakeAdministration(Flipbook flipbook, Function<String, FrameSource> open) {
        this.flipbook = flipbook;
        this.open = open;
        flipbook.administer(this);
    }

    /** What it says of the configuration from now on, and what from the next reload on. */
    public void says(ConfigStatus before, ConfigStatus after) {
        now = before;
        afterReload = after;
    }

    public static ConfigStatus status(boolean current, List<String> errors, List<String> restart) {
        Optional<Instant> applied = Optional.of(Instant.parse("2026-11-30T12:00:00Z"));
        return new ConfigStatus(
                "/etc/flipbook/flipbook.yaml", applied, current, errors, restart, List.of("http", "publish"));
    }

    @Override
    public CompletableFuture<String> add(byte[] json) {
        return CompletableFuture.supplyAsync(() -> {
            JsonNode wanted = JSON.readTree(json);
            String name = wanted.path("name").asString("");
            if (flipbook.feeds().find(name).isPresent()) {
                throw new HttpError(409, "there is a feed '" + name + "' already");
            }
            String source = wanted.path("source").asString("");
            try {
                flipbook.feed(name, open.apply(source));
            } catch (IllegalArgumentException e) {
                throw new HttpError(422, String.valueOf(e.getMessage()));
            }
            return name;
        });
    }

    @Override
    public CompletableFuture<Void> change(String feed, byte[] json) {
        return CompletableFuture.failedFuture(new HttpError(422, "this program changes no feeds"));
    }

    @Override
    public CompletableFuture<Void> remove(String feed) {
        return CompletableFuture.runAsync(() -> {
            if (feed.equals(IN_THE_FILE)) {
                throw new HttpError(409, "'" + feed + "' is in flipbook.yaml; remove it there");
            }
            flipbook.feeds().remove(feed);
        });
    }

    @Override
    public CompletableFuture<ConfigStatus> reload() {
        return CompletableFuture.supplyAsync(() -> {
            now = afterReload;
            return now;
        });
    }

    @Override
    public ConfigStatus status() {
        return now;
    }

    @Override
    public void paused(String feed, Optional<String> reason) {}
}
