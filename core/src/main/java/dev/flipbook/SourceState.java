package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.text.PlainText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a source is doing, why, and since when; its changes are told to the log. One thread at a time, but for {@link #log},
 * which any thread may call.
 */
final class SourceState {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** Failures that the feed survives are logged once in so long: a command that ends after each picture has two a second. */
    private static final long TELL_AGAIN = Duration.ofMinutes(1).toNanos();

    /** A message of a source, in the status and in the picture, is cut to this. */
    private static final int LONGEST_REASON = 200;

    private final String feed;
    private final Ticker ticker;
    private State state = State.IDLE;
    private String reason = "nobody watches";
    private Instant since;

    private boolean told;
    private long toldAt;

    /** What {@link #log} is to tell. */
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

    String reason() {
        return reason;
    }

    Instant since() {
        return since;
    }

    void become(State next, String said) {
        String why = said.isEmpty() ? said : PlainText.line(said, " "); // with each frame there is nothing to say
        if (state != next) {
            news.add("feed=" + feed + " state=" + next + (why.isEmpty() ? "" : " reason=\"" + why + "\""));
            since = ticker.now();
        }
        state = next;
        reason = why;
    }

    /** It has failed for this reason, so many times in a row, and is tried again after this wait. */
    void fail(String why, int failures, Duration wait) {
        become(State.OFFLINE, why);
        tell(why, failures, wait);
    }

    /** It has failed likewise, and its state stays as it is. */
    void bear(String why, int failures, Duration wait) {
        long now = ticker.nanos();
        if (!told || now - toldAt >= TELL_AGAIN) {
            told = true;
            toldAt = now;
            tell(why, failures, wait);
        }
    }

    private void tell(String why, int failures, Duration wait) {
        news.add("feed=" + feed + " failures=" + failures + " retry_ms=" + wait.toMillis() + " reason=\"" + why + "\"");
    }

    /** Writes what is new. Not under a lock: a log that stands still, as a terminal can, is to hold up nobody else. */
    void log() {
        for (String line = news.poll(); line != null; line = news.poll()) {
            LOG.log(Level.INFO, line);
        }
    }

    /** What went wrong, as one line for people. */
    static String reason(Throwable failure) {
        String message = failure.getMessage();
        String text = message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
        return PlainText.line(text.strip(), " ", LONGEST_REASON).strip();
    }
}
