package dev.flipbook.server;

import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.UnknownFeedException;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A client of one endpoint: Jetty's own connection and response over a {@link FakeSocket}. A request is handled on the thread of the
 * test, so that all that is written at once has been written when {@link #ask} returns.
 */
public final class FakeClient {

    public final FakeSocket socket = new FakeSocket();

    private final String name;
    private final Server server = new Server();
    private final LocalConnector connector;
    private final HttpConnectionFactory http;
    private final End end;
    private final List<Exchange> exchanges = new ArrayList<>();
    private final AtomicInteger completed = new AtomicInteger();
    private final List<Throwable> failures = new ArrayList<>();

    /** The server's end of the connection, without a selector. */
    private static final class End extends SocketChannelEndPoint {

        private final AtomicInteger used = new AtomicInteger();

        End(SocketChannel channel, Scheduler scheduler) {
            super(channel, null, null, scheduler);
        }

        @Override
        public void notIdle() {
            if (used != null) { // also called while the superclass is being made
                used.incrementAndGet();
            }
            super.notIdle();
        }
    }

    /** A client whose requests all go to this endpoint, with the name {@code cam}, whatever their path is. */
    public FakeClient(Endpoint endpoint) {
        this("cam", endpoint);
    }

    /** A client whose requests all go to this endpoint, with this name, whatever their path is. */
    public FakeClient(String name, Endpoint endpoint) {
        this.name = name;
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        http = new HttpConnectionFactory(configuration);
        connector = new LocalConnector(
                server, null, null, null, 0, http); // nothing is accepted: the one connection is made here
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                answer(endpoint, request, response, callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        end = new End(socket, connector.getScheduler());
        Connection connection = http.newConnection(connector, end);
        end.setConnection(connection);
        end.onOpen();
        connection.onOpen();
    }

    private void answer(Endpoint endpoint, Request request, Response response, Callback callback) {
        Callback counted = Callback.from(
                callback.getInvocationType(),
                () -> {
                    completed.incrementAndGet();
                    callback.succeeded();
                },
                cause -> {
                    failures.add(cause);
                    callback.failed(cause);
                });
        Exchange exchange = new Exchange(request, response, counted, name);
        exchanges.add(exchange);
        try {
            endpoint.handle(exchange);
        } catch (HttpError error) {
            error.answer(exchange);
        } catch (UnknownFeedException e) {
            new HttpError(404, e.getMessage()).answer(exchange);
        }
    }

    /** Sends a request, which is handled before this returns. */
    public FakeClient ask(String method, String target, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        socket.receives(request + "\r\n");
        reads();
        return this;
    }

    /** Makes the connection read what has arrived. */
    public void reads() {
        end.getFillInterest().fillable();
    }

    /** Gives the kernel room for this number of bytes more, and makes the connection continue to write. */
    public void takesOn(int bytes) {
        socket.takesNoMoreThan(bytes);
        end.getWriteFlusher().completeWrite();
    }

    /** Nothing was sent or received for as long as the timeout. */
    public void isIdle() {
        TimeoutException why = new TimeoutException("nothing for the deadline");
        if (end.getConnection().onIdleExpired(why)) {
            end.close(why);
        }
    }

    /** The client has reset the connection, and the server finds out. */
    void goes() {
        socket.breaks(new IOException("connection reset"));
        end.getConnection().close();
    }

    /** How often the connection was notified that it is in use. */
    public int used() {
        return end.used.get();
    }

    /** The request that was asked last. */
    public Exchange exchange() {
        return exchanges.getLast();
    }

    /** How many requests have ended well. */
    public int completed() {
        return completed.get();
    }

    /** The reasons for which requests have failed. */
    public List<Throwable> failures() {
        return failures;
    }

    /** The head of the answer, without the blank line. */
    public String head() {
        String written = socket.written();
        int length = written.indexOf("\r\n\r\n");
        return length < 0 ? written : written.substring(0, length);
    }

    /** The headers of the answer. */
    public Map<String, String> headers() {
        return head().lines()
                .skip(1)
                .map(line -> line.split(": ", 2))
                .collect(java.util.stream.Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }

    /** What follows the head. */
    public String body() {
        return socket.written().substring(head().length() + 4);
    }

    public void close() throws Exception {
        end.close();
        server.setStopTimeout(TimeUnit.SECONDS.toMillis(5));
        server.stop();
    }
}
