package dev.flipbook.server;

/** What answers the requests of a route. Called on a server thread, which it does not block. */
@FunctionalInterface
interface Endpoint {

    /** Answers now or later, and only once; a thrown {@link HttpError} is the answer too. */
    void handle(Exchange exchange);
}
