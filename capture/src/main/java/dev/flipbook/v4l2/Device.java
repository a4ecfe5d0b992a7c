package dev.flipbook.v4l2;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** An open device file, as the system's calls show it. One thread at a time. */
interface Device extends AutoCloseable {

    int POLLIN = 0x1;
    int POLLERR = 0x8;
    int POLLHUP = 0x10;

    /**
     * Asks the driver.
     *
     * @param request one of {@link V4l2}
     * @param structure that belongs to it, read and filled by the driver
     * @return 0, or an error number
     */
    int ioctl(int request, MemorySegment structure);

    /**
     * The driver's memory at this offset, ours until the arena is closed. It outlives the device.
     *
     * @throws DeviceException when the driver gives none
     */
    MemorySegment map(long offset, long length, Arena arena) throws DeviceException;

    /** Waits at most so long until there is a picture; what has happened, by the flags above, or 0. */
    int poll(int millis) throws DeviceException;

    @Override
    void close();

    /** Opens device files. */
    @FunctionalInterface
    interface Opener {

        /**
         * Opens the device at this path, for reading and writing, so that no call of it waits.
         *
         * @throws DeviceException with the error number when it cannot be opened
         */
        Device open(Path path) throws DeviceException;
    }
}
