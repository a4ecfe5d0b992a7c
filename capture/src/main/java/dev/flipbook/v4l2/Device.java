package dev.flipbook.v4l2;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * An open device file with the system calls for it. Used by one thread at a time, except {@link #ioctl}: controls are
 * set while another thread waits for a picture.
 */
interface Device extends AutoCloseable {

    int POLLIN = 0x1;
    int POLLERR = 0x8;
    int POLLHUP = 0x10;

    /**
     * Sends a request to the driver.
     *
     * @param request one of {@link V4l2}
     * @param structure the request's structure, which the driver reads and fills
     * @return 0, or an error number
     */
    int ioctl(int request, MemorySegment structure);

    /**
     * Maps the driver's memory at this offset. The mapping lasts until the arena is closed, even after the device is
     * closed.
     *
     * @throws DeviceException if the driver refuses
     */
    MemorySegment map(long offset, long length, Arena arena) throws DeviceException;

    /**
     * Waits until there is a picture.
     *
     * @param millis maximum time to wait in milliseconds
     * @return the events that have happened, as the flags above, or 0 after the timeout
     */
    int poll(int millis) throws DeviceException;

    @Override
    void close();

    /** Opens device files. */
    @FunctionalInterface
    interface Opener {

        /**
         * Opens the device at this path for reading and writing, in non-blocking mode.
         *
         * @throws DeviceException with the error number if it cannot be opened
         */
        Device open(Path path) throws DeviceException;
    }
}
