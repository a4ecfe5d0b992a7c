package dev.flipbook.server;

import dev.flipbook.text.PlainText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.util.thread.Scheduler;

/** Runs the generators of streamed responses, and looks after those that are under way. Thread-safe. */
final class StreamedPages {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** Nobody else then reads from the connection, so that it tells when the reader leaves; and some clients read no chunks. */
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
    /** Shows the reader of a response that was broken off that it is not whole. */
    private static final HttpField CHUNKED = new PreEncodedHttpField(HttpHeader.TRANSFER_ENCODING, "chunked");

    private static final HttpField NO_STORE =
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");
    private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

    /** What every client sends as it is. */
    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+/?");

    private static final Pattern DOTS = Pattern.compile(".*/\\.{1,2}(/.*)?");
    /** In milliseconds: for generators to come out by themselves when the server closes, and again when they were interrupted. */
    private static final int PATIENCE = 500;

    private final int most;
    private final Semaphore places;
    private final Set<StreamedRun> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final ExecutorService generators = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("flipbook-page-", 1).factory());

    /** @param most responses at a time */
    StreamedPages(int most) {
        this.most = most;
        this.places = new Semaphore(most);
    }

    /**
     * Checks that requests can ask for this path as it is written.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static void checkPath(String path) {
        if (!PATH.matcher(path).matches() || DOTS.matcher(path).matches()) {
            throw new IllegalArgumentException("'" + PlainText.line(path, "?")
                    + "' is no path for a page: it begins with /, and between slashes it takes letters, digits and"
                    + " ._~!$&'()*+,;=:@- but neither . nor .. alone");
        }
    }

    /** Answers requests for this page. */
    Endpoint endpoint(String path, StreamedResponse response) {
        return exchange -> answer(exchange, path, response);
    }

    private void answer(Exchange exchange, String path, StreamedResponse response) {
        StreamedResponse.Answer answer = response.answer(exchange);
        boolean head = exchange.isHead();
        if (!head && !places.tryAcquire()) {
            throw new HttpError(
                    503,
                    "there are " + most
                            + " streamed responses under way, which is as many as there may be; try again later",
                    "Retry-After",
                    "5");
        }
        putHeaders(exchange, response, answer);
        if (head) {
            exchange.begin(200);
            return;
        }
        exchange.response().setStatus(200);
        start(exchange, new StreamedRun(path, exchange, response, answer, this::over));
    }

    private static void putHeaders(Exchange exchange, StreamedResponse response, StreamedResponse.Answer answer) {
        HttpFields.Mutable headers = exchange.headers();
        headers.put(HttpHeader.CONTENT_TYPE, answer.contentType());
        headers.put(NO_STORE);
        headers.put(UNBUFFERED);
        response.headers().forEach(headers::put);
        headers.put(CLOSE);
        if (answer.chunks() && exchange.request().getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            headers.put(CHUNKED);
        }
    }

    private void start(Exchange exchange, StreamedRun run) {
        running.add(run);
        try {
            generators.execute(run);
        } catch (RejectedExecutionException e) {
            over(run);
            exchange.headers().remove(HttpHeader.TRANSFER_ENCODING);
            throw new HttpError(503, "the server is stopping");
        } catch (RuntimeException | Error e) { // out of memory, say
            over(run);
            exchange.headers().remove(HttpHeader.TRANSFER_ENCODING);
            throw e;
        }
        if (!looking.getAndSet(true)) {
            plan(exchange.request().getComponents().getScheduler());
        }
    }

    private void over(StreamedRun run) {
        if (running.remove(run)) {
            places.release();
        }
    }

    private void plan(Scheduler scheduler) {
        scheduler.schedule(() -> look(scheduler), StreamedBody.LOOK, TimeUnit.MILLISECONDS);
    }

    private void look(Scheduler scheduler) {
        for (StreamedRun run : running) {
            try {
                run.look();
            } catch (RuntimeException e) { // the others are to be looked after
                LOG.log(Level.ERROR, "a streamed response could not be looked after", e);
            }
        }
        looking.set(false);
        if (!running.isEmpty() && !looking.getAndSet(true)) {
            plan(scheduler);
        }
    }

    /** Ends all responses, within a second; a generator that neither writes nor lets itself be interrupted is left behind. */
    void close() {
        generators.shutdown();
        running.forEach(run -> run.end("the server is stopping"));
        try {
            if (!generators.awaitTermination(PATIENCE, TimeUnit.MILLISECONDS)) {
                generators.shutdownNow();
                if (!generators.awaitTermination(PATIENCE, TimeUnit.MILLISECONDS)) {
                    LOG.log(Level.WARNING, "generators that do not end: " + running.size());
                }
            }
        } catch (InterruptedException e) {
            generators.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
