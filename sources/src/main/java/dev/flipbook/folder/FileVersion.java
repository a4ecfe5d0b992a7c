package dev.flipbook.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What shows that a file has been written or replaced. Immutable.
 *
 * @param key identity of the file, if the system has one; a file that replaces another one has another key
 * @param size in bytes
 * @param modified when the file was written last
 * @param regular whether it is a regular file
 */
record FileVersion(@Nullable Object key, long size, FileTime modified, boolean regular) {

    /**
     * A version that no file has. Stands for files that must be read again although they seem unchanged, because their
     * permissions may change.
     */
    static final FileVersion NONE = new FileVersion(null, -1, FileTime.fromMillis(0), false);

    /** The version of the file, or of the file that a link leads to. Nothing is opened, so a pipe does not block. */
    static FileVersion of(Path path) throws IOException {
        return new FileVersion(Files.readAttributes(path, BasicFileAttributes.class));
    }

    /** The version of the link itself, if it is one. */
    static FileVersion ofLink(Path path) throws IOException {
        return new FileVersion(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private FileVersion(BasicFileAttributes attributes) {
        this(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime(), attributes.isRegularFile());
    }
}
