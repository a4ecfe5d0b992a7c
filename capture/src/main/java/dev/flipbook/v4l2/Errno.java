package dev.flipbook.v4l2;

/** The system's error numbers that occur with cameras. The numbers are the same on every supported Linux. */
final class Errno {

    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EPERM = 1;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOTTY = 25;
    static final int ENOSPC = 28;

    private Errno() {}

    /** Whether the device does not exist, or not any more. */
    static boolean isAbsent(int errno) {
        return errno == ENOENT || errno == ENXIO || errno == ENODEV;
    }

    static boolean isForbidden(int errno) {
        return errno == EACCES || errno == EPERM;
    }

    /** The error in words, for a sentence. */
    static String words(int errno) {
        return switch (errno) {
            case EIO -> "input or output error";
            case EINVAL -> "it does not take these values";
            case ENOTTY -> "it cannot do this";
            case ENOSPC -> "the USB bus has no room left for it: take a smaller size, or another USB port";
            case 71 -> "USB protocol error: the cable or the hub may be bad";
            case 110 -> "it does not answer";
            case 24 -> "this program has too many files open";
            case 12 -> "there is not enough memory";
            default -> "error " + errno;
        };
    }
}
