package dev.flipbook.it.kit;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A WebSocket on which a browser takes commands. Both protocols, Chrome DevTools and WebDriver BiDi, number their
 * commands, answer with the number, and name events by their method.
 *
 * <p>Thread-safe. Events are reported on a thread of the HTTP client.
 */
public final class BrowserSocket implements AutoCloseable {

    public static final JsonMapper JSON = JsonMapper.builder().build();

    /** Maximum time for an answer. Only a browser that starts on a busy machine needs nearly that long. */
    private static final long ANSWER_SECONDS = 60;

    private final Consumer<JsonNode> events;
    private final ConcurrentHashMap<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;

    /** @param events gets every message that is not the answer to a command */
    BrowserSocket(URI address, Consumer<JsonNode> events) throws IOException {
        this.events = events;
        try {
            socket = http.newWebSocketBuilder().buildAsync(address, new Ear()).join();
        } catch (CompletionException e) {
            http.close();
            throw new IOException("the browser cannot be talked to at " + address, e);
        }
    }

    /** Gives a command and returns the answer's {@code result}. */
    JsonNode call(String method, Map<String, ?> parameters) throws IOException, InterruptedException {
        return call(method, parameters, Map.of());
    }

    /** Calls like {@link #call(String, Map)}, with further members beside {@code method} and {@code params}. */
    JsonNode call(String method, Map<String, ?> parameters, Map<String, String> beside)
            throws IOException, InterruptedException {
        int id = number.incrementAndGet();
        ObjectNode message = JSON.createObjectNode();
        message.put("id", id).put("method", method).set("params", JSON.valueToTree(parameters));
        beside.forEach(message::put);
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        calls.put(id, answer);
        try {
            socket.sendText(JSON.writeValueAsString(message), true).get(ANSWER_SECONDS, SECONDS);
            JsonNode answered = answer.get(ANSWER_SECONDS, SECONDS);
            if (answered.has("error")) {
                throw new IOException(method + " was refused: " + answered);
            }
            return answered.path("result");
        } catch (TimeoutException e) {
            throw new IOException(method + " was not answered within " + ANSWER_SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(method + " failed: " + e.getCause(), e);
        } finally {
            calls.remove(id);
        }
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }

    private final class Ear implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                JsonNode message = JSON.readTree(text.toString());
                text.setLength(0);
                CompletableFuture<JsonNode> call =
                        message.has("id") ? calls.get(message.path("id").asInt()) : null;
                if (call != null) {
                    call.complete(message);
                } else {
                    events.accept(message);
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            calls.values().forEach(call -> call.completeExceptionally(error));
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            onError(from, new IOException("the browser has closed the connection: " + status + " " + reason));
            return null;
        }
    }
}
