package dev.flipbook.server.control;

import dev.flipbook.server.http.Exchange;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Something that a client asks to be changed. */
@FunctionalInterface
interface Change {

    /**
     * Makes the change and answers the client. Runs on a virtual thread of its own, which may wait.
     *
     * @param body as it was sent, at most 64 KiB; empty if there was none
     * @throws dev.flipbook.server.http.HttpError if the change is refused
     * @throws ExecutionException if another thread made the change and failed, with its failure as the cause
     * @throws TimeoutException if the change takes too long
     */
    void make(byte[] body, Exchange exchange) throws ExecutionException, TimeoutException, InterruptedException;
}
