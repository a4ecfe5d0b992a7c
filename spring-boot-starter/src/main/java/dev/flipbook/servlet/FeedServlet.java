package dev.flipbook.servlet;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Json;
import dev.flipbook.web.Problem;
import dev.flipbook.web.Quote;
import dev.flipbook.web.SnapshotRequest;
import dev.flipbook.web.StatusJson;
import dev.flipbook.web.StreamRequest;
import dev.flipbook.web.UnknownFeedException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves feeds in a servlet container of version 6.1, such as Tomcat 11 or Jetty 12.1.
 *
 * <p>Map the servlet to {@code /feeds/*}, {@code /video_feed}, {@code /video_feed/*}, {@code /api/feeds} and
 * {@code /api/feeds/*}, with {@code asyncSupported} on, because it holds no thread for a viewer. Paths may have a
 * prefix: mapped to {@code /live/*}, the servlet serves {@code /live/feeds/door.mjpg}.
 *
 * <p>The static methods answer one request, for a servlet or a controller at another path. Nothing may have been
 * written to the response before. Filters in front of it must have {@code asyncSupported} on as well. Thread-safe.
 */
public final class FeedServlet extends HttpServlet {

    @Serial
    private static final long serialVersionUID = 1;

    private static final Pattern STREAM = Pattern.compile(".*(?:/feeds/([^/]+)\\.mjpg|/video_feed(?:/([^/]+))?)");
    private static final Pattern SNAPSHOT = Pattern.compile(".*/feeds/([^/]+)\\.jpg");
    private static final Pattern STATUS = Pattern.compile(".*/api/feeds(?:/([^/]+))?");

    /** Sentence for the status 503: the next request may find memory again. */
    static final String NO_MEMORY = "there is not enough memory for this now; try again in a second";

    private final transient FeedLookup feeds;

    /** @param feeds the feeds to serve; the caller must close them */
    public FeedServlet(Feeds feeds) {
        this.feeds = new FeedLookup(feeds);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String info = request.getPathInfo();
        String path = request.getServletPath() + (info == null ? "" : info);
        try {
            route(path, request, response);
        } catch (UnknownFeedException e) {
            refuse(404, String.valueOf(e.getMessage()), request, response);
        } catch (OutOfMemoryError e) {
            if (response.isCommitted()) {
                throw e;
            }
            response.setHeader("Retry-After", "1");
            refuse(503, NO_MEMORY, request, response);
        }
    }

    private void route(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Matcher status = STATUS.matcher(path);
        Matcher stream = STREAM.matcher(path);
        Matcher snapshot = SNAPSHOT.matcher(path);
        if (status.matches()) {
            String name = status.group(1);
            Object json = name == null ? StatusJson.of(feeds.feeds()) : StatusJson.of(feeds.find(name));
            status(json, request, response);
        } else if (stream.matches()) {
            String name = stream.group(1) == null ? stream.group(2) : stream.group(1);
            stream(feeds.find(name == null ? "" : name), request, response);
        } else if (snapshot.matches()) {
            snapshot(feeds.find(snapshot.group(1)), request, response);
        } else {
            refuse(404, "there is nothing at '" + Quote.of(path) + "'", request, response);
        }
    }

    /**
     * Answers with the feed as an endless {@code multipart/x-mixed-replace}, in the way the request asks for: see
     * {@link StreamRequest}. Returns at once; pictures are sent as they come.
     *
     * @throws IOException if the response cannot be written
     */
    public static void stream(Feed feed, HttpServletRequest request, HttpServletResponse response) throws IOException {
        StreamRequest asked;
        Map<String, String> headers;
        try {
            asked = StreamRequest.of(query(request), header(request));
            headers = asked.headers(feed);
        } catch (BadRequestException e) {
            refuse(e.status(), String.valueOf(e.getMessage()), request, response);
            return;
        }
        response.setStatus(200);
        headers.forEach(response::setHeader);
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close"); // otherwise the container would send chunks
        }
        protect(response);
        if (request.getMethod().equals("HEAD")) {
            response.flushBuffer();
            return;
        }
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        String client = ClientName.of(request.getRemoteAddr(), request.getRemotePort());
        ServletSink.open(sink -> asked.watch(feed, sink, client), async, response);
    }

    /**
     * Answers with the feed's newest picture, or with the status 503 and the reason if there is none. Returns at once.
     *
     * @throws IOException if the response cannot be written
     */
    public static void snapshot(Feed feed, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        SnapshotRequest asked;
        try {
            asked = SnapshotRequest.of(query(request));
        } catch (BadRequestException e) {
            refuse(e.status(), String.valueOf(e.getMessage()), request, response);
            return;
        }
        ServletSnapshot.open(feed, asked, request, response);
    }

    /**
     * Answers with a status of {@link StatusJson}.
     *
     * @throws IOException if the response cannot be written
     */
    public static void status(Object status, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType("application/json");
        send(200, (Json.of(status) + "\n").getBytes(StandardCharsets.UTF_8), request, response);
    }

    /**
     * Answers with a status and a sentence that says why, as plain text, or as problem JSON if the client accepts JSON.
     *
     * @throws IOException if the response cannot be written
     */
    public static void refuse(int status, String sentence, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Problem problem = Problem.of(header(request).apply("Accept"), status, title(status), sentence);
        response.setContentType(problem.contentType());
        send(status, problem.bytes(), request, response);
    }

    private static String title(int status) {
        return switch (status) {
            case HttpServletResponse.SC_BAD_REQUEST -> "Bad Request";
            case HttpServletResponse.SC_NOT_FOUND -> "Not Found";
            case HttpServletResponse.SC_METHOD_NOT_ALLOWED -> "Method Not Allowed";
            case HttpServletResponse.SC_SERVICE_UNAVAILABLE -> "Service Unavailable";
            default -> Integer.toString(status);
        };
    }

    private static void send(int status, byte[] body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        protect(response);
        response.setContentLength(body.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(body);
        }
    }

    /** Keeps pages of other origins from showing our pictures, unless the application has set this header. */
    static void protect(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (!response.containsHeader("Cross-Origin-Resource-Policy")) {
            response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        }
    }

    private static Function<String, Optional<String>> query(HttpServletRequest request) {
        return key -> Optional.ofNullable(request.getParameter(key));
    }

    private static Function<String, Optional<String>> header(HttpServletRequest request) {
        return name -> Optional.ofNullable(request.getHeader(name));
    }
}
