package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * A viewer that reads everything at once on a thread of its own, and remembers the numbers of the pictures that it has
 * read. A picture that is repeated counts once, and a placeholder does not count. Thread-safe.
 */
public final class Witness implements AutoCloseable {

    private final RawConnection connection;
    private final PartReader parts;
    private final List<Integer> numbers = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean leaving;
    private volatile int newest;

    private Witness(RawConnection connection, PartReader parts) {
        this.connection = connection;
        this.parts = parts;
        this.thread = Thread.ofPlatform().daemon().name("witness").start(this::read);
    }

    /** Begins to watch. Waits until the response has begun, which needs a first picture of the feed. */
    public static Witness of(int port, String target) throws IOException {
        RawConnection connection = RawConnection.to(port);
        return new Witness(connection, PartReader.of(connection, target));
    }

    private void read() {
        try {
            for (Optional<PartReader.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
                int number = part.get().number();
                if (number != 0 && number != newest) {
                    numbers.add(number);
                    newest = number;
                    signal();
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            if (!leaving) {
                failures.add(e);
            }
        }
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public int newest() {
        return newest;
    }

    public List<Integer> numbers() {
        return List.copyOf(numbers);
    }

    /** Whether the response ended in order. */
    public boolean ended() {
        return parts.ended();
    }

    /** Waits until this picture was seen. */
    public void awaits(int number) {
        long left = RawConnection.PATIENCE.toNanos();
        lock.lock();
        try {
            while (newest < number && failures.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        assertThat(failures).isEmpty();
        assertThat(newest).as("the newest picture that came").isGreaterThanOrEqualTo(number);
    }

    /** Checks that all pictures from the first one that it has read up to this one came, in order and whole. */
    public void sawAllUpTo(int number) {
        awaits(number);
        List<Integer> seen = numbers();
        List<Integer> all = new ArrayList<>(
                IntStream.rangeClosed(seen.get(0), number).boxed().toList());
        assertThat(seen).isEqualTo(all);
    }

    /** Waits until the response has ended. */
    public void awaitEnd() throws InterruptedException {
        thread.join(RawConnection.PATIENCE.toMillis());
        assertThat(thread.isAlive()).as("still reading").isFalse();
        assertThat(failures).isEmpty();
    }

    @Override
    public void close() throws IOException {
        leaving = true;
        connection.close();
    }
}
