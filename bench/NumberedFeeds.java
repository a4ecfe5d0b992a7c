import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.server.Flipbook;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Feeds of one picture, {@code NumberedFeeds PICTURE NEWEST FPS SOURCES PUBLISHED}: so many have a source, which is closed
 * while nobody watches, and into so many this program publishes all the time. They are {@code /feeds/0.mjpg} and so on, those
 * with a source first. The picture begins with the stamp and the number that {@code crowd.c} describes, which are set anew for
 * each frame. The file NEWEST holds the number of each feed's newest frame, for whoever maps it: 8 bytes for each feed.
 *
 * <p>Prints the port. For each line of standard input it collects garbage and prints one line of "key=value" fields; it ends
 * with its input.
 */
final class NumberedFeeds {

    private NumberedFeeds() {}

    public static void main(String[] arguments) throws IOException {
        byte[] picture = Files.readAllBytes(Path.of(arguments[0]));
        double fps = Double.parseDouble(arguments[2]);
        int sources = Integer.parseInt(arguments[3]);
        int feeds = sources + Integer.parseInt(arguments[4]);
        LongBuffer newest = mapped(Path.of(arguments[1]), feeds);
        Flipbook flipbook = Flipbook.start(0);
        for (int i = 0; i < feeds; i++) {
            Clockwork frames = new Clockwork(picture, fps, (double) i / feeds, newest.slice(i, 1));
            if (i < sources) {
                flipbook.feed(String.valueOf(i), frames);
            } else {
                Feed feed = flipbook.feed(String.valueOf(i));
                Thread.ofPlatform().daemon().name("publisher-" + i).start(() -> publish(frames, feed));
            }
        }
        System.out.println(flipbook.port());
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in));
        while (asked.readLine() != null) {
            System.out.println(figures(flipbook.feeds()));
        }
        System.exit(0);
    }

    private static LongBuffer mapped(Path file, int feeds) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) feeds * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        }
    }

    private static void publish(Clockwork frames, Feed feed) {
        while (true) {
            feed.publish(frames.next());
        }
    }

    /** What the process holds. Of threads the server's pool is counted by itself: how many it keeps depends on the last minute. */
    private static String figures(Feeds feeds) {
        for (int i = 0; i < 3; i++) { // what a first collection lets go of, a later one frees
            System.gc();
            LockSupport.parkNanos(100_000_000);
        }
        long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum(); // right behind the collection; afterwards each thread takes a piece that counts as used
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        long pool = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("flipbook-http"))
                .count();
        return "heap=%d direct=%d allocated=%d used=%d viewers=%d threads=%d pool=%d"
                .formatted(
                        heap,
                        direct,
                        feeds.allocatedBytes(),
                        feeds.usedBytes(),
                        feeds.viewers(),
                        ManagementFactory.getThreadMXBean().getThreadCount() - pool,
                        pool);
    }

    /** A frame for each tick of its clock, in one sequence of numbers; ticks that passed while nobody asked are gone. */
    private static final class Clockwork implements FrameSource {

        private static final int TIME = 12;
        private static final int NUMBER = 34;

        private final byte[] picture;
        private final ByteBuffer fields;
        private final long period;
        private final long began;
        private final LongBuffer newest;
        private long tick;
        private long number;

        /** @param phase by which part of a frame's time it is ahead: cameras do not tick together */
        Clockwork(byte[] picture, double fps, double phase, LongBuffer newest) {
            this.picture = picture.clone();
            this.fields = ByteBuffer.wrap(this.picture).order(ByteOrder.LITTLE_ENDIAN);
            this.period = (long) (1e9 / fps);
            this.began = System.nanoTime() - (long) (phase * period);
            this.newest = newest;
        }

        @Override
        public Frame next() {
            tick = Math.max(tick + 1, (System.nanoTime() - began) / period);
            long due = began + tick * period;
            for (long now = System.nanoTime(); now < due && !Thread.currentThread().isInterrupted(); now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            fields.putLong(TIME, System.nanoTime()).putLong(NUMBER, ++number);
            newest.put(0, number);
            return Frame.ofJpeg(picture);
        }
    }
}
