package dev.flipbook.server;

import java.time.Duration;

/**
 * Timeouts for clients. Immutable.
 *
 * @param headers maximum time until the headers of a request are complete, from the opening of the connection or from
 *     the first byte of a later request; above 0, checked once a second. The JSON of a request that changes something
 *     has the same time once more
 * @param progress maximum time in which no byte is sent or received; above 0. After it the connection is closed, for
 *     example because a viewer takes nothing. A feed sends something every 5 s, so a working connection never comes
 *     near the default
 */
public record Deadlines(Duration headers, Duration progress) {

    /** 10 s for headers and 30 s for progress. */
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
