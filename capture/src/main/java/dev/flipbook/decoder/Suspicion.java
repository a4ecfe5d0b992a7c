package dev.flipbook.decoder;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What is held against a source whose decoder has ended: it is opened alone until it has played for a while, and when it ends three decoders within a minute it is
 * not opened at all for a time. Thread-safe.
 */
final class Suspicion {

    private static final int DEATHS = 3;
    private static final Duration WITHIN = Duration.ofMinutes(1);

    /** A source that has played for this long is no suspect any more. */
    private static final Duration PROVEN = Duration.ofMinutes(1);

    private static final Duration FIRST_QUARANTINE = Duration.ofMinutes(1);
    private static final Duration LONGEST_QUARANTINE = Duration.ofMinutes(5);

    // guarded by this
    private final Deque<Long> deaths = new ArrayDeque<>();
    private Duration quarantine = Duration.ZERO;
    private long begun;
    private boolean suspect;
    private long playingSince;
    private boolean playing;

    /** @param blamed whether it was alone when its decoder ended */
    synchronized void died(long now, boolean blamed) {
        suspect = true;
        playing = false;
        if (!blamed) {
            return;
        }
        deaths.addLast(now);
        while (now - deaths.peekFirst() > WITHIN.toNanos()) {
            deaths.removeFirst();
        }
        if (deaths.size() >= DEATHS || !quarantine.isZero()) {
            quarantine = quarantine.isZero() ? FIRST_QUARANTINE : quarantine.multipliedBy(2);
            quarantine = quarantine.compareTo(LONGEST_QUARANTINE) > 0 ? LONGEST_QUARANTINE : quarantine;
            begun = now;
            deaths.clear();
        }
    }

    /** A picture came. */
    synchronized void plays(long now) {
        if (suspect && !playing) {
            playing = true;
            playingSince = now;
        } else if (suspect && now - playingSince > PROVEN.toNanos()) {
            forgive();
        }
    }

    /** It stopped in good order. */
    synchronized void stopped() {
        playing = false;
    }

    /** As when the source has become another. */
    synchronized void forgive() {
        suspect = false;
        playing = false;
        quarantine = Duration.ZERO;
        deaths.clear();
    }

    synchronized boolean isSuspect() {
        return suspect;
    }

    /** Why it is not opened now, for after its name; empty when it may be. */
    synchronized Optional<String> refusal(long now) {
        long left = quarantine.toNanos() - (now - begun);
        return quarantine.isZero() || left <= 0
                ? Optional.empty()
                : Optional.of(" has ended its decoder process " + DEATHS
                        + " times within a minute, so it is not opened for another "
                        + Math.ceilDiv(left, 1_000_000_000L) + " s; it is damaged, or was made to do that");
    }
}
