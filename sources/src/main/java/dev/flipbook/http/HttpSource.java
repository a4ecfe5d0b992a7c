package dev.flipbook.http;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The source {@code http://…} and {@code https://…}: an MJPEG stream, or one picture that is requested again and again.
 * The answer shows which of them it is.
 *
 * <p>Confined to the source thread, except {@link #close}.
 */
final class HttpSource implements FrameSource {

    private final HttpAddress address;
    private final SourceOptions options;
    private final Ticker ticker;
    private final HttpConnection.Patience patience;

    private volatile @Nullable HttpRun run;
    private long damaged;
    private Encoding encoding = Encoding.NONE;

    HttpSource(HttpAddress address, SourceOptions options, Ticker ticker, HttpConnection.Patience patience) {
        this.address = address;
        this.options = options;
        this.ticker = ticker;
        this.patience = patience;
    }

    /**
     * A source for a URL.
     *
     * @throws IOException when the text is not a URL that can be requested
     */
    static HttpSource of(String text, SourceOptions options) throws IOException {
        return new HttpSource(HttpAddress.of(text), options, Ticker.system(), HttpConnection.Patience.DEFAULT);
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        HttpRun current = run;
        if (current == null) {
            current = new HttpRun(address, options, ticker, patience, damaged, encoding);
            run = current;
        }
        current.enter();
        try {
            return current.next();
        } catch (EOFException | SocketException | SSLException e) {
            throw interrupted(new IOException(current.host() + " closed the connection", e));
        } catch (SocketTimeoutException e) {
            throw interrupted(new IOException(current.host() + " stopped in the middle of a picture", e));
        } catch (IOException e) {
            throw interrupted(e);
        } finally {
            damaged = current.damaged();
            encoding = current.encoding();
            current.comeOut();
        }
    }

    /** Tells an interrupt from a failure: an interrupt closes the connection, which looks like any other failure. */
    private static IOException interrupted(IOException e) throws InterruptedException {
        if (Thread.interrupted()) {
            InterruptedException interrupt = new InterruptedException("interrupted while waiting for a picture");
            interrupt.addSuppressed(e);
            throw interrupt;
        }
        return e;
    }

    @Override
    public void close() {
        HttpRun current = run;
        run = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public String description() {
        return address.toString();
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }
}
