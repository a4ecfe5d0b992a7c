package dev.flipbook.server.generate;

import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.Heartbeat;
import dev.flipbook.server.http.HttpError;
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
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Runs the generators of streamed responses and checks the responses in progress. Thread-safe. */
public final class StreamedPages {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /**
     * Closes the connection after the response. Then nobody else reads from the connection, so the server can notice
     * that the reader has gone.
     */
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
    /** Lets the reader notice that a response was broken off, because the last chunk is missing. */
    private static final HttpField CHUNKED = new PreEncodedHttpField(HttpHeader.TRANSFER_ENCODING, "chunked");

    private static final HttpField NO_STORE =
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");
    private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

    /** Paths that every client sends unchanged. */
    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+/?");

    private static final Pattern DOTS = Pattern.compile(".*/\\.{1,2}(/.*)?");
    /**
     * Time in milliseconds that generators have to end by themselves when the server closes, and once more after they
     * were interrupted.
     */
    private static final int CLOSE_TIMEOUT = 500;

    private final int maxRunning;
    private final Semaphore places;
    private final Set<StreamedRun> running = ConcurrentHashMap.newKeySet();
    private final Heartbeat checks = new Heartbeat(StreamedBody.CHECK_INTERVAL, this::check, () -> !running.isEmpty());
    private final ExecutorService generators = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("flipbook-page-", 1).factory());

    /**
     * No responses yet.
     *
     * @param maxRunning maximum number of concurrent responses
     */
    public StreamedPages(int maxRunning) {
        this.maxRunning = maxRunning;
        this.places = new Semaphore(maxRunning);
    }

    /**
     * Checks that clients can request this path as it is written.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static void checkPath(String path) {
        if (!PATH.matcher(path).matches() || DOTS.matcher(path).matches()) {
            throw new IllegalArgumentException("'" + PlainText.line(path, "?")
                    + "' is not a path for a page: it begins with /, and between slashes it takes letters, digits and"
                    + " ._~!$&'()*+,;=:@- but neither . nor .. alone");
        }
    }

    /** An endpoint that answers requests for this page. */
    @SuppressWarnings("exports") // for the server, not for programs
    public Endpoint endpoint(String path, StreamedResponse response) {
        return exchange -> answer(exchange, path, response);
    }

    private void answer(Exchange exchange, String path, StreamedResponse response) {
        StreamedResponse.Answer answer = response.answer(exchange);
        boolean head = exchange.isHead();
        if (!head && !places.tryAcquire()) {
            throw new HttpError(
                    503,
                    "there are " + maxRunning + " streamed responses under way, which is the maximum; try again later",
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
        } catch (RuntimeException | Error e) { // lack of memory, for example
            over(run);
            exchange.headers().remove(HttpHeader.TRANSFER_ENCODING);
            throw e;
        }
        checks.start(exchange.request().getComponents().getScheduler());
    }

    private void over(StreamedRun run) {
        if (running.remove(run)) {
            places.release();
        }
    }

    private void check() {
        for (StreamedRun run : running) {
            try {
                run.check();
            } catch (RuntimeException e) { // the other responses must still be checked
                LOG.log(Level.ERROR, "a streamed response could not be checked", e);
            }
        }
    }

    /**
     * Ends all responses within about one second. A generator that neither writes nor reacts to an interrupt is
     * abandoned.
     */
    public void close() {
        generators.shutdown();
        running.forEach(run -> run.end("the server is stopping"));
        try {
            if (!generators.awaitTermination(CLOSE_TIMEOUT, TimeUnit.MILLISECONDS)) {
                generators.shutdownNow();
                if (!generators.awaitTermination(CLOSE_TIMEOUT, TimeUnit.MILLISECONDS)) {
                    LOG.log(Level.WARNING, "generators that do not end: " + running.size());
                }
            }
        } catch (InterruptedException e) {
            generators.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
