package dev.flipbook.folder;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.time.Cadence;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows one picture after another in the order of their names, at equal intervals and in a loop. The folder is read
 * again for each round. Confined to the source thread.
 */
final class Slideshow implements PictureChoice {

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

    private final PictureFolder folder;
    private final Ticker ticker;
    private final Cadence cadence;
    private List<String> names = List.of();
    private int position;
    private int shownInRound;
    private @Nullable Frame last;

    Slideshow(PictureFolder folder, SourceOptions options, Ticker ticker) {
        this.folder = folder;
        this.ticker = ticker;
        this.cadence = new Cadence(options.intervalOr(DEFAULT_INTERVAL).toNanos());
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        Frame shown = last;
        long now = ticker.nanos();
        long due = cadence.due(now);
        if (shown != null && due - now > REPEAT) {
            long moment = now + REPEAT;
            ticker.sleepUntil(moment);
            return shown.capturedAt(moment);
        }
        last = null; // the decoder uses its memory again
        Frame next = picture();
        ticker.sleepUntil(due);
        last = next.capturedAt(due);
        cadence.taken(due);
        return last;
    }

    private Frame picture() throws IOException, InterruptedException {
        while (true) {
            if (position == names.size()) {
                turnOver();
            }
            Optional<Frame> frame = folder.picture(names.get(position++));
            if (frame.isPresent()) {
                shownInRound++;
                return frame.get();
            }
            PictureFolder.checkInterrupt();
        }
    }

    /** Begins a new round, or fails if the last one had nothing to show. */
    private void turnOver() throws IOException, InterruptedException {
        boolean inVain = !names.isEmpty() && shownInRound == 0;
        names = inVain ? List.of() : folder.names();
        position = 0;
        shownInRound = 0;
        if (names.isEmpty()) {
            if (!inVain) {
                folder.forgetComplaint();
            }
            throw folder.nothing();
        }
    }
}
