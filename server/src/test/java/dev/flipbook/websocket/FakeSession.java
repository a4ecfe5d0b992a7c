package dev.flipbook.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.UpgradeRequest;
import org.eclipse.jetty.websocket.api.UpgradeResponse;
import org.eclipse.jetty.websocket.api.exceptions.WebSocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's end of a connection, faked: it keeps what is sent, and takes each message at once or when the test says so.
 * For one thread at a time.
 */
final class FakeSession implements Session {

    final List<String> texts = new CopyOnWriteArrayList<>();
    final List<Picture> pictures = new CopyOnWriteArrayList<>();
    final List<String> pings = new ArrayList<>();
    final List<String> pongs = new ArrayList<>();
    int demands;
    int disconnects;
    int closedWith;
    String reason = "";
    Callback whenClosed = Callback.NOOP;
    boolean open = true;

    /** Whether each message is taken at once; otherwise {@link #take} takes it. */
    boolean takes = true;

    /** Called with each picture that was sent. */
    Consumer<Picture> whenPicture = picture -> {};

    Runnable whenDisconnected = () -> {};

    /** What each message fails with. */
    @Nullable
    Throwable failure;

    private final Deque<Callback> untaken = new ArrayDeque<>();
    private @Nullable ByteBuffer begun;

    /** A picture as docs/reference/websocket.md has it. */
    @SuppressWarnings("ArrayRecordComponent") // pictures are not compared
    record Picture(int version, int kind, int number, long sequence, double time, String type, byte[] bytes) {}

    /** The connection takes the oldest message that was sent. */
    void take() {
        untaken.remove().succeed();
    }

    void takeAll() {
        takes = true;
        while (!untaken.isEmpty()) {
            take();
        }
    }

    void fail(Throwable why) {
        untaken.remove().fail(why);
    }

    /** Messages that were sent and not taken. */
    int untaken() {
        return untaken.size();
    }

    List<Long> sequences(int number) {
        return pictures.stream()
                .filter(one -> one.number() == number)
                .map(Picture::sequence)
                .toList();
    }

    private void sent(Callback callback) {
        if (failure != null) {
            callback.fail(failure);
        } else if (takes) {
            callback.succeed();
        } else {
            untaken.add(callback);
        }
    }

    @Override
    public void demand() {
        demands++;
    }

    @Override
    public void sendText(String text, Callback callback) {
        texts.add(text);
        sent(callback);
    }

    @Override
    public void sendPartialBinary(ByteBuffer buffer, boolean last, Callback callback) {
        ByteBuffer before = begun;
        if (last != (before != null)) {
            throw new IllegalStateException("a picture is sent in two parts, its header and the rest");
        }
        if (before == null) {
            begun = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
            callback.succeed();
            return;
        }
        begun = null;
        Picture picture = picture(before, buffer);
        pictures.add(picture);
        whenPicture.accept(picture);
        sent(callback);
    }

    private static Picture picture(ByteBuffer in, ByteBuffer rest) {
        int version = in.get();
        int kind = in.get();
        int number = Short.toUnsignedInt(in.getShort());
        long sequence = in.getLong();
        double time = in.getDouble();
        byte[] type = new byte[in.get()];
        in.get(type);
        byte[] bytes = new byte[rest.remaining()];
        rest.get(bytes);
        if (in.hasRemaining()) {
            throw new IllegalStateException("the header is longer than it says");
        }
        return new Picture(version, kind, number, sequence, time, new String(type, StandardCharsets.US_ASCII), bytes);
    }

    @Override
    public void sendPing(ByteBuffer payload, Callback callback) {
        pings.add(text(payload));
    }

    @Override
    public void sendPong(ByteBuffer payload, Callback callback) {
        pongs.add(text(payload));
        sent(callback);
    }

    private static String text(ByteBuffer payload) {
        return StandardCharsets.US_ASCII.decode(payload).toString();
    }

    @Override
    public void close(int status, @Nullable String why, Callback callback) {
        closedWith = status;
        reason = String.valueOf(why);
        whenClosed = callback;
    }

    @Override
    public void disconnect() {
        disconnects++;
        open = false;
        whenDisconnected.run();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void sendBinary(ByteBuffer buffer, Callback callback) {
        callback.fail(new IOException("pictures are sent in parts"));
    }

    @Override
    public void sendPartialText(String text, boolean last, Callback callback) {
        callback.fail(new IOException("texts are sent whole"));
    }

    // methods that are not used

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new InetSocketAddress(0);
    }

    @Override
    public String getProtocolVersion() {
        return "13";
    }

    @Override
    public UpgradeRequest getUpgradeRequest() {
        throw new AssertionError("a connection does not look at its handshake any more");
    }

    @Override
    public UpgradeResponse getUpgradeResponse() {
        throw new AssertionError("a connection does not look at its handshake any more");
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public void addIdleTimeoutListener(Predicate<WebSocketTimeoutException> listener) {}

    @Override
    public Duration getIdleTimeout() {
        return Duration.ZERO;
    }

    @Override
    public void setIdleTimeout(Duration duration) {}

    @Override
    public int getInputBufferSize() {
        return 0;
    }

    @Override
    public void setInputBufferSize(int size) {}

    @Override
    public int getOutputBufferSize() {
        return 0;
    }

    @Override
    public void setOutputBufferSize(int size) {}

    @Override
    public long getMaxBinaryMessageSize() {
        return 0;
    }

    @Override
    public void setMaxBinaryMessageSize(long size) {}

    @Override
    public long getMaxTextMessageSize() {
        return 0;
    }

    @Override
    public void setMaxTextMessageSize(long size) {}

    @Override
    public long getMaxFrameSize() {
        return 0;
    }

    @Override
    public void setMaxFrameSize(long size) {}

    @Override
    public boolean isAutoFragment() {
        return true;
    }

    @Override
    public void setAutoFragment(boolean autoFragment) {}

    @Override
    public int getMaxOutgoingFrames() {
        return -1;
    }

    @Override
    public void setMaxOutgoingFrames(int max) {}
}
