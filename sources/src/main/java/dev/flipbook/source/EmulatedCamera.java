package dev.flipbook.source;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code demo}: three pictures that say 1, 2 and 3, one at once and then one each second. The wall clock
 * decides which comes first. The source works wherever Java does, and numbers that change show that everything works.
 *
 * <p>Confined to the source thread, except {@link #close()}.
 */
final class EmulatedCamera implements FrameSource {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;

    private volatile @Nullable Run run;

    EmulatedCamera(Ticker ticker) {
        this.ticker = ticker;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        Run current = run;
        if (current == null) {
            current = new Run(pictures(), ticker.nanos(), ticker.now().getEpochSecond());
            run = current;
        }
        long due = current.nextSecond(ticker.nanos());
        long moment = current.start + due * SECOND;
        ticker.sleepUntil(moment);
        current.shown = due;
        return current.picture(due).capturedAt(moment);
    }

    @Override
    public void close() {
        run = null;
    }

    @Override
    public String description() {
        return "demo";
    }

    private static List<Frame> pictures() throws IOException {
        return List.of(picture("1.jpg"), picture("2.jpg"), picture("3.jpg"));
    }

    private static Frame picture(String name) throws IOException {
        try (InputStream file = EmulatedCamera.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new FileNotFoundException("the picture " + name + " is missing from flipbook-core's jar");
            }
            return Frame.ofJpeg(file.readAllBytes());
        }
    }

    /** The time from the first picture to the close. Seconds are counted from its start by the monotonic clock. */
    private static final class Run {
        private final List<Frame> pictures;
        private final long start;
        private final long startSecond;
        private long shown = -1;

        Run(List<Frame> pictures, long start, long startSecond) {
            this.pictures = pictures;
            this.start = start;
            this.startSecond = startSecond;
        }

        /**
         * The second after the last one shown or, after a longer delay, the current one: no burst follows when the
         * machine was asleep.
         */
        long nextSecond(long now) {
            long next = Math.max(shown + 1, (now - start) / SECOND);
            boolean same = shown >= 0 && (next - shown) % pictures.size() == 0; // the change would not be seen
            return same ? next - 1 : next;
        }

        Frame picture(long second) {
            return pictures.get((int) Math.floorMod(startSecond + second, (long) pictures.size()));
        }
    }
}
