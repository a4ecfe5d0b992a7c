package dev.flipbook.mjpeg;

/**
 * What surrounds a picture in a {@code multipart/x-mixed-replace} response. All framings are slices of the same
 * {@link Block}.
 */
public enum Framing {
    /**
     * The framing for programs: the part header with {@code Content-Length} and {@code X-Timestamp}, the picture, and
     * right after it the next delimiter line. A reader knows that the picture has ended without waiting for the next
     * one.
     */
    STRICT,

    /**
     * The framing for an {@code <img>}: the picture, the delimiter line, and the complete header of the next part,
     * which has no length because the next picture does not exist yet. Chromium and WebKit paint a part only when the
     * next part's header has arrived. Without it every picture would be one frame late, and the last picture of a still
     * scene would never show.
     */
    BROWSER,

    /**
     * The framing for protocols with messages of their own, such as a WebSocket: the picture, and nothing around it.
     */
    NONE
}
