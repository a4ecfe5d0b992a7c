package dev.flipbook.delivery;

import java.util.concurrent.atomic.LongAdder;

/** Total of what the connections of a feed's viewers have taken, including the viewers of its variants. Thread-safe. */
public final class Deliveries {

    private final LongAdder frames = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** Counts a frame of this many bytes, including the lines around the picture. */
    void add(int size) {
        frames.increment();
        bytes.add(size);
    }

    /** Number of frames. */
    public long frames() {
        return frames.sum();
    }

    /** Bytes of the frames. */
    public long bytes() {
        return bytes.sum();
    }
}
