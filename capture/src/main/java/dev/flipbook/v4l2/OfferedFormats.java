package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.flipbook.v4l2.Size.Side;
import dev.flipbook.v4l2.V4l2.FmtDesc;
import dev.flipbook.v4l2.V4l2.FrmIvalEnum;
import dev.flipbook.v4l2.V4l2.FrmSizeEnum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** What a camera offers: its formats in its order, with their sizes and rates. Immutable. */
record OfferedFormats(List<InFormat> formats) {

    /** Maximum number of formats, sizes and rates. More means that the driver never stops listing them. */
    private static final int MAX_ENTRIES = 128;

    OfferedFormats {
        formats = List.copyOf(formats);
    }

    /** What the camera offers in one format. */
    record InFormat(int fourcc, List<Size> sizes) {

        InFormat {
            sizes = List.copyOf(sizes);
        }

        /**
         * Text for users, such as {@code MJPEG 640x480, 1280x720 (30, 15 fps)}. Rates stand after the sizes that have
         * them.
         */
        String text() {
            StringJoiner text = new StringJoiner(", ");
            for (int i = 0; i < sizes.size(); i++) {
                String rates = sizes.get(i).rates();
                boolean more = i + 1 < sizes.size() && sizes.get(i + 1).rates().equals(rates);
                text.add(sizes.get(i).text() + (more || rates.isEmpty() ? "" : " (" + rates + ")"));
            }
            return (Pixels.name(fourcc) + " " + text).strip();
        }
    }

    /** Reads everything from the driver. The camera may be streaming to another program at the same time. */
    static OfferedFormats of(Device device) {
        try (Arena arena = Arena.ofConfined()) {
            List<InFormat> formats = new ArrayList<>();
            MemorySegment ask = arena.allocate(FmtDesc.SIZE, Long.BYTES);
            for (int i = 0; i < MAX_ENTRIES; i++) {
                ask.fill((byte) 0);
                ask.set(JAVA_INT, FmtDesc.INDEX, i);
                ask.set(JAVA_INT, FmtDesc.TYPE, V4l2.BUF_TYPE_VIDEO_CAPTURE);
                if (device.ioctl(V4l2.ENUM_FMT, ask) != 0) {
                    break;
                }
                int fourcc = ask.get(JAVA_INT, FmtDesc.PIXELFORMAT);
                formats.add(new InFormat(fourcc, sizes(device, arena, fourcc)));
            }
            return new OfferedFormats(formats);
        }
    }

    private static List<Size> sizes(Device device, Arena arena, int fourcc) {
        List<Size> sizes = new ArrayList<>();
        MemorySegment ask = arena.allocate(FrmSizeEnum.SIZE, Long.BYTES);
        for (int i = 0; i < MAX_ENTRIES; i++) {
            ask.fill((byte) 0);
            ask.set(JAVA_INT, FrmSizeEnum.INDEX, i);
            ask.set(JAVA_INT, FrmSizeEnum.PIXEL_FORMAT, fourcc);
            if (device.ioctl(V4l2.ENUM_FRAMESIZES, ask) != 0) {
                break;
            }
            boolean single = ask.get(JAVA_INT, FrmSizeEnum.TYPE) == V4l2.TYPE_DISCRETE;
            Size size = single ? single(device, arena, ask) : range(device, arena, ask);
            if (size.width().min() > 0 && size.height().min() > 0) {
                sizes.add(size);
            }
            if (!single) {
                break; // a range is the only entry
            }
        }
        return sizes;
    }

    private static Size single(Device device, Arena arena, MemorySegment ask) {
        int width = ask.get(JAVA_INT, FrmSizeEnum.WIDTH);
        int height = ask.get(JAVA_INT, FrmSizeEnum.HEIGHT);
        Rates rates = rates(device, arena, ask.get(JAVA_INT, FrmSizeEnum.PIXEL_FORMAT), width, height);
        return new Size(width, height, rates.intervals, rates.range);
    }

    private static Size range(Device device, Arena arena, MemorySegment ask) {
        Side width = side(ask, FrmSizeEnum.MIN_WIDTH, FrmSizeEnum.MAX_WIDTH, FrmSizeEnum.STEP_WIDTH);
        Side height = side(ask, FrmSizeEnum.MIN_HEIGHT, FrmSizeEnum.MAX_HEIGHT, FrmSizeEnum.STEP_HEIGHT);
        Rates rates = rates(device, arena, ask.get(JAVA_INT, FrmSizeEnum.PIXEL_FORMAT), width.max(), height.max());
        return new Size(width, height, rates.intervals, rates.range);
    }

    private static Side side(MemorySegment answer, int min, int max, int step) {
        return new Side(answer.get(JAVA_INT, min), answer.get(JAVA_INT, max), Math.max(1, answer.get(JAVA_INT, step)));
    }

    private record Rates(List<Interval> intervals, boolean range) {}

    private static Rates rates(Device device, Arena arena, int fourcc, int width, int height) {
        List<Interval> intervals = new ArrayList<>();
        MemorySegment ask = arena.allocate(FrmIvalEnum.SIZE, Long.BYTES);
        for (int i = 0; i < MAX_ENTRIES; i++) {
            ask.fill((byte) 0);
            ask.set(JAVA_INT, FrmIvalEnum.INDEX, i);
            ask.set(JAVA_INT, FrmIvalEnum.PIXEL_FORMAT, fourcc);
            ask.set(JAVA_INT, FrmIvalEnum.WIDTH, width);
            ask.set(JAVA_INT, FrmIvalEnum.HEIGHT, height);
            if (device.ioctl(V4l2.ENUM_FRAMEINTERVALS, ask) != 0) {
                break;
            }
            if (ask.get(JAVA_INT, FrmIvalEnum.TYPE) != V4l2.TYPE_DISCRETE) {
                add(intervals, ask, FrmIvalEnum.MIN);
                add(intervals, ask, FrmIvalEnum.MAX);
                return new Rates(intervals, intervals.size() == 2);
            }
            add(intervals, ask, FrmIvalEnum.DISCRETE);
        }
        return new Rates(intervals, false);
    }

    private static void add(List<Interval> intervals, MemorySegment answer, int at) {
        int numerator = answer.get(JAVA_INT, at);
        int denominator = answer.get(JAVA_INT, at + Integer.BYTES);
        if (numerator > 0 && denominator > 0) {
            intervals.add(new Interval(numerator, denominator));
        }
    }

    /** Text for users, in one line. */
    String text() {
        StringJoiner text = new StringJoiner("; ");
        formats.forEach(one -> text.add(one.text()));
        return formats.isEmpty() ? "no format" : text.toString();
    }
}
