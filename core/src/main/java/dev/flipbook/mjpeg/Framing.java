package dev.flipbook.mjpeg;

/**
 * What surrounds a picture in a {@code multipart/x-mixed-replace} response. All framings are slices of the same {@link
 * Block}.
 */
public enum Framing {
    /**
     * For programs: part header with {@code Content-Length} and {@code X-Timestamp}, the picture, and the next delimiter
     * line right behind it. A reader knows that the picture has ended without waiting for the next one.
     */
    STRICT,

    /**
     * For an {@code <img>}: the picture, the delimiter line, and the next part's complete header, which has no length as
     * nobody knows it yet. Chromium and WebKit paint a part only when the next part's header has arrived; without it
     * every picture is one frame late, and the last picture of a still scene never shows.
     */
    BROWSER,

    /** For what carries pictures in messages of its own, such as a WebSocket: the picture, and nothing around it. */
    NONE
}
