package dev.flipbook.app.serve;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A small file in the state folder that is only replaced as a whole. After a crash or a power cut at any moment the file
 * has either its old or its new contents. Only the user of the program may read the file, because addresses in the file
 * may contain passwords. One process at a time has the file. Confined to one thread.
 */
final class StateFile implements AutoCloseable {

    /** Maximum bytes that are read. The file of ten thousand feeds is smaller. */
    private static final int MAX_BYTES = 4 << 20;

    /** What happens one after another when the file is written; tests break off after each. */
    enum Step {
        CREATED,
        WRITTEN,
        SYNCED,
        RENAMED,
        FOLDER_SYNCED
    }

    private final Path file;
    private final FileChannel guard;
    private final FileLock lock;
    private final Consumer<Step> after;

    private StateFile(Path file, FileChannel guard, FileLock lock, Consumer<Step> after) {
        this.file = file;
        this.guard = guard;
        this.lock = lock;
        this.after = after;
    }

    /**
     * Takes a file of this folder for this process. The folder is made if there is none.
     *
     * @throws IOException with a sentence when the folder cannot be written to, or another process has the file
     */
    static StateFile open(Path folder, String name) throws IOException {
        return open(folder, name, step -> {});
    }

    /** @param after called after each step of a write; what it throws breaks the write off */
    static StateFile open(Path folder, String name, Consumer<Step> after) throws IOException {
        FileChannel guard;
        try {
            Files.createDirectories(folder, ownOnly(folder, "rwx------"));
            guard = create(folder.resolve(name + ".lock"), CREATE, WRITE);
        } catch (IOException e) {
            throw new IOException("the state folder " + folder + " cannot be written to (" + reason(e)
                    + "); set XDG_STATE_HOME to a folder of this user");
        }
        FileLock lock = lock(guard);
        if (lock == null) {
            guard.close();
            throw new IOException("another Flipbook keeps its feeds in " + folder
                    + "; set XDG_STATE_HOME to another folder, or leave out api.keep");
        }
        return new StateFile(folder.resolve(name), guard, lock, after);
    }

    private static @Nullable FileLock lock(FileChannel guard) throws IOException {
        try {
            return guard.tryLock();
        } catch (OverlappingFileLockException e) { // this process has it
            return null;
        }
    }

    Path path() {
        return file;
    }

    /**
     * The contents of the file; empty when there is no file.
     *
     * @throws IOException with a sentence when the file cannot be read or is longer than 4 MiB
     */
    Optional<byte[]> read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is longer than 4 MiB");
            }
            return Optional.of(bytes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Replaces the contents. When this returns they are on the disk.
     *
     * @throws IOException with a sentence; the file has its old contents then, or the new ones when only the folder
     *     could not be synchronized
     */
    void write(byte[] contents) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(next); // of a process that ended before it could rename
            try (FileChannel out = create(next, CREATE_NEW, WRITE)) {
                after.accept(Step.CREATED);
                ByteBuffer bytes = ByteBuffer.wrap(contents);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                after.accept(Step.WRITTEN);
                out.force(true);
                after.accept(Step.SYNCED);
            }
            Files.move(next, file, ATOMIC_MOVE);
            after.accept(Step.RENAMED);
            syncFolder();
            after.accept(Step.FOLDER_SYNCED);
        } catch (IOException e) {
            throw new IOException(file + " could not be written (" + reason(e) + ")", e);
        }
    }

    /** Moves contents that are not understood out of the way, so that nothing is lost, and returns their new place. */
    Path setAside() throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
        return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A rename is kept over a power cut only when the folder itself is on the disk. */
    private void syncFolder() throws IOException {
        Path folder = file.getParent();
        if (folder != null && isPosix(folder)) { // elsewhere a folder cannot be opened
            try (FileChannel entries = FileChannel.open(folder, READ)) {
                entries.force(true);
            }
        }
    }

    private static FileChannel create(Path path, OpenOption... options) throws IOException {
        return FileChannel.open(path, Set.of(options), ownOnly(path, "rw-------"));
    }

    private static FileAttribute<?>[] ownOnly(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    /** Lets another process have the file. */
    @Override
    public void close() throws IOException {
        lock.release();
        guard.close();
    }
}
