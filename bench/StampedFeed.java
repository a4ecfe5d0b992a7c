import dev.flipbook.feed.Feed;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A feed of one picture, {@code StampedFeed PICTURE FPS}, at {@code /video_feed}; prints the port. The picture begins with the
 * stamp that {@code viewers.c} describes, and the time in it is set anew for each frame.
 */
final class StampedFeed {

    private static final int TIME_IN_STAMP = 12;

    private StampedFeed() {}

    public static void main(String[] arguments) throws IOException {
        byte[] picture = Files.readAllBytes(Path.of(arguments[0]));
        long period = (long) (1e9 / Double.parseDouble(arguments[1]));
        ByteBuffer stamp = ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN);
        Flipbook flipbook = Flipbook.start(0);
        Feed feed = flipbook.feed("stamped");
        System.out.println(flipbook.port());
        for (long due = System.nanoTime(); ; due += period) {
            for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            stamp.putLong(TIME_IN_STAMP, System.nanoTime());
            feed.publish(picture); // copies it: it may be stamped again at once
        }
    }
}
