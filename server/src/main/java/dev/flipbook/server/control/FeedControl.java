package dev.flipbook.server.control;

import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.text.PlainText;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StatusJson;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;

/** Pauses and resumes feeds for clients, and sets the controls of their cameras. Thread-safe. */
@SuppressWarnings("exports") // for the server, not for programs
public final class FeedControl {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** Maximum length of a pause's reason in characters, about two lines on a picture. */
    private static final int MAX_REASON = 200;

    /** Maximum length of a sentence about a control in characters; a camera has some dozens of controls. */
    private static final int MAX_SENTENCE = 2000;

    private final FeedLookup feeds;
    private final Changes changes;
    private final Supplier<Optional<Administration>> program;
    private final DriverCalls drivers = new DriverCalls();
    /** Held while a feed is paused or resumed and that is reported, so that reports come in the order of the changes. */
    private final ReentrantLock pausing = new ReentrantLock();

    /** @param program gives the part of the program that keeps pauses, if there is one */
    FeedControl(FeedLookup feeds, Changes changes, Supplier<Optional<Administration>> program) {
        this.feeds = feeds;
        this.changes = changes;
        this.program = program;
    }

    /** Pauses a feed, for the reason that the body may have. */
    public void pause(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        changes.begin(exchange, feed.name(), (body, asked) -> {
            JsonFields fields = JsonFields.readIfAny(body);
            fields.checkNames(Set.of("reason"));
            String reason = PlainText.line(fields.text("reason", MAX_REASON).orElse(""), " ")
                    .strip();
            setPaused(feed, Optional.of(reason));
            LOG.log(Level.INFO, "feed={0} paused by={1} reason=\"{2}\"", feed.name(), client(asked), reason);
            asked.answerJson(StatusJson.of(feed));
        });
    }

    /** Resumes a feed. */
    public void resume(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        changes.begin(exchange, feed.name(), (body, asked) -> {
            JsonFields.readIfAny(body).checkNames(Set.of());
            setPaused(feed, Optional.empty());
            LOG.log(Level.INFO, "feed={0} resumed by={1}", feed.name(), client(asked));
            asked.answerJson(StatusJson.of(feed));
        });
    }

    private void setPaused(Feed feed, Optional<String> reason) {
        pausing.lock();
        try {
            reason.ifPresentOrElse(feed::pause, feed::resume);
            program.get().ifPresent(told -> told.paused(feed.name(), reason));
        } finally {
            pausing.unlock();
        }
    }

    /** Serves the controls of a feed's camera. */
    public void controls(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        exchange.answerJson(Map.of("controls", feed.status().controls()));
    }

    /** Sets the controls that the body names. */
    public void setControls(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        changes.begin(exchange, feed.name(), (body, asked) -> {
            Map<String, Integer> values = JsonFields.read(body).integers();
            List<?> now = set(feed, values);
            if (!values.isEmpty()) {
                LOG.log(Level.DEBUG, "feed={0} controls={1} by={2}", feed.name(), values, client(asked));
            }
            asked.answerJson(Map.of("controls", now));
        });
    }

    private List<?> set(Feed feed, Map<String, Integer> values)
            throws ExecutionException, TimeoutException, InterruptedException {
        return drivers.call(feed.name(), changes.timeout(), () -> {
            try {
                return feed.control(values);
            } catch (IllegalArgumentException e) {
                throw new HttpError(422, sentence(e));
            } catch (IllegalStateException e) {
                throw new HttpError(409, sentence(e));
            }
        });
    }

    /** The sentence about a control, which may quote the client. */
    private static String sentence(RuntimeException refusal) {
        return PlainText.line(String.valueOf(refusal.getMessage()), "?", MAX_SENTENCE);
    }

    private static String client(Exchange exchange) {
        return Request.getRemoteAddr(exchange.request());
    }
}
