package dev.flipbook.delivery;

import dev.flipbook.Frame;
import dev.flipbook.jpeg.Jpeg;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The last picture of a feed, however old: placeholders and snapshots are made of it. It stays when the feed shows
 * something else, such as a placeholder, and holds its block until the next picture comes. Thread-safe.
 */
public final class LastPicture {

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable Edition picture;

    /** Makes this the last picture. The caller has become a holder of its block for it. Null forgets the picture. */
    void replace(@Nullable Edition next) {
        Edition before;
        lock.lock();
        try {
            before = picture;
            picture = next;
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.release();
        }
    }

    /**
     * Whether this picture has the same bytes. The comparison is cheap: pictures of different lengths, as nearly all
     * are, differ at once.
     */
    boolean isSameAs(Jpeg jpeg) {
        lock.lock();
        try {
            return picture != null && picture.block() != null && picture.block().holds(jpeg);
        } finally {
            lock.unlock();
        }
    }

    /** The edition with the last picture, or null before the first. The caller becomes a holder of its block. */
    public @Nullable Edition hold() {
        lock.lock();
        try {
            return picture == null || picture.block() == null || !picture.retain() ? null : picture;
        } finally {
            lock.unlock();
        }
    }

    /** The edition with the last picture, not held: its block must not be read. */
    @Nullable
    Edition peek() {
        lock.lock();
        try {
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /** Capture time of the last picture, as the ticker counts; empty before the first. */
    public OptionalLong captured() {
        Edition last = peek();
        return last == null ? OptionalLong.empty() : OptionalLong.of(last.capturedNanos());
    }

    /** A copy of the last picture; empty before the first. */
    public Optional<Frame> copy() {
        return read(Edition::copy);
    }

    /**
     * The result of this function for the last picture, which the function may read only during its call; empty before
     * the first.
     */
    public <T> Optional<T> look(Function<Jpeg, T> reader) {
        return read(edition -> reader.apply(edition.picture()));
    }

    private <T> Optional<T> read(Function<Edition, T> reader) {
        Edition held = hold();
        if (held == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(held));
        } finally {
            held.release();
        }
    }
}
