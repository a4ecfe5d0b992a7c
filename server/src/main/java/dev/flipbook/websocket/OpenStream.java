package dev.flipbook.websocket;

import dev.flipbook.ViewerStatus;

/** A viewer of a feed who has an id, by which it is listed and can be ended. Thread-safe. */
public interface OpenStream {

    String id();

    /** The name of the feed. */
    String feed();

    /** {@code mjpeg} or {@code websocket}. */
    String kind();

    /** Of the viewer, without a port. */
    String address();

    /** How the viewer is now. */
    ViewerStatus status();

    /** Ends it at once, once; what is already over stays so. Any thread. */
    void end();

    /** Those that are open. */
    interface Register {

        /** Adds it. One of the same id is ended: a page that reconnects means the same stream. */
        void add(OpenStream stream);

        /** Removes it, and not one that has taken its id. */
        void remove(OpenStream stream);
    }
}
