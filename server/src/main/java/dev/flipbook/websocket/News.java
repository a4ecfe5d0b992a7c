package dev.flipbook.websocket;

import java.util.function.Consumer;

/** How all feeds are: the document of the status, once a second and when something has changed. */
public interface News {

    /**
     * Tells this listener from now on, and once at once. It is called by any thread, and returns soon.
     *
     * @return ends it
     */
    Runnable listen(Consumer<String> listener);
}
