package dev.flipbook.it.kit;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that keeps everything it was sent, and acknowledges pictures when the test says so. */
public final class SocketClient implements WebSocket.Listener, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public final List<Picture> pictures = new CopyOnWriteArrayList<>();
    public final List<JsonNode> texts = new CopyOnWriteArrayList<>();
    public final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;

    /** A picture with its header, see docs/reference/websocket.md. */
    @SuppressWarnings("ArrayRecordComponent") // pictures are not compared
    public record Picture(int version, int kind, int number, long sequence, double time, String type, byte[] bytes) {}

    private SocketClient(URI server, @Nullable String origin) {
        WebSocket.Builder builder = http.newWebSocketBuilder().subprotocols("flipbook.v1");
        if (origin != null) {
            builder.header("Origin", origin);
        }
        socket = builder.buildAsync(
                        URI.create("ws://" + server.getAuthority()
                                + server.resolve("ws").getPath()),
                        this)
                .join();
    }

    public static SocketClient open(URI server) {
        return new SocketClient(server, null);
    }

    public static SocketClient open(URI server, String origin) {
        return new SocketClient(server, origin);
    }

    public String protocol() {
        return socket.getSubprotocol();
    }

    public void say(String json) {
        socket.sendText(json, true).join();
    }

    public void sayBinary() {
        socket.sendBinary(ByteBuffer.allocate(3), true).join();
    }

    public void painted(int number) {
        say("{\"painted\":" + number + "}");
    }

    public void awaitPictures(int count) {
        await().until(() -> pictures.size() >= count);
    }

    /** Waits for the first text message with this key, and returns it. */
    public JsonNode awaitText(String key) {
        await().until(() -> texts.stream().anyMatch(one -> one.has(key)));
        return texts.stream().filter(one -> one.has(key)).findFirst().orElseThrow();
    }

    /** Waits until the server has handled all earlier messages of this client. */
    public void settle() {
        int before = texts.size();
        say("{\"ping\":" + before + "}");
        await().until(() -> texts.stream().anyMatch(one -> one.path("pong").asInt(-1) == before));
    }

    /** What this address answers. */
    public static JsonNode get(URI address) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return JSON.readTree(http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body());
        }
    }

    /** The status of the answer to a page of this origin. */
    public static int status(URI address, String origin) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(address).header("Origin", origin).build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    /** The status of the answer. */
    public static int delete(URI address) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(address).DELETE().build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            texts.add(JSON.readTree(text.toString()));
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            pictures.add(picture(ByteBuffer.wrap(binary.toByteArray())));
            binary.reset();
        }
        from.request(1);
        return null;
    }

    private static Picture picture(ByteBuffer in) {
        int version = in.get();
        int kind = in.get();
        int number = Short.toUnsignedInt(in.getShort());
        long sequence = in.getLong();
        double time = in.getDouble();
        byte[] type = new byte[in.get()];
        in.get(type);
        byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return new Picture(version, kind, number, sequence, time, new String(type, StandardCharsets.US_ASCII), bytes);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
