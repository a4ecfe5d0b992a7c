package dev.flipbook.server.control;

import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StatusJson;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Adds, changes and removes feeds for clients, reloads the configuration, and tells what a client may change. All but
 * the last is done by the program's {@link Administration}; without one it is refused. Thread-safe.
 */
@SuppressWarnings("exports") // for the server, not for programs
public final class FeedAdministration {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    private static final String WITHOUT = "feeds are added and removed by the program that serves them";

    private final FeedLookup feeds;
    private final Changes changes;
    private final AtomicReference<@Nullable Administration> program = new AtomicReference<>();

    FeedAdministration(FeedLookup feeds, Changes changes) {
        this.feeds = feeds;
        this.changes = changes;
    }

    /**
     * Sets the program's part.
     *
     * @throws IllegalStateException if it was set before
     */
    public void setProgram(Administration administration) {
        if (!program.compareAndSet(null, administration)) {
            throw new IllegalStateException("the feeds are administered already");
        }
    }

    /** The program's part; empty if there is none. */
    Optional<Administration> program() {
        return Optional.ofNullable(program.get());
    }

    /** Adds the feed that the body describes. */
    public void add(Exchange exchange) {
        changes.begin(exchange, "", (body, asked) -> {
            Administration administration = required();
            JsonFields.read(body); // what is not a JSON object is refused here, with the status for it
            Feed feed = feeds.find(await(administration.add(body)));
            log(asked, feed.name(), "added");
            asked.headers().put(HttpHeader.LOCATION, "/api/feeds/" + feed.name());
            asked.answerJson(201, StatusJson.of(feed));
        });
    }

    /** Changes the settings of a feed that the body names. */
    public void change(Exchange exchange) {
        String name = feeds.find(exchange.name()).name();
        changes.begin(exchange, name, (body, asked) -> {
            Administration administration = required();
            JsonFields.read(body);
            await(administration.change(name, body));
            log(asked, name, "changed");
            asked.answerJson(StatusJson.of(feeds.find(name)));
        });
    }

    /** Removes a feed. */
    public void remove(Exchange exchange) {
        String name = feeds.find(exchange.name()).name();
        changes.begin(exchange, name, (body, asked) -> {
            await(required().remove(name));
            log(asked, name, "removed");
            asked.answer(204);
        });
    }

    /** Reads the configuration again. */
    public void reload(Exchange exchange) {
        changes.begin(exchange, "", (body, asked) -> {
            JsonFields.readIfAny(body).checkNames(Set.of());
            ConfigStatus status = await(required().reload());
            boolean reloaded = status.errors().isEmpty();
            if (reloaded) {
                LOG.log(Level.INFO, "configuration reloaded by={0}", Request.getRemoteAddr(asked.request()));
            }
            asked.answerJson(reloaded ? 200 : 422, status.json());
        });
    }

    /** Tells what this client may change; and of the configuration, if it may change anything. */
    public void config(Exchange exchange) {
        Optional<String> refusal = ChangePolicy.refusal(exchange.request());
        Optional<Administration> administration = program();
        boolean may = refusal.isEmpty();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("may", may(may && administration.isPresent(), may));
        if (!may || administration.isEmpty()) {
            json.put("reason", refusal.orElse(WITHOUT));
        } else {
            ConfigStatus status = administration.get().status();
            json.putAll(status.json());
            json.put("sources", status.sources());
        }
        exchange.answerJson(json);
    }

    private static Map<String, Object> may(boolean feeds, boolean others) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("feeds", feeds);
        json.put("pause", others);
        json.put("controls", others);
        return json;
    }

    private Administration required() {
        return program().orElseThrow(() -> new HttpError(403, WITHOUT));
    }

    private <T> T await(CompletableFuture<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(changes.timeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void log(Exchange exchange, String feed, String what) {
        LOG.log(Level.INFO, "feed={0} {1} by={2}", feed, what, Request.getRemoteAddr(exchange.request()));
    }
}
