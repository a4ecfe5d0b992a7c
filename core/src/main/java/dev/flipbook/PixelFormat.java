package dev.flipbook;

/** How the pixels of a {@link RawImage} lie in memory, 8 bits a sample. */
public enum PixelFormat {
    /** Blue, green, red: what OpenCV's {@code Mat} has, and FFmpeg's {@code bgr24}. */
    BGR24(3),
    /** Red, green, blue. */
    RGB24(3),
    /** Red, green, blue, and an opacity that is ignored. */
    RGBA(4),
    /** Brightness alone, 0 black, 255 white. */
    GREY8(1),
    /**
     * A plane of brightness, then one each of the blue and the red difference in half the width and height, rounded up; in
     * the range and by the matrix of video (16 to 235, BT.601), as OpenCV's {@code COLOR_BGR2YUV_I420} and FFmpeg's {@code
     * yuv420p} have it. Rows of the small planes are half a stride apart, rounded up.
     */
    YUV420P(1);

    private final int bytes;

    PixelFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes that a row of the only or first plane takes without a gap. */
    public int rowBytes(int width) {
        return width * bytes;
    }

    /** Bytes that a picture takes whose rows are so many bytes apart. */
    public int bytes(int width, int height, int stride) {
        if (this == YUV420P) {
            return stride * height + 2 * ((stride + 1) / 2) * ((height + 1) / 2);
        }
        return stride * (height - 1) + rowBytes(width); // the gap behind the last row need not be there
    }

    /** Bytes that a picture takes without gaps. */
    public int bytes(int width, int height) {
        return bytes(width, height, rowBytes(width));
    }
}
