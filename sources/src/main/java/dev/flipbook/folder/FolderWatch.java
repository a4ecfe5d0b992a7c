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
 * Waits until files of a folder may have changed. The operating system reports changes, but not always: it may have no
 * memory left for one more watch, and it reports neither what other machines write to a network folder nor changes of a
 * file that is linked to. Without reports the watch only waits for the time, and {@link #works()} returns false.
 * Confined to the source thread.
 */
final class FolderWatch implements AutoCloseable {

    /** Number of changes in a row without a report after which the system is not relied on any more. */
    private static final int MAX_MISSED = 3;

    private final Path folder;
    private final Predicate<String> wanted;
    private final Ticker ticker;
    private boolean works;
    private int missed;
    private @Nullable WatchService service;
    private @Nullable WatchKey key;
    private @Nullable Object watched;

    /**
     * A watch that has not begun.
     *
     * @param wanted tests the names of files; changes of others are not reported
     */
    FolderWatch(Path folder, Predicate<String> wanted, Ticker ticker) {
        this.folder = folder;
        this.wanted = wanted;
        this.ticker = ticker;
        this.works = true;
    }

    /** A watch that never reports a change. */
    static FolderWatch silent(Ticker ticker) {
        FolderWatch watch = new FolderWatch(Path.of(""), name -> false, ticker);
        watch.works = false;
        return watch;
    }

    /**
     * Watches the folder that has the name now. Called before the folder is read, so that no change in between is
     * missed.
     */
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
                before.cancel(); // another folder has been put in its place
            }
            WatchService by = service == null ? folder.getFileSystem().newWatchService() : service;
            service = by;
            // such a service looks only every few seconds, as on macOS
            if (by.getClass().getSimpleName().startsWith("Polling")) {
                giveUp();
            } else {
                key = folder.register(by, ENTRY_CREATE, ENTRY_MODIFY);
                watched = now;
            }
        } catch (IOException | UnsupportedOperationException e) {
            giveUp(); // the folder does not exist, or the system has no room for one more watch
        }
    }

    /** Whether the system reports changes, as far as is known. */
    boolean works() {
        return works;
    }

    /**
     * Waits until this time, or until there is a change.
     *
     * @param until as the ticker counts
     * @return whether the system reported a change
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
        return !told.reset() || concerns; // an invalid key means that the folder was removed
    }

    private boolean concerns(WatchEvent<?> event) {
        return event.kind().equals(OVERFLOW) || wanted.test(String.valueOf(event.context()));
    }

    /**
     * Notes that a change was found. The system may be unable to see a change that it did not report.
     *
     * @param told whether the system reported the change
     */
    void found(boolean told) {
        missed = told ? 0 : missed + 1;
        if (missed >= MAX_MISSED) {
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
                // nothing could be done about it
            }
        }
    }
}
