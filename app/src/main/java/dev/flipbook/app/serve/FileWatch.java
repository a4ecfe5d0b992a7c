package dev.flipbook.app.serve;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import dev.flipbook.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reports when the contents of a file have changed. The contents are compared, not the time of the last change: so the
 * watch notices a file that was renamed into place, a link in its path that was moved to another file, and a mounted
 * file, and does not notice a file that was saved without a change. A file that cannot be read has contents too: the
 * reason.
 *
 * <p>A change is reported after the contents have stayed the same for 200 ms, because an editor may write a file in several
 * pieces. The contents are read once a second, and at once when the system reports a change in the folder. All of this
 * happens on one daemon thread, {@code flipbook-config-watch}.
 */
final class FileWatch implements AutoCloseable {

    /** Interval between two checks without a report of the system: with the quiet time, a change is noticed within 2 s. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Duration QUIET = Duration.ofMillis(200);

    /** Time between a report of the system and the check, because other files of the folder may change all the time. */
    private static final Duration REST = Duration.ofMillis(50);

    /** Maximum number of quiet times for a file that goes on changing; after these, which take 5 s, the change is reported anyway. */
    private static final int MAX_CHANGES = 25;

    private final Path file;
    private final int maxBytes;
    private final Ticker ticker;
    private final Runnable changed;
    private final Thread thread;
    private volatile boolean closed;

    // Confined to the thread, after the constructor.
    private String known;
    private @Nullable WatchService service;
    private @Nullable WatchKey key;

    /**
     * A watch that takes the contents of this moment as known, and has not begun.
     *
     * @param maxBytes maximum number of bytes that are read and compared
     * @param changed runs on the watch's thread
     */
    FileWatch(Path file, int maxBytes, Ticker ticker, Runnable changed) {
        this.file = file.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.ticker = ticker;
        this.changed = changed;
        this.known = contents();
        this.thread = new Thread(this::run, "flipbook-config-watch");
        thread.setDaemon(true);
    }

    /** Begins to watch. */
    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                await();
                String now = contents();
                String settled = now.equals(known) ? known : settled(now);
                if (!settled.equals(known)) {
                    known = settled;
                    changed.run();
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        } finally {
            stopService();
        }
    }

    /** Waits until the contents have stayed the same for a while. */
    private String settled(String first) throws InterruptedException {
        String before = first;
        for (int i = 0; i < MAX_CHANGES; i++) {
            ticker.sleepUntil(ticker.nanos() + QUIET.toNanos());
            String now = contents();
            if (now.equals(before)) {
                break;
            }
            before = now;
        }
        return before;
    }

    /** Waits for a report of the system, at most for the interval. */
    private void await() throws InterruptedException {
        register();
        WatchService by = service;
        if (by == null) {
            ticker.sleepUntil(ticker.nanos() + INTERVAL.toNanos());
            return;
        }
        WatchKey told = by.poll(INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        if (told != null) {
            ticker.sleepUntil(ticker.nanos() + REST.toNanos());
            told.pollEvents().clear();
            if (!told.reset()) {
                key = null; // the folder was removed; another may take its place
            }
        }
    }

    /** Has the system report changes in the file's folder, where it can. The regular looks are enough without that. */
    private void register() {
        Path folder = file.getParent();
        if (key != null || folder == null) {
            return;
        }
        try {
            WatchService by = service == null ? folder.getFileSystem().newWatchService() : service;
            service = by;
            key = folder.register(by, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
        } catch (IOException | UnsupportedOperationException e) {
            stopService();
        }
    }

    private void stopService() {
        WatchService by = service;
        service = null;
        if (by != null) {
            try {
                by.close();
            } catch (IOException e) {
                // nothing could be done about it
            }
        }
    }

    /** A text that differs when the contents of the file differ, or the reason why they cannot be read. */
    private String contents() {
        if (!Files.isRegularFile(file)) { // a pipe would block
            return Files.isDirectory(file) ? "a folder" : Files.exists(file) ? "something else" : "does not exist";
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
