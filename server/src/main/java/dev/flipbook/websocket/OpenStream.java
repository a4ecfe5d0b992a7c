package dev.flipbook.websocket;

import dev.flipbook.ViewerStatus;

/** A viewer of a feed with an id, by which the viewer is listed and can be ended. Thread-safe. */
public interface OpenStream {

    /** Unique id of this stream. */
    String id();

    /** Name of the feed. */
    String feed();

    /** {@code mjpeg} or {@code websocket}. */
    String kind();

    /** The viewer's address, without a port. */
    String address();

    /** What the viewer has received so far. */
    ViewerStatus status();

    /** Ends the stream at once. Does nothing if the stream has ended. Any thread. */
    void end();

    /** The list of open streams. Thread-safe. */
    interface Register {

        /** Adds a stream, and ends an older one of the same id: a page that reconnects uses the same id again. */
        void add(OpenStream stream);

        /** Removes this stream, but not another one that has taken its id. */
        void remove(OpenStream stream);
    }
}
