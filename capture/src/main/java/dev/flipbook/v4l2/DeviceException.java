package dev.flipbook.v4l2;

import java.io.IOException;

/** An error of a system call, or of a camera's driver, with its number. */
final class DeviceException extends IOException {

    private static final long serialVersionUID = 1;

    private final int errno;

    /** @param what what has failed, such as "it cannot be opened" */
    DeviceException(int errno, String what) {
        super(what + ": " + Errno.words(errno));
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
