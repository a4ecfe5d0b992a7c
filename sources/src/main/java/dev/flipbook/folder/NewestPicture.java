package dev.flipbook.folder;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows the newest picture of a folder as soon as its file is there, by the time at which the file was written. A
 * picture that cannot be shown yet is read again when its file has changed.
 *
 * <p>The system reports changes. Where it does not, the folder is checked many times a second, which costs little.
 * Confined to the source thread.
 */
final class NewestPicture implements PictureChoice {

    /** Interval between two checks where the system reports no changes; also the minimum interval where it does. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(40);

    /** Interval between two checks although the system reports changes. */
    private static final Duration CALM = Duration.ofSeconds(1);

    /**
     * Interval after which the folder is listed although nothing seems to have changed, because the clocks of file
     * systems may be coarse.
     */
    private static final long LIST = Duration.ofSeconds(1).toNanos();

    /**
     * Listing the folder takes at most one part in this number of the time, because listing 100,000 files takes nearly
     * a second.
     */
    private static final int SHARE = 4;

    /** Number of newest files that are tried, because the newest may be unfinished. */
    private static final int CANDIDATES = 16;

    /** Maximum age of a picture; an older file, or one with a wrong clock, counts as this old. */
    private static final Duration MAX_AGE = Duration.ofDays(3650);

    private final PictureFolder folder;
    private final Ticker ticker;
    private final FolderWatch watch;
    private final Duration interval;
    private final long spacing;

    private List<PictureFolder.Entry> known = List.of();
    private Optional<FileVersion> knownFolder = Optional.empty();
    private PictureFolder.@Nullable Entry shown;
    private @Nullable Frame last;
    private long given;
    private boolean told;
    private long nextLook;
    private long nextListing;
    private long nextRoutine;

    /**
     * A choice that has not looked at the folder yet.
     *
     * @param watch closed together with this choice
     */
    NewestPicture(PictureFolder folder, FolderWatch watch, SourceOptions options, Ticker ticker) {
        this.folder = folder;
        this.watch = watch;
        this.ticker = ticker;
        this.interval = options.interval();
        this.spacing = options.fps() == 0 ? 0 : Duration.ofSeconds(1).toNanos() / options.fps();
        this.nextLook = ticker.nanos();
        this.nextListing = nextLook;
        this.nextRoutine = nextLook;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        while (true) {
            PictureFolder.checkInterrupt();
            long now = ticker.nanos();
            Frame frame = now - nextLook >= 0 || (told && now - nextListing >= 0) ? look(now) : null;
            Frame before = last;
            if (frame == null && before != null && now - given >= REPEAT) {
                if (known.isEmpty()) {
                    throw folder.nothing();
                }
                frame = before;
            }
            if (frame != null) {
                given = now;
                last = frame;
                return frame;
            }
            if (before == null) {
                throw folder.nothing();
            }
            long untilLook = told ? Math.min(nextLook - now, nextListing - now) : nextLook - now;
            told |= watch.await(now + Math.min(untilLook, given + REPEAT - now));
        }
    }

    private @Nullable Frame look(long now) throws IOException, InterruptedException {
        watch.begin();
        nextLook = now + pause().toNanos();
        boolean news = told || (now - nextListing >= 0 && hasChanged());
        if (last != null && now - nextRoutine < 0 && !news) {
            return null;
        }
        boolean wasTold = told;
        told = false;
        list(now);
        Frame frame = youngest();
        if (frame != null) {
            if (last != null) {
                watch.found(wasTold);
            }
            nextLook = now + Math.max(pause().toNanos(), spacing);
            nextListing = now + Math.max(nextListing - now, spacing);
        }
        return frame;
    }

    private Duration pause() {
        if (!interval.isZero()) {
            return interval;
        }
        return watch.works() && last != null ? CALM : CHECK_INTERVAL;
    }

    private void list(long now) throws IOException, InterruptedException {
        knownFolder = folder.version();
        known = folder.newest(CANDIDATES);
        if (known.isEmpty()) {
            folder.forgetComplaint();
        }
        long took = ticker.nanos() - now;
        nextListing = now + Math.max(CHECK_INTERVAL.toNanos(), SHARE * took);
        nextRoutine = now + Math.max(LIST, 4 * SHARE * took);
    }

    private boolean hasChanged() {
        return !folder.version().equals(knownFolder)
                || known.stream()
                        .anyMatch(entry -> !folder.version(entry.name()).equals(Optional.of(entry.version())));
    }

    private @Nullable Frame youngest() throws InterruptedException {
        for (PictureFolder.Entry entry : known) {
            PictureFolder.Entry before = shown;
            if (before != null && !entry.isNewerThan(before)) {
                continue;
            }
            Optional<Frame> frame = folder.picture(entry.name());
            if (frame.isPresent()) {
                shown = entry;
                return frame.get().capturedAt(ticker.nanos() - age(entry).toNanos());
            }
        }
        return null;
    }

    private Duration age(PictureFolder.Entry entry) {
        Duration age = Duration.between(entry.version().modified().toInstant(), ticker.now());
        if (age.isNegative()) {
            return Duration.ZERO;
        }
        return age.compareTo(MAX_AGE) > 0 ? MAX_AGE : age;
    }

    @Override
    public void close() {
        watch.close();
    }
}
