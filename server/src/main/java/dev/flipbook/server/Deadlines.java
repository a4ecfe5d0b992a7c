package dev.flipbook.server;

import java.time.Duration;

/**
 * How long a server waits for the other end of a connection.
 *
 * @param headers from a connection's opening, or from the first byte of a further request, until its headers are whole; looked
 *     at once a second
 * @param progress without a byte going either way, until the connection is closed: a viewer that takes nothing. A feed sends
 *     something every 5 s, so a connection that works never comes near the default
 */
public record Deadlines(Duration headers, Duration progress) {

    /** 10 s and 30 s. */
    public static final Deadlines DEFAULT = new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(30));

    public Deadlines {
        check("headers", headers);
        check("progress", progress);
    }

    private static void check(String what, Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("the deadline for " + what + " is " + time + "; it is above 0");
        }
    }
}
