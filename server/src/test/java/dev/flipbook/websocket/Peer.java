package dev.flipbook.websocket;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.FeedLookup;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.eclipse.jetty.websocket.api.Callback;

/**
 * A client with everything that a connection has: session, clock, feeds, and the list of streams. Tasks that the
 * connection gives to other threads wait until {@link #runOthers}, or run at once.
 */
final class Peer implements AutoCloseable {

    static final Duration SILENCE = Duration.ofSeconds(30);

    final FakeTicker ticker = new FakeTicker();

    /**
     * The clock of the feeds. While it stands still, their tick thread finds nothing to do, so only the test sends
     * something.
     */
    final FakeTicker feedTicker = new FakeTicker();

    final FakeSession session = new FakeSession();
    final Feeds feeds;
    final List<WatchedFeed> listed = new CopyOnWriteArrayList<>();
    final List<Consumer<String>> listeners = new ArrayList<>();
    final List<String> life = new ArrayList<>();
    final LiveConnection connection;

    /** Whether tasks for other threads run at once. */
    boolean others = true;

    /** The status that a listener gets at once. */
    String news = "{\"feeds\":[]}";

    private final Deque<Runnable> tasks = new ArrayDeque<>();

    Peer() {
        this(FeedOptions.DEFAULT);
    }

    Peer(FeedOptions options) {
        feeds = new Feeds(options, feedTicker);
        LiveConnection.Server server = new LiveConnection.Server(
                new FeedLookup(feeds), ticker, this::listen, register(), this::execute, SILENCE);
        connection = new LiveConnection(server, "192.0.2.7", "192.0.2.7:99", new LiveConnection.Life() {
            @Override
            public void opened(LiveConnection opened) {
                life.add("opened");
            }

            @Override
            public void closed(LiveConnection closed) {
                life.add("closed");
            }
        });
    }

    Peer open() {
        connection.onWebSocketOpen(session);
        return this;
    }

    OpenStream.Register register() {
        return new OpenStream.Register() {
            @Override
            public void add(OpenStream stream) {
                listed.add((WatchedFeed) stream);
            }

            @Override
            public void remove(OpenStream stream) {
                listed.remove((WatchedFeed) stream);
            }
        };
    }

    private Runnable listen(Consumer<String> listener) {
        listeners.add(listener);
        listener.accept(news);
        return () -> listeners.remove(listener);
    }

    private void execute(Runnable task) {
        if (others) {
            task.run();
        } else {
            tasks.add(task);
        }
    }

    /** Number of tasks that wait for another thread. */
    int waiting() {
        return tasks.size();
    }

    void runOthers() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    void say(String json) {
        connection.onWebSocketText(json);
    }

    void watch(int number, String feed) {
        say("{\"watch\":" + number + ",\"feed\":\"" + feed + "\"}");
    }

    void painted(int number) {
        say("{\"painted\":" + number + "}");
    }

    void pong() {
        connection.onWebSocketPong(ByteBuffer.allocate(0));
    }

    void leave() {
        connection.onWebSocketClose(1000, "", Callback.NOOP);
    }

    /** Lets time pass for the connection and for the feeds. */
    void passForAll(long millis) {
        ticker.passMillis(millis);
        feedTicker.passMillis(millis);
    }

    /** Lets time pass as for a real connection, with four ticks a second. */
    void passTicking(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 250) {
            ticker.passMillis(Math.min(250, left));
            connection.tick();
        }
    }

    Feed feed(String name) {
        return feeds.feed(name);
    }

    @Override
    public void close() {
        leave();
        feeds.close();
    }

    /** A picture of this many bytes. */
    static byte[] jpeg(int width, int height, int bytes) {
        byte[] small = jpeg(width, height);
        ByteBuffer padded = ByteBuffer.allocate(bytes).put(small, 0, 2);
        for (int left = bytes - small.length; left > 0; ) { // comments, which are of any length from 4 on
            int length = left <= 60_004 ? left : 60_000;
            padded.putShort((short) 0xFFFE).putShort((short) (length - 2)).put(new byte[length - 4]);
            left -= length;
        }
        return padded.put(small, 2, small.length - 2).array();
    }

    static byte[] jpeg(int width, int height) {
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpeg", jpeg);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jpeg.toByteArray();
    }
}
