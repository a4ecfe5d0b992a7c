package dev.flipbook.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * By what a file is seen to have been written or replaced. Immutable.
 *
 * @param key the file's identity, where the system has one: a replaced file has another
 */
record FileVersion(@Nullable Object key, long size, FileTime modified, boolean regular) {

    /** No file's: permissions may change, and the file seems to be the same. */
    static final FileVersion NONE = new FileVersion(null, -1, FileTime.fromMillis(0), false);

    /** Of the file, or of the one that it links to. Nothing is opened, so a pipe does not block. */
    static FileVersion of(Path path) throws IOException {
        return new FileVersion(Files.readAttributes(path, BasicFileAttributes.class));
    }

    /** Of what stands there itself. */
    static FileVersion ofLink(Path path) throws IOException {
        return new FileVersion(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private FileVersion(BasicFileAttributes attributes) {
        this(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime(), attributes.isRegularFile());
    }
}
