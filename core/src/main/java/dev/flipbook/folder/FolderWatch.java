package dev.flipbook.folder;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.flipbook.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Waits until files of a folder may have changed. The system tells of it, where it can: it may have no memory left for
 * this, and says nothing of what other machines write to a network folder, or of a file that is linked to. Where it
 * keeps silent, waiting is waiting for the time alone, and {@link #works()} says so. Confined to the source thread.
 */
final class FolderWatch implements AutoCloseable {

    /** So many changes in a row of which the system did not tell, and it is not listened to any more. */
    private static final int MOST_MISSED = 3;

    private final Path folder;
    private final Predicate<String> wanted;
    private final Ticker ticker;
    private boolean works;
    private int missed;
    private @Nullable WatchService service;
    private @Nullable WatchKey key;
    private @Nullable Object watched;

    /** @param wanted files by their names; of others it does not tell */
    FolderWatch(Path folder, Predicate<String> wanted, Ticker ticker) {
        this.folder = folder;
        this.wanted = wanted;
        this.ticker = ticker;
        this.works = true;
    }

    /** One that never tells. */
    static FolderWatch silent(Ticker ticker) {
        FolderWatch watch = new FolderWatch(Path.of(""), name -> false, ticker);
        watch.works = false;
        return watch;
    }

    /** Watches the folder that has the name now: before it is looked into, so that nothing is missed between. */
    void begin() {
        if (!works) {
            return;
        }
        try {
            Object now = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
            WatchKey before = key;
            if (before != null) {
                if (before.isValid() && Objects.equals(now, watched)) {
                    return;
                }
                before.cancel(); // another folder was put in its place
            }
            WatchService by = service == null ? folder.getFileSystem().newWatchService() : service;
            service = by;
            if (by.getClass().getSimpleName().startsWith("Polling")) { // as on macOS: it looks every few seconds
                giveUp();
            } else {
                key = folder.register(by, ENTRY_CREATE, ENTRY_MODIFY);
                watched = now;
            }
        } catch (IOException | UnsupportedOperationException e) {
            giveUp(); // it is not there, or the system has no room for one more watch
        }
    }

    /** Whether the system tells of changes, as far as is known. */
    boolean works() {
        return works;
    }

    /**
     * Waits until then, or until there is a change.
     *
     * @param until as the ticker counts
     * @return whether the system told of one
     */
    boolean await(long until) throws InterruptedException {
        WatchService by = service;
        if (by == null) {
            ticker.sleepUntil(until);
            return false;
        }
        WatchKey told = by.poll(until - ticker.nanos(), TimeUnit.NANOSECONDS);
        if (told == null) {
            return false;
        }
        boolean concerns = told.pollEvents().stream().anyMatch(this::concerns);
        return !told.reset() || concerns; // no more of it: the folder was removed
    }

    private boolean concerns(WatchEvent<?> event) {
        return event.kind().equals(OVERFLOW) || wanted.test(String.valueOf(event.context()));
    }

    /** A change was found; of one that nobody told of, the system may not know. */
    void found(boolean told) {
        missed = told ? 0 : missed + 1;
        if (missed >= MOST_MISSED) {
            giveUp();
        }
    }

    private void giveUp() {
        works = false;
        close();
    }

    @Override
    public void close() {
        WatchService by = service;
        service = null;
        key = null;
        if (by != null) {
            try {
                by.close();
            } catch (IOException e) {
                // there is nothing that anybody could do about it
            }
        }
    }
}
