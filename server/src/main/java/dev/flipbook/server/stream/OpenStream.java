package dev.flipbook.server.stream;

import dev.flipbook.ViewerStatus;

/** A viewer of a feed with an id, by which the viewer is listed and can be ended. Thread-safe. */
public interface OpenStream {

    /** What the stream is listed under, which never changes. */
    Label label();

    /** What the viewer has received so far. */
    ViewerStatus status();

    /** Ends the stream at once. Does nothing if the stream has ended. Any thread. */
    void end();

    /**
     * What a stream is listed under.
     *
     * @param id unique id of the stream
     * @param feed name of the feed
     * @param kind {@code mjpeg} or {@code websocket}
     * @param address the viewer's address, without a port
     */
    record Label(String id, String feed, String kind, String address) {}

    /** The list of open streams. Thread-safe. */
    interface Register {

        /** Adds a stream, and ends an older one of the same id: a page that reconnects uses the same id again. */
        void add(OpenStream stream);

        /** Removes this stream, but not another one that has taken its id. */
        void remove(OpenStream stream);
    }
}
