package dev.flipbook.server.control;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The program's part as a test wants it: the test completes the futures. */
final class FakeAdministration implements Administration {

    final List<String> calls = new CopyOnWriteArrayList<>();
    final CompletableFuture<String> added = new CompletableFuture<>();
    final CompletableFuture<Void> changed = new CompletableFuture<>();
    final CompletableFuture<Void> removed = new CompletableFuture<>();
    final CompletableFuture<ConfigStatus> reloaded = new CompletableFuture<>();
    volatile ConfigStatus status = status(List.of());

    static ConfigStatus status(List<String> errors) {
        return new ConfigStatus(
                "/etc/flipbook.yaml",
                Optional.of(Instant.parse("2026-01-02T03:04:05Z")),
                errors.isEmpty(),
                errors,
                List.of("listen"),
                List.of("http", "rtsp"));
    }

    @Override
    public CompletableFuture<String> add(byte[] json) {
        calls.add("add " + text(json));
        return added;
    }

    @Override
    public CompletableFuture<Void> change(String feed, byte[] json) {
        calls.add("change " + feed + ' ' + text(json));
        return changed;
    }

    @Override
    public CompletableFuture<Void> remove(String feed) {
        calls.add("remove " + feed);
        return removed;
    }

    @Override
    public CompletableFuture<ConfigStatus> reload() {
        calls.add("reload");
        return reloaded;
    }

    @Override
    public ConfigStatus status() {
        return status;
    }

    @Override
    public void paused(String feed, Optional<String> reason) {
        calls.add(reason.map(why -> "paused " + feed + ": " + why).orElse("resumed " + feed));
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
