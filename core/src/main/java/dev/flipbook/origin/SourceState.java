package dev.flipbook.origin;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Ticker;
import dev.flipbook.text.PlainText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a source is doing, why, and since when. Changes are written to the log. Not thread-safe, except {@link #log},
 * which any thread may call.
 */
public final class SourceState {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Minimum time between two log lines about failures that the feed survives: a command that ends after each picture
     * fails twice a second.
     */
    private static final long LOG_INTERVAL = Duration.ofMinutes(1).toNanos();

    /** Maximum length of a source's message in the status and in the picture; longer ones are cut. */
    private static final int MAX_REASON = 200;

    private final String feed;
    private final Ticker ticker;
    private State state = State.IDLE;
    private String reason = "nobody watches";
    private Instant since;

    private boolean logged;
    private long loggedAt;

    /** The lines that {@link #log} has to write. */
    private final Queue<String> news = new ConcurrentLinkedQueue<>();

    SourceState(String feed, Ticker ticker) {
        this.feed = feed;
        this.ticker = ticker;
        this.since = ticker.now();
    }

    State state() {
        return state;
    }

    boolean is(State one) {
        return state == one;
    }

    public String reason() {
        return reason;
    }

    Instant since() {
        return since;
    }

    /** Changes the state and its reason; a change of the state is logged. */
    void become(State next, String said) {
        String why = said.isEmpty() ? said : PlainText.line(said, " "); // empty with each frame
        if (state != next) {
            news.add("feed=" + feed + " state=" + next + (why.isEmpty() ? "" : " reason=\"" + why + "\""));
            since = ticker.now();
        }
        state = next;
        reason = why;
    }

    /**
     * Notes a failure: the source is offline.
     *
     * @param failures number of failures in a row
     * @param wait time until the next try
     */
    void fail(String why, int failures, Duration wait) {
        become(State.OFFLINE, why);
        tell(why, failures, wait);
    }

    /**
     * Notes a failure that the feed survives: the state stays as it is, and the failure is logged at most once a
     * minute.
     */
    void bear(String why, int failures, Duration wait) {
        long now = ticker.nanos();
        if (!logged || now - loggedAt >= LOG_INTERVAL) {
            logged = true;
            loggedAt = now;
            tell(why, failures, wait);
        }
    }

    private void tell(String why, int failures, Duration wait) {
        news.add("feed=" + feed + " failures=" + failures + " retry_ms=" + wait.toMillis() + " reason=\"" + why + "\"");
    }

    /**
     * Writes the new lines to the log. Never called under a lock: a log can stand still, as a terminal does, and must
     * not hold up other threads.
     */
    void log() {
        for (String line = news.poll(); line != null; line = news.poll()) {
            LOG.log(Level.INFO, line);
        }
    }

    /** The message of a failure as one line for people. */
    public static String reason(Throwable failure) {
        String message = failure.getMessage();
        String text = message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
        return PlainText.line(text.strip(), " ", MAX_REASON).strip();
    }
}
