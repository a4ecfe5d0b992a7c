package dev.flipbook.server.http;

/** Answers the requests of a route. Called on a server thread, which must not be blocked. */
@FunctionalInterface
public interface Endpoint {

    /** Answers the request, now or later, exactly once. Throwing an {@link HttpError} is an answer as well. */
    void handle(Exchange exchange);
}
