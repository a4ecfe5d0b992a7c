package dev.flipbook.folder;

import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.PictureFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The pictures of a folder, or one single file. Other programs write to the folder meanwhile: a file that cannot be
 * shown is left out, and read again when it has changed.
 *
 * <p>Only regular files are opened, and no link is followed out of the folder. Confined to the source thread.
 */
final class PictureFolder {

    private static final Comparator<String> BY_NAME = new NaturalOrder();

    /**
     * Maximum number of files in a folder. More in one folder are a mistake, and their names would take too much
     * memory.
     */
    private static final int MAX_FILES = 1_000_000;

    /**
     * Maximum number of files that are remembered because they could not be shown, so that each version is read and
     * counted once.
     */
    private static final int MAX_BAD = 10_000;

    private final Path folder;
    private final Predicate<String> wanted;
    private final boolean single;
    private final String title;
    private final PictureFrames stills;
    private final Map<String, FileVersion> bad = new LinkedHashMap<>();
    private String complaint = "";
    private boolean shownOnce;
    private long damaged;

    private PictureFolder(Path folder, Predicate<String> wanted, boolean single, String title, PictureFrames stills) {
        this.folder = folder;
        this.wanted = wanted;
        this.single = single;
        this.title = title;
        this.stills = stills;
    }

    /**
     * The files of a folder.
     *
     * @param wanted tests their names
     * @param title for people: {@code pictures/}
     */
    static PictureFolder of(Path folder, Predicate<String> wanted, String title, PictureFrames stills) {
        return new PictureFolder(folder, wanted, false, title, stills);
    }

    /** One file. The file may be a link to anywhere, because a user has named it. */
    static PictureFolder ofFile(Path file, PictureFrames stills) {
        Path name = file.toAbsolutePath().normalize();
        Path parent = name.getParent();
        String title = String.valueOf(name.getFileName());
        return new PictureFolder(parent == null ? name : parent, title::equals, true, title, stills);
    }

    /** One file as it is now. */
    record Entry(String name, FileVersion version) {

        /** Whether this is a newer file than the other one, or the same file with new content. */
        boolean isNewerThan(Entry other) {
            return name.equals(other.name) ? !version.equals(other.version) : BY_AGE.compare(this, other) > 0;
        }
    }

    private static final Comparator<Entry> BY_AGE = Comparator.<Entry, java.nio.file.attribute.FileTime>comparing(
                    entry -> entry.version.modified())
            .thenComparing(Entry::name, BY_NAME);

    /** The names of all wanted files in order, including those that cannot be shown. */
    List<String> names() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        list(names::add);
        names.sort(BY_NAME);
        return names;
    }

    /**
     * The newest files, the newest first.
     *
     * @param most maximum number of files
     */
    List<Entry> newest(int most) throws IOException, InterruptedException {
        PriorityQueue<Entry> newest = new PriorityQueue<>(BY_AGE);
        list(name -> version(name).ifPresent(version -> {
            if (version.regular()) {
                newest.add(new Entry(name, version));
            }
            if (newest.size() > most) {
                newest.remove();
            }
        }));
        List<Entry> sorted = new ArrayList<>(newest);
        sorted.sort(BY_AGE.reversed());
        return sorted;
    }

    private void list(Consumer<String> names) throws IOException, InterruptedException {
        if (single) {
            names.accept(title);
            return;
        }
        int files = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                String name = String.valueOf(path.getFileName());
                if (wanted.test(name)) {
                    names.accept(name);
                }
                if (++files > MAX_FILES) {
                    throw new IOException(title + " has more than " + MAX_FILES + " files");
                }
                checkInterrupt();
            }
        } catch (DirectoryIteratorException e) {
            throw new IOException(title + " cannot be read to its end", e);
        } catch (FileSystemException e) {
            throw new IOException(title + " cannot be read: " + why(e), e);
        }
    }

    static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** The version of a file; empty when there is none. */
    Optional<FileVersion> version(String name) {
        Path path = folder.resolve(name);
        try {
            return Optional.of(FileVersion.of(path));
        } catch (IOException e) {
            try {
                return Optional.of(FileVersion.ofLink(path)); // a link that leads nowhere
            } catch (IOException gone) {
                return Optional.empty();
            }
        }
    }

    /** The version of the folder itself, which changes when a file comes, goes or is renamed. */
    Optional<FileVersion> version() {
        try {
            return Optional.of(FileVersion.of(folder));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * A file's picture. Empty when it cannot be shown, or could not when it was last read and has not changed since.
     */
    Optional<Frame> picture(String name) throws InterruptedException {
        Optional<FileVersion> version = version(name);
        if (version.isEmpty() || version.get().equals(bad.get(name))) {
            return Optional.empty();
        }
        try {
            Frame frame = stills.frame(read(name));
            bad.remove(name);
            shownOnce = true;
            return Optional.of(frame);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // deleted in the meantime
        } catch (IOException e) {
            checkInterrupt(); // an interrupt closes the file that is read
            if (bad.remove(name) == null) {
                damaged++; // counted once, however often the file is seen unfinished
            }
            bad.put(name, e instanceof AccessDeniedException ? FileVersion.NONE : version.get());
            if (bad.size() > MAX_BAD) {
                bad.remove(bad.keySet().iterator().next());
            }
            complaint = (single ? "" : name + ": ") + why(e);
            return Optional.empty();
        }
    }

    /**
     * The content of a file.
     *
     * @throws IOException when the file is not regular, leads out of the folder, is too large, or is being written
     */
    private ByteBuffer read(String name) throws IOException {
        Path real = folder.resolve(name).toRealPath();
        if (!single && !real.startsWith(folder.toRealPath())) {
            throw new IOException("it is a link that leads out of the folder");
        }
        FileVersion before = FileVersion.ofLink(real);
        if (!before.regular()) {
            throw new IOException("it is not a file"); // opening a pipe would block
        }
        if (before.size() > Jpeg.MAX_BYTES) {
            throw new IOException("it has " + before.size() + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) before.size());
        try (SeekableByteChannel file =
                Files.newByteChannel(real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // until the end of the file
            }
        }
        if (!before.equals(FileVersion.ofLink(real))) {
            throw new IOException("it is being written");
        }
        return bytes.flip();
    }

    /** The reason why nothing can be shown, as an exception with a sentence for people. */
    IOException nothing() {
        if (single) {
            return new IOException(
                    version(title).isEmpty()
                            ? "there is no file " + title + " any more"
                            : title + " cannot be shown: " + complaint);
        }
        if (complaint.isEmpty()) {
            return new IOException("no picture in " + title + (shownOnce ? " any more" : " yet"));
        }
        return new IOException("no picture in " + title + " can be shown: " + complaint);
    }

    /** Forgets the last reason, because the folder has been found empty since. */
    void forgetComplaint() {
        complaint = "";
    }

    private static String why(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "its permissions do not allow it";
        }
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        if (e instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (e instanceof FileSystemException system) {
            if (e instanceof FileSystemLoopException
                    || String.valueOf(system.getReason()).startsWith("Too many levels")) {
                return "it is a link that leads in a circle";
            }
            return system.getReason() == null ? e.getClass().getSimpleName() : system.getReason();
        }
        return String.valueOf(e.getMessage());
    }

    String title() {
        return title;
    }

    /** A watch that reports changes of these files. */
    FolderWatch watch(Ticker ticker) {
        return new FolderWatch(folder, wanted, ticker);
    }

    /** Number of files that could not be shown. A file counts again if it could be shown in between. */
    long damaged() {
        return damaged;
    }
}
