package dev.flipbook.decoder;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Decides how a source is treated after its decoder process has ended. Such a source is opened alone until it has
 * played for a minute. A source that has ended three processes within a minute is not opened for one minute, later up
 * to five. Thread-safe.
 */
final class Suspicion {

    private static final int DEATHS = 3;
    private static final Duration WITHIN = Duration.ofMinutes(1);

    /** How long a source must play until it is trusted again. */
    private static final Duration PROVEN = Duration.ofMinutes(1);

    private static final Duration FIRST_QUARANTINE = Duration.ofMinutes(1);
    private static final Duration MAX_QUARANTINE = Duration.ofMinutes(5);

    // Guarded by this.
    private final Deque<Long> deaths = new ArrayDeque<>(); // when processes of the source have ended
    /** How long the source is not opened; zero for a source that may be opened. */
    private Duration quarantine = Duration.ZERO;

    private long begun; // when the quarantine began
    private boolean suspect; // whether the source must be opened alone
    private long playingSince;
    private boolean playing;

    /**
     * Notes that the source's process has ended.
     *
     * @param now current time of the ticker in nanoseconds
     * @param blamed whether the source was alone in the process, or the process was ended for what the source did
     */
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
            quarantine = quarantine.compareTo(MAX_QUARANTINE) > 0 ? MAX_QUARANTINE : quarantine;
            begun = now;
            deaths.clear();
        }
    }

    /** Notes that a picture arrived. */
    synchronized void plays(long now) {
        if (suspect && !playing) {
            playing = true;
            playingSince = now;
        } else if (suspect && now - playingSince > PROVEN.toNanos()) {
            forgive();
        }
    }

    /** Notes that the source was closed normally. */
    synchronized void stopped() {
        playing = false;
    }

    /** Forgets everything, for example because the source has changed. */
    synchronized void forgive() {
        suspect = false;
        playing = false;
        quarantine = Duration.ZERO;
        deaths.clear();
    }

    synchronized boolean isSuspect() {
        return suspect;
    }

    /**
     * Why the source is not opened now, as the end of a sentence that begins with its name; empty if it may be opened.
     */
    synchronized Optional<String> refusal(long now) {
        long left = quarantine.toNanos() - (now - begun);
        return quarantine.isZero() || left <= 0
                ? Optional.empty()
                : Optional.of(" has ended its decoder process " + DEATHS
                        + " times within a minute, so it is not opened for another "
                        + Math.ceilDiv(left, 1_000_000_000L) + " s; it is damaged, or was made to do that");
    }
}
