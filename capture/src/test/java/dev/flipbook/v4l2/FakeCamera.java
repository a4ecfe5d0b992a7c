package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flipbook.v4l2.OfferedFormats.InFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A camera of the test's own, as its driver's answers. It may be opened any number of times, and streams once. */
final class FakeCamera {

    private static final int BUFFER = 1 << 16;

    String name = "Fake Camera";
    String bus = "usb-1";
    int capabilities = V4l2.CAP_VIDEO_CAPTURE | V4l2.CAP_STREAMING;
    int openError;
    int formatError;
    int dequeueError;
    volatile boolean plugged = true;
    List<InFormat> formats =
            List.of(new InFormat(Pixels.MJPG.fourcc, List.of(new Size(64, 48, List.of(new Interval(1, 30)), false))));
    final List<Controls.Known> controls = new ArrayList<>();
    final Map<Integer, Integer> values = new ConcurrentHashMap<>();

    /** The error numbers with which the driver refuses to set controls, by the controls' numbers. */
    final Map<Integer, Integer> refusals = new ConcurrentHashMap<>();

    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Runs when the camera begins to stream. */
    volatile Runnable onStart = () -> {};

    /** System calls with a device that was closed. */
    final AtomicInteger afterClose = new AtomicInteger();

    final AtomicInteger open = new AtomicInteger();

    /** Buffers that the driver may fill. */
    final Deque<Integer> queued = new ArrayDeque<>();

    /** That have been filled, oldest first. */
    final BlockingDeque<Given> ready = new LinkedBlockingDeque<>();

    /** @param used what the driver says is in the buffer */
    record Given(MemorySegment bytes, int used, int flags, long nanos) {}

    void gives(byte[] picture) {
        gives(picture, picture.length, 0, 0);
    }

    void gives(byte[] picture, int used, int flags, long nanos) {
        ready.add(new Given(MemorySegment.ofArray(picture), used, flags, nanos));
    }

    Device open() throws DeviceException {
        if (openError != 0 || !plugged) {
            throw new DeviceException(plugged ? openError : Errno.ENOENT, "it cannot be opened");
        }
        open.incrementAndGet();
        return new Opened();
    }

    private final class Opened implements Device {

        private final List<MemorySegment> buffers = new ArrayList<>();
        private volatile boolean closed;

        @Override
        public int ioctl(int request, MemorySegment with) {
            if (closed) {
                afterClose.incrementAndGet();
            }
            if (!plugged) {
                return Errno.ENODEV;
            }
            if (request == V4l2.STREAMON) {
                onStart.run();
            }
            if (request == V4l2.QUERYCAP) {
                put(with, V4l2.Capability.CARD, name);
                put(with, V4l2.Capability.BUS_INFO, bus);
                with.set(JAVA_INT, V4l2.Capability.CAPABILITIES, -1);
                with.set(JAVA_INT, V4l2.Capability.DEVICE_CAPS, capabilities);
                return 0;
            }
            if (request == V4l2.S_FMT) {
                asked.add(Pixels.name(with.get(JAVA_INT, V4l2.Format.PIXELFORMAT)) + " "
                        + with.get(JAVA_INT, V4l2.Format.WIDTH) + "x" + with.get(JAVA_INT, V4l2.Format.HEIGHT));
                return formatError;
            }
            if (request == V4l2.REQBUFS || request == V4l2.STREAMON || request == V4l2.STREAMOFF) {
                return 0;
            }
            if (request == V4l2.QUERYBUF) {
                with.set(JAVA_INT, V4l2.Buffer.LENGTH, BUFFER);
                return 0;
            }
            if (request == V4l2.QBUF) {
                queued.add(with.get(JAVA_INT, V4l2.Buffer.INDEX));
                return 0;
            }
            if (request == V4l2.DQBUF) {
                return dequeueError != 0 ? dequeueError : dequeue(with);
            }
            return request == V4l2.QUERYCTRL
                            || request == V4l2.G_CTRL
                            || request == V4l2.S_CTRL
                            || request == V4l2.QUERYMENU
                    ? control(request, with)
                    : enumerated(request, with);
        }

        private int enumerated(int request, MemorySegment with) {
            int index = with.get(JAVA_INT, 0);
            if (request == V4l2.ENUM_FMT) {
                if (index >= formats.size()) {
                    return Errno.EINVAL;
                }
                with.set(JAVA_INT, V4l2.FmtDesc.PIXELFORMAT, formats.get(index).fourcc());
                return 0;
            }
            List<Size> sizes = formats.stream()
                    .filter(one -> one.fourcc() == with.get(JAVA_INT, 4))
                    .flatMap(one -> one.sizes().stream())
                    .toList();
            if (request == V4l2.ENUM_FRAMESIZES && index < sizes.size()) {
                Size size = sizes.get(index);
                boolean single = size.width().min() == size.width().max();
                int[] answer = single
                        ? new int[] {
                            V4l2.TYPE_DISCRETE,
                            size.width().min(),
                            size.height().min()
                        }
                        : new int[] {
                            3,
                            size.width().min(),
                            size.width().max(),
                            size.width().step(),
                            size.height().min(),
                            size.height().max(),
                            size.height().step()
                        };
                MemorySegment.copy(answer, 0, with, JAVA_INT, V4l2.FrmSizeEnum.TYPE, answer.length);
                return 0;
            }
            return request == V4l2.ENUM_FRAMEINTERVALS ? intervals(with, index, sizes) : Errno.ENOTTY;
        }

