package dev.flipbook.v4l2;

import java.io.IOException;

/** A call that the system or the camera's driver answered with an error. */
final class DeviceException extends IOException {

    private static final long serialVersionUID = 1;

    private final int errno;

    /** @param what failed, such as "it cannot be opened" */
    DeviceException(int errno, String what) {
        super(what + ": " + Errno.words(errno));
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
