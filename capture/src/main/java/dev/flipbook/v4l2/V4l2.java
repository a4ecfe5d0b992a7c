package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.flipbook.text.PlainText;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The constants of {@code linux/videodev2.h} that are used here, under their own names: requests, flags, and the size
 * and field offsets of each structure in bytes. The offsets are the same on every 64-bit Linux.
 */
final class V4l2 {

    static final int QUERYCAP = request(2, 0, Capability.SIZE);
    static final int ENUM_FMT = request(3, 2, FmtDesc.SIZE);
    static final int G_FMT = request(3, 4, Format.SIZE);
    static final int S_FMT = request(3, 5, Format.SIZE);
    static final int REQBUFS = request(3, 8, RequestBuffers.SIZE);
    static final int QUERYBUF = request(3, 9, Buffer.SIZE);
    static final int QBUF = request(3, 15, Buffer.SIZE);
    static final int DQBUF = request(3, 17, Buffer.SIZE);
    static final int STREAMON = request(1, 18, Integer.BYTES);
    static final int STREAMOFF = request(1, 19, Integer.BYTES);
    static final int G_PARM = request(3, 21, StreamParm.SIZE);
    static final int S_PARM = request(3, 22, StreamParm.SIZE);
    static final int G_CTRL = request(3, 27, Control.SIZE);
    static final int S_CTRL = request(3, 28, Control.SIZE);
    static final int QUERYCTRL = request(3, 36, QueryCtrl.SIZE);
    static final int QUERYMENU = request(3, 37, QueryMenu.SIZE);
    static final int ENUM_FRAMESIZES = request(3, 74, FrmSizeEnum.SIZE);
    static final int ENUM_FRAMEINTERVALS = request(3, 75, FrmIvalEnum.SIZE);

    static final int CAP_VIDEO_CAPTURE = 0x1;
    static final int CAP_STREAMING = 0x0400_0000;
    static final int CAP_DEVICE_CAPS = 0x8000_0000;
    static final int CAP_TIMEPERFRAME = 0x1000;

    static final int BUF_TYPE_VIDEO_CAPTURE = 1;
    static final int MEMORY_MMAP = 1;
    static final int BUF_FLAG_ERROR = 0x40;
    static final int BUF_FLAG_TIMESTAMP_MASK = 0xE000;
    static final int BUF_FLAG_TIMESTAMP_MONOTONIC = 0x2000;

    /** Type of a single size or interval; any other type is a range. */
    static final int TYPE_DISCRETE = 1;

    static final int COLORSPACE_REC709 = 3;
    static final int COLORSPACE_JPEG = 7;
    static final int YCBCR_ENC_709 = 2;
    static final int QUANTIZATION_FULL_RANGE = 1;

    static final int CTRL_FLAG_DISABLED = 0x1;
    static final int CTRL_FLAG_READ_ONLY = 0x4;
    static final int CTRL_FLAG_WRITE_ONLY = 0x40;
    static final int CTRL_FLAG_NEXT_CTRL = 0x8000_0000;
    static final int CTRL_TYPE_INTEGER = 1;
    static final int CTRL_TYPE_BOOLEAN = 2;
    static final int CTRL_TYPE_MENU = 3;
    static final int CTRL_TYPE_BUTTON = 4;
    static final int CTRL_TYPE_BITMASK = 8;
    static final int CTRL_TYPE_INTEGER_MENU = 9;

    /** {@code struct v4l2_capability} */
    static final class Capability {
        static final int SIZE = 104;
        static final int CARD = 16;
        static final int BUS_INFO = 48;
        static final int CAPABILITIES = 84;
        static final int DEVICE_CAPS = 88;

        private Capability() {}
    }

    /** {@code struct v4l2_fmtdesc} */
    static final class FmtDesc {
        static final int SIZE = 64;
        static final int INDEX = 0;
        static final int TYPE = 4;
        static final int PIXELFORMAT = 44;

        private FmtDesc() {}
    }

    /**
     * {@code struct v4l2_frmsizeenum}. A single size is stored in the fields of the minimum width and the maximum
     * width.
     */
    static final class FrmSizeEnum {
        static final int SIZE = 44;
        static final int INDEX = 0;
        static final int PIXEL_FORMAT = 4;
        static final int TYPE = 8;
        static final int WIDTH = 12;
        static final int HEIGHT = 16;
        static final int MIN_WIDTH = 12;
        static final int MAX_WIDTH = 16;
        static final int STEP_WIDTH = 20;
        static final int MIN_HEIGHT = 24;
        static final int MAX_HEIGHT = 28;
        static final int STEP_HEIGHT = 32;

