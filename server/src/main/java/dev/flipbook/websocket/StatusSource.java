package dev.flipbook.websocket;

import java.util.function.Consumer;

/** The status of all feeds as a JSON document, once a second and whenever a feed changes. */
public interface StatusSource {

    /**
     * Sends the document to this listener, at once and from then on.
     *
     * @param listener called by any thread; must return without waiting
     * @return stops the updates for this listener
     */
    Runnable listen(Consumer<String> listener);
}
