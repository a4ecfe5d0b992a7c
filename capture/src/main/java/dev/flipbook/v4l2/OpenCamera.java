package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.flipbook.Ticker;
import dev.flipbook.v4l2.V4l2.Buffer;
import dev.flipbook.v4l2.V4l2.Format;
import dev.flipbook.v4l2.V4l2.RequestBuffers;
import dev.flipbook.v4l2.V4l2.StreamParm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A camera that streams into buffers that its driver shares with this process. What the driver says about a buffer is
 * only used if it lies within the buffer's memory.
 *
 * <p>Used by one thread at a time. After the camera was closed, the bytes of a picture throw when they are read, so
 * freed memory is never read.
 */
final class OpenCamera implements AutoCloseable {

    /**
     * Number of buffers: one that the driver fills, one that is being shown, and two more in case this program is late.
     */
    private static final int BUFFERS = 4;

    /** Maximum bytes of a picture: 8192 x 8192 pixels of four bytes. More is a mistake. */
    private static final long MAX_PICTURE_BYTES = 256L << 20;

    /**
     * Minimum wait in nanoseconds that shows that the picture came after the wait had begun, so that no second one can
     * be ready.
     */
    private static final long WAITED = 1_000_000;

    /** Stands for a time that the driver does not report. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final Device device;
    private final Arena arena = Arena.ofShared(); // the closing thread may be another one than the opening thread
    private final Ticker ticker;
    private final MemorySegment taking = buffer(0);
    private final ByteBuffer taken =
            taking.asByteBuffer().order(ByteOrder.nativeOrder()); // takes a third of the time of reading the segment
    private final List<Shared> buffers = new ArrayList<>();
    private Shape shape = new Shape(0, 0, 0, false, false);
    private int held = -1; // index of the buffer that is being shown; -1 if there is none
    private long damaged;

    /**
     * The layout of pictures in a buffer.
     *
     * @param stride bytes from one row to the next; only meaningful for pixels
     * @param fullRange whether the samples of YUV go from 0 to 255
     * @param bt709 whether the matrix of YUV is BT.709; otherwise it is BT.601
     */
    record Shape(int width, int height, int stride, boolean fullRange, boolean bt709) {}

    /**
     * A picture in the driver's memory. Valid until the next one is asked for.
     *
     * @param nanos when it was taken, by the clock of {@link System#nanoTime()}, or {@link #UNKNOWN}
     */
    record Picture(ByteBuffer bytes, long nanos) {}

    /**
     * A buffer of the driver.
     *
     * @param description the driver's own description, by which the buffer is given back
     */
    private record Shared(MemorySegment description, ByteBuffer bytes) {}

    private OpenCamera(Device device, Ticker ticker) {
        this.device = device;
        this.ticker = ticker;
    }

    /**
     * Configures the camera and starts it. Takes ownership of the device and closes it, also if this throws.
     *
     * @param exact whether to fail if the camera chooses another size
     */
    static OpenCamera start(Device device, FormatChoice choice, boolean exact, Ticker ticker) throws IOException {
        OpenCamera camera = new OpenCamera(device, ticker);
        try {
            camera.format(choice, exact);
            camera.rate(choice);
            camera.buffers();
            check(camera.stream(V4l2.STREAMON), "it does not start");
            return camera;
        } catch (IOException | RuntimeException e) {
            camera.close();
            throw e;
        }
    }

    /** Width and height that the driver is set to. */
    static int[] driversOwn(Device device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment format = arena.allocate(Format.SIZE, Long.BYTES);
            format.set(JAVA_INT, Format.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
            return device.ioctl(V4l2.G_FMT, format) == 0
                    ? new int[] {format.get(JAVA_INT, Format.WIDTH), format.get(JAVA_INT, Format.HEIGHT)}
                    : new int[] {640, 480};
        }
    }