        private FrmSizeEnum() {}
    }

    /** {@code struct v4l2_frmivalenum}. Each interval is a numerator followed by a denominator. */
    static final class FrmIvalEnum {
        static final int SIZE = 52;
        static final int INDEX = 0;
        static final int PIXEL_FORMAT = 4;
        static final int WIDTH = 8;
        static final int HEIGHT = 12;
        static final int TYPE = 16;
        static final int DISCRETE = 20;
        static final int MIN = 20;
        static final int MAX = 28;

        private FrmIvalEnum() {}
    }

    /** {@code struct v4l2_format} with {@code struct v4l2_pix_format} */
    static final class Format {
        static final int SIZE = 208;
        static final int TYPE = 0;
        static final int WIDTH = 8;
        static final int HEIGHT = 12;
        static final int PIXELFORMAT = 16;
        static final int FIELD = 20;
        static final int BYTESPERLINE = 24;
        static final int SIZEIMAGE = 28;
        static final int COLORSPACE = 32;
        static final int YCBCR_ENC = 44;
        static final int QUANTIZATION = 48;

        private Format() {}
    }

    /** {@code struct v4l2_streamparm} with {@code struct v4l2_captureparm} */
    static final class StreamParm {
        static final int SIZE = 204;
        static final int TYPE = 0;
        static final int CAPABILITY = 4;
        static final int NUMERATOR = 12;
        static final int DENOMINATOR = 16;

        private StreamParm() {}
    }

    /** {@code struct v4l2_requestbuffers} */
    static final class RequestBuffers {
        static final int SIZE = 20;
        static final int COUNT = 0;
        static final int TYPE = 4;
        static final int MEMORY = 8;

        private RequestBuffers() {}
    }

    /** {@code struct v4l2_buffer} */
    static final class Buffer {
        static final int SIZE = 88;
        static final int INDEX = 0;
        static final int TYPE = 4;
        static final int BYTESUSED = 8;
        static final int FLAGS = 12;
        static final int SECONDS = 24;
        static final int MICROSECONDS = 32;
        static final int MEMORY = 60;
        static final int OFFSET = 64;
        static final int LENGTH = 72;

        private Buffer() {}
    }

    /** {@code struct v4l2_control} */
    static final class Control {
        static final int SIZE = 8;
        static final int ID = 0;
        static final int VALUE = 4;

        private Control() {}
    }

    /** {@code struct v4l2_queryctrl} */
    static final class QueryCtrl {
        static final int SIZE = 68;
        static final int ID = 0;
        static final int TYPE = 4;
        static final int NAME = 8;
        static final int MINIMUM = 40;
        static final int MAXIMUM = 44;
        static final int STEP = 48;
        static final int DEFAULT_VALUE = 52;
        static final int FLAGS = 56;

        private QueryCtrl() {}
    }

    /** {@code struct v4l2_querymenu}, a packed structure. */
    static final class QueryMenu {
        static final int SIZE = 44;
        static final int ID = 0;
        static final int INDEX = 4;
        static final int NAME = 8;
        static final int VALUE = 8;

        private QueryMenu() {}
    }

    private V4l2() {}

    /**
     * The number of a request, as the macro {@code _IOC} computes it.
     *
     * @param direction 1 to the driver, 2 from the driver, 3 both
     */
    private static int request(int direction, int number, int size) {
        return direction << 30 | size << 16 | 'V' << 8 | number;
    }

    /** The number of a pixel format with this name of four characters. */
    static int fourcc(String characters) {
        return characters.charAt(0)
                | characters.charAt(1) << 8
                | characters.charAt(2) << 16
                | characters.charAt(3) << 24;
    }

    /**
     * A text in a structure, which need not end with a zero.
     *
     * @param maxBytes maximum bytes of the text
     */
    static String text(MemorySegment structure, int offset, int maxBytes) {
        byte[] bytes = structure.asSlice(offset, maxBytes).toArray(JAVA_BYTE);
        int end = 0;
        while (end < maxBytes && bytes[end] != 0) {
            end++;
        }
        // a device may send anything, which must not control a terminal
        return PlainText.line(new String(bytes, 0, end, StandardCharsets.UTF_8), "?", maxBytes)
                .strip();
    }
}
