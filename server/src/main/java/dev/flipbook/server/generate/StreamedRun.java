package dev.flipbook.server.generate;

import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.jspecify.annotations.Nullable;

/** One streamed response in progress: runs its generator, and ends it when the reader has gone or the server stops. */
final class StreamedRun implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /**
     * Size of the connection's send buffer in bytes, of which Linux allocates twice as much. The kernel reports free
     * space to Jetty when a third of the buffer is free. At this size, Jetty notices in time that even a reader of 3
     * KB/s takes something.
     */
    private static final int SEND_BUFFER = 128 << 10;
    /**
     * Number of calls of {@link #check}, which take half a second, between two tests whether the reader is still there.
     */
    private static final int READER = 500 / StreamedBody.CHECK_INTERVAL;

    private final String path;
    private final Exchange exchange;
    private final StreamedResponse response;
    private final StreamedResponse.Answer answer;
    private final StreamedBody body;
    private final EndPoint connection;
    private final Consumer<StreamedRun> whenOver;
    private volatile @Nullable Thread generator;

    // Used by check(), whose calls never overlap.
    private final ByteBuffer unasked = ByteBuffer.allocate(256);
    private int checks;

    StreamedRun(
            String path,
            Exchange exchange,
            StreamedResponse response,
            StreamedResponse.Answer answer,
            Consumer<StreamedRun> whenOver) {
        this.path = path;
        this.exchange = exchange;
        this.response = response;
        this.answer = answer;
        this.body = new StreamedBody(exchange.response(), answer.signOfLife());
        this.connection =
                exchange.request().getConnectionMetaData().getConnection().getEndPoint();
        this.whenOver = whenOver;
        exchange.request().addIdleTimeoutListener(_ -> false); // a generator may pause; Jetty limits the time of writes
    }

    @Override
    public void run() {
        try {
            limitKernel();
            generator = Thread.currentThread();
            answer.body().generate(body);
            generator = null;
            if (!body.begun()) {
                exchange.headers().remove(HttpHeader.TRANSFER_ENCODING); // an empty body has a length
            }
            body.finish();
            exchange.callback().succeeded();
        } catch (Exception | Error e) {
            generator = null;
            failed(e);
        } finally {
            whenOver.accept(this);
        }
    }

    private void failed(Throwable why) {
        if (body.lost() != null) {
            LOG.log(Level.DEBUG, "page=" + path + " ended early bytes=" + body.taken(), why);
            exchange.callback().failed(why);
        } else if (body.begun()) {
            showWhatThereIs();
            LOG.log(Level.ERROR, "page=" + path + " failed bytes=" + body.taken(), why);
            exchange.callback().failed(why);
        } else {
            refuse(why);
        }
    }

    /** Answers with an error, because nothing was sent yet. */
    private void refuse(Throwable why) {
        exchange.headers().remove(HttpHeader.TRANSFER_ENCODING);
        response.headers().keySet().forEach(exchange.headers()::remove);
        if (why instanceof OutOfMemoryError) {
            exchange.callback().failed(why); // the router answers it, as any request that finds no memory
            return;
        }
        HttpError error;
        if (why instanceof HttpError itself) {
            error = itself;
        } else if (why instanceof BadRequestException bad) {
            error = new HttpError(bad.status(), bad.getMessage());
        } else {
            LOG.log(Level.ERROR, "page=" + path + " failed before its first byte", why);
            error = new HttpError(
                    500, "the page '" + path + "' failed before its first byte; the log of its server says more");
        }
        error.answer(exchange);
    }

    private void showWhatThereIs() {
        try {
            body.drain();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "page=" + path + " no longer has a reader", e);
        }
    }

    /**
     * Sends what the generator has written, and tests twice a second whether the reader has gone. Called every
     * {@value StreamedBody#CHECK_INTERVAL} ms by one thread at a time. Never waits.
     */
    void check() {
        body.check();
        checks++;
        if (checks % READER == 0) {
            if (body.lost() != null) {
                interrupt();
            } else if (readerHasLeft()) {
                body.lose(new IOException("the reader has left"));
            }
        }
    }

    /** Ends the response at the generator's next write. */
    void end(String why) {
        body.lose(new IOException(why));
    }

    /**
     * Interrupts the generator. A generator that has not written for half a second after its reader had gone is waiting
     * for something else.
     */
    private void interrupt() {
        Thread waiting = generator;
        if (waiting != null) {
            generator = null; // only once, because the generator may have to clean up
            waiting.interrupt();
        }
    }

    /**
     * Whether the reader has gone. Nobody else reads from this connection because no request follows on it. A reader
     * that has only finished sending cannot be told from one that has gone.
     */
    private boolean readerHasLeft() {
        if (!(connection instanceof SocketChannelEndPoint socket)) {
            return !connection.isOpen();
        }
        try {
            return socket.getChannel().read(unasked.clear()) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private void limitKernel() {
        if (connection.getTransport() instanceof NetworkChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is gone", e); // the next write will fail
            }
        }
    }
}