        private int intervals(MemorySegment with, int index, List<Size> sizes) {
            for (Size size : sizes) {
                if (size.width().max() == with.get(JAVA_INT, 8) && size.height().max() == with.get(JAVA_INT, 12)) {
                    if (index >= size.intervals().size()) {
                        return Errno.EINVAL;
                    }
                    with.set(JAVA_INT, V4l2.FrmIvalEnum.TYPE, size.range() ? 3 : V4l2.TYPE_DISCRETE);
                    for (int i = index; i < size.intervals().size(); i++) {
                        int at = V4l2.FrmIvalEnum.MIN + 8 * (i - index);
                        with.set(JAVA_INT, at, size.intervals().get(i).numerator());
                        with.set(JAVA_INT, at + 4, size.intervals().get(i).denominator());
                        if (!size.range()) {
                            break;
                        }
                    }
                    return 0;
                }
            }
            return Errno.EINVAL;
        }

        private int control(int request, MemorySegment with) {
            int asked = with.get(JAVA_INT, 0);
            for (Controls.Known known : controls) {
                int id = asked & ~V4l2.CTRL_FLAG_NEXT_CTRL;
                if (asked < 0 ? known.id() > id : known.id() == id) {
                    return control(request, with, known);
                }
            }
            return Errno.EINVAL;
        }

        private int control(int request, MemorySegment with, Controls.Known known) {
            if (request == V4l2.S_CTRL && refusals.containsKey(known.id())) {
                return refusals.get(known.id());
            }
            if (request == V4l2.S_CTRL) {
                FakeCamera.this.asked.add(known.about().name() + "=" + with.get(JAVA_INT, V4l2.Control.VALUE));
                values.put(known.id(), with.get(JAVA_INT, V4l2.Control.VALUE));
            } else if (request == V4l2.G_CTRL) {
                with.set(JAVA_INT, V4l2.Control.VALUE, values.getOrDefault(known.id(), (int)
                        known.about().usual()));
            } else if (request == V4l2.QUERYMENU) {
                String choice = known.about().choices().get(with.get(JAVA_INT, V4l2.QueryMenu.INDEX));
                put(with, V4l2.QueryMenu.NAME, choice);
                return choice.isEmpty() ? Errno.EINVAL : 0;
            } else {
                with.set(JAVA_INT, V4l2.QueryCtrl.ID, known.id());
                with.set(JAVA_INT, V4l2.QueryCtrl.TYPE, known.type());
                put(with, V4l2.QueryCtrl.NAME, known.about().name());
                with.set(JAVA_INT, V4l2.QueryCtrl.MINIMUM, (int) known.about().least());
                with.set(JAVA_INT, V4l2.QueryCtrl.MAXIMUM, (int) known.about().most());
                with.set(JAVA_INT, V4l2.QueryCtrl.STEP, (int) known.about().step());
                with.set(JAVA_INT, V4l2.QueryCtrl.DEFAULT_VALUE, (int)
                        known.about().usual());
                with.set(JAVA_INT, V4l2.QueryCtrl.FLAGS, known.readOnly() ? V4l2.CTRL_FLAG_READ_ONLY : 0);
            }
            return 0;
        }

        private int dequeue(MemorySegment with) {
            Given given = ready.poll();
            if (given == null || queued.isEmpty()) {
                return Errno.EAGAIN;
            }
            int index = queued.remove();
            MemorySegment.copy(
                    given.bytes(), 0, buffers.get(index), 0, given.bytes().byteSize());
            with.set(JAVA_INT, V4l2.Buffer.INDEX, index);
            with.set(JAVA_INT, V4l2.Buffer.BYTESUSED, given.used());
            with.set(JAVA_INT, V4l2.Buffer.FLAGS, given.flags());
            with.set(JAVA_LONG, V4l2.Buffer.SECONDS, given.nanos() / 1_000_000_000);
            with.set(JAVA_LONG, V4l2.Buffer.MICROSECONDS, given.nanos() % 1_000_000_000 / 1000);
            return 0;
        }

        private void put(MemorySegment into, int offset, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            MemorySegment.copy(bytes, 0, into, JAVA_BYTE, offset, Math.min(32, bytes.length));
        }

        @Override
        public MemorySegment map(long offset, long length, Arena arena) {
            MemorySegment buffer = arena.allocate(length, 64);
            buffers.add(buffer);
            return buffer;
        }

        @Override
        public int poll(int millis) {
            if (!plugged) {
                return POLLERR | POLLHUP;
            }
            try {
                Given given = ready.poll(millis, TimeUnit.MILLISECONDS);
                if (given != null) {
                    ready.addFirst(given);
                }
                return given == null ? 0 : POLLIN;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // as the system's poll, which knows nothing of Java's interrupts
                return 0;
            }
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
                queued.clear();
            }
        }
    }
}