    private void format(FormatChoice choice, boolean exact) throws IOException {
        MemorySegment format = arena.allocate(Format.SIZE, Long.BYTES);
        format.set(JAVA_INT, Format.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
        format.set(JAVA_INT, Format.WIDTH, choice.width());
        format.set(JAVA_INT, Format.HEIGHT, choice.height());
        format.set(JAVA_INT, Format.PIXELFORMAT, choice.pixels().fourcc);
        check(device.ioctl(V4l2.S_FMT, format), "it cannot be set to " + choice.width() + "x" + choice.height());
        int fourcc = format.get(JAVA_INT, Format.PIXELFORMAT);
        int width = format.get(JAVA_INT, Format.WIDTH);
        int height = format.get(JAVA_INT, Format.HEIGHT);
        boolean asked = width == choice.width() && height == choice.height();
        if (fourcc != choice.pixels().fourcc || width < 1 || height < 1 || (exact && !asked)) {
            throw new IOException("the camera gives " + Pixels.name(fourcc) + " " + width + "x" + height
                    + " instead of " + Pixels.name(choice.pixels().fourcc) + " " + choice.width() + "x"
                    + choice.height());
        }
        int colours = format.get(JAVA_INT, Format.COLORSPACE);
        int matrix = format.get(JAVA_INT, Format.YCBCR_ENC);
        int range = format.get(JAVA_INT, Format.QUANTIZATION);
        shape = new Shape(
                width,
                height,
                format.get(JAVA_INT, Format.BYTESPERLINE),
                range == V4l2.QUANTIZATION_FULL_RANGE || (range == 0 && colours == V4l2.COLORSPACE_JPEG),
                matrix == V4l2.YCBCR_ENC_709 || (matrix == 0 && colours == V4l2.COLORSPACE_REC709));
    }

    /** Sets the rate. Drivers without rates refuse the request, which is not a failure. */
    private void rate(FormatChoice choice) {
        MemorySegment rate = arena.allocate(StreamParm.SIZE, Long.BYTES);
        rate.set(JAVA_INT, StreamParm.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
        if (choice.interval().isPresent()
                && device.ioctl(V4l2.G_PARM, rate) == 0
                && (rate.get(JAVA_INT, StreamParm.CAPABILITY) & V4l2.CAP_TIMEPERFRAME) != 0) {
            Interval interval = choice.interval().get();
            rate.set(JAVA_INT, StreamParm.NUMERATOR, interval.numerator());
            rate.set(JAVA_INT, StreamParm.DENOMINATOR, interval.denominator());
            int ignored = device.ioctl(V4l2.S_PARM, rate);
        }
    }

    private void buffers() throws IOException {
        MemorySegment request = arena.allocate(RequestBuffers.SIZE, Long.BYTES);
        request.set(JAVA_INT, RequestBuffers.COUNT, BUFFERS);
        request.set(JAVA_INT, RequestBuffers.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
        request.set(JAVA_INT, RequestBuffers.MEMORY, V4l2.MEMORY_MMAP);
        check(device.ioctl(V4l2.REQBUFS, request), "it has no memory for pictures");
        int count = request.get(JAVA_INT, RequestBuffers.COUNT);
        if (count < 2 || count > 32) {
            throw new IOException("the camera has memory for " + count + " pictures; 2 to 32 can be used");
        }
        for (int i = 0; i < count; i++) {
            buffers.add(share(i));
        }
        for (int i = 0; i < count; i++) {
            queue(i);
        }
    }

    private Shared share(int index) throws IOException {
        MemorySegment description = buffer(index);
        check(device.ioctl(V4l2.QUERYBUF, description), "it has no memory for pictures");
        long length = Integer.toUnsignedLong(description.get(JAVA_INT, Buffer.LENGTH));
        if (length == 0 || length > MAX_PICTURE_BYTES) {
            throw new IOException("the camera wants " + length + " bytes for one picture; at most " + MAX_PICTURE_BYTES
                    + " are given");
        }
        long offset = Integer.toUnsignedLong(description.get(JAVA_INT, Buffer.OFFSET));
        return new Shared(description, device.map(offset, length, arena).asByteBuffer());
    }

    private MemorySegment buffer(int index) {
        MemorySegment buffer = arena.allocate(Buffer.SIZE, Long.BYTES);
        buffer.set(JAVA_INT, Buffer.INDEX, index);
        buffer.set(JAVA_INT, Buffer.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
        buffer.set(JAVA_INT, Buffer.MEMORY, V4l2.MEMORY_MMAP);
        return buffer;
    }

    private void queue(int index) throws DeviceException {
        check(device.ioctl(V4l2.QBUF, buffers.get(index).description()), "it does not take its memory back");
    }

    private int stream(int request) {
        MemorySegment type = arena.allocate(Integer.BYTES, Integer.BYTES);
        type.set(JAVA_INT, 0, V4l2.BUF_TYPE_VIDEO_CAPTURE);
        return device.ioctl(request, type);
    }

    Shape shape() {
        return shape;
    }

    /** Number of buffers that were empty, cut off, or marked as damaged by the driver. */
    long damaged() {
        return damaged;
    }

    /**
     * Waits for a picture and returns the newest one; older ones are dropped. The previous picture's buffer goes back
     * to the driver.
     *
     * @param millis maximum time to wait in milliseconds
     * @return empty after the timeout
     * @throws DeviceException with {@link Errno#ENODEV} if the camera is gone
     */
    Optional<Picture> newest(int millis) throws IOException {
        giveBack();
        long asked = ticker.nanos();
        int events = device.poll(millis);
        if ((events & (Device.POLLERR | Device.POLLHUP)) != 0) {
            throw failed();
        }
        boolean waited = ticker.nanos() - asked > WAITED;
        Picture newest = null;
        for (int i = 0; events != 0 && i < buffers.size() && !(waited && newest != null); i++) {
            int errno = device.ioctl(V4l2.DQBUF, taking);
            if (errno == Errno.EAGAIN) {
                break;
            }
            check(errno, "it gives no picture");
            Picture next = taken();
            newest = next == null ? newest : next;
        }
        return Optional.ofNullable(newest);
    }

    /**
     * The reason for an error of poll. The reason is nearly always that the camera was unplugged; a camera that still
     * answers has another problem.
     */
    private DeviceException failed() {
        MemorySegment capability = arena.allocate(V4l2.Capability.SIZE, Long.BYTES);
        boolean there = device.ioctl(V4l2.QUERYCAP, capability) == 0;
        return new DeviceException(there ? Errno.EIO : Errno.ENODEV, "it gives no picture");
    }

    /** The picture that the driver has just described, or null if it is damaged. */
    private @Nullable Picture taken() throws IOException {
        int index = taken.getInt(Buffer.INDEX);
        if (index < 0 || index >= buffers.size()) {
            throw new IOException(
                    "the camera's driver says that its picture is in buffer " + index + " of " + buffers.size());
        }
        ByteBuffer bytes = buffers.get(index).bytes();
        long used = Integer.toUnsignedLong(taken.getInt(Buffer.BYTESUSED));
        int flags = taken.getInt(Buffer.FLAGS);
        if ((flags & V4l2.BUF_FLAG_ERROR) != 0 || used == 0 || used > bytes.capacity()) {
            damaged++;
            queue(index);
            return null;
        }
        boolean monotonic = (flags & V4l2.BUF_FLAG_TIMESTAMP_MASK) == V4l2.BUF_FLAG_TIMESTAMP_MONOTONIC;
        long nanos = taken.getLong(Buffer.SECONDS) * 1_000_000_000 + taken.getLong(Buffer.MICROSECONDS) * 1000;
        giveBack();
        held = index;
        return new Picture(bytes.slice(0, (int) used), monotonic && nanos != 0 ? nanos : UNKNOWN);
    }

    private void giveBack() throws DeviceException {
        if (held >= 0) {
            int index = held;
            held = -1;
            queue(index);
        }
    }

    private static void check(int errno, String what) throws DeviceException {
        if (errno != 0) {
            throw new DeviceException(errno, what);
        }
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        int ignored = stream(V4l2.STREAMOFF); // fails if the camera is gone
        try {
            arena.close();
        } finally {
            device.close();
        }
    }
}
