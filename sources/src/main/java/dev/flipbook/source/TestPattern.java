package dev.flipbook.source;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.MeteredEncoder;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code test}: colour bars with a ball that moves evenly in front of them, the frame's number from 0, and
 * the time of day in UTC. The default is 1280 × 720 pixels at 30 frames a second. The number follows from the time, so
 * that a frame that is lost, here or on the way, shows as a gap.
 *
 * <p>Confined to the source thread, except {@link #close()} and {@link #encoding()}.
 */
final class TestPattern implements FrameSource {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final Ticker ticker;
    private final int fps;
    private final int width;
    private final int height;
    private final int quality;
    private final MeteredEncoder<JpegEncoder> encoder; // guarded by lock, except its figures

    /** Keeps a close on another thread from closing the encoder while it works. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Run run; // guarded by lock

    TestPattern(Ticker ticker, SourceOptions options) {
        this.ticker = ticker;
        this.fps = options.fps() == 0 ? 30 : options.fps();
        this.width = options.width() == 0 ? 1280 : options.width();
        this.height = options.height() == 0 ? 720 : options.height();
        this.quality = options.quality();
        this.encoder = MeteredEncoder.best(ticker);
    }

    @Override
    public Frame next() throws InterruptedException {
        Run current = running();
        long number = Math.max(current.number + 1, current.numberAt(ticker.nanos()));
        long moment = current.moment(number);
        ticker.sleepUntil(moment);
        lock.lockInterruptibly();
        try {
            if (run != current) {
                throw new InterruptedException("closed while it waited");
            }
            current.number = number;
            return current.draw(number, moment).capturedAt(moment);
        } finally {
            lock.unlock();
        }
    }

    private Run running() {
        lock.lock();
        try {
            Run current = run;
            if (current == null) {
                current = new Run();
                run = current;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            run = null;
            encoder.close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String description() {
        return "test";
    }

    @Override
    public Encoding encoding() {
        return encoder.encoding();
    }

    /** The time from the first frame to the close. */
    private final class Run {
        private final Pattern pattern = new Pattern(width, height);
        private final long start = ticker.nanos();
        private long number = -1;

        /**
         * Number of the frame that is due. Whole seconds and their parts are computed apart, so that nothing overflows
         * and nothing drifts.
         */
        long numberAt(long nanos) {
            long passed = nanos - start;
            return passed / SECOND * fps + passed % SECOND * fps / SECOND;
        }

        /** Due time of a frame, as the ticker counts. */
        long moment(long frame) {
            return start + frame / fps * SECOND + frame % fps * SECOND / fps;
        }

        Frame draw(long frame, long moment) {
            Instant time = ticker.now().minusNanos(ticker.nanos() - moment);
            double seconds = (double) (moment - start) / SECOND;
            Canvas canvas = pattern.draw(seconds, "frame " + frame, CLOCK.format(time));
            return Frame.of(encoder.make(with -> canvas.encode(with, quality)));
        }
    }
}
