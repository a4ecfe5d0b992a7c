package dev.flipbook.http;

import dev.flipbook.Ticker;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a web server, for one request.
 *
 * <p>Used on the source thread. {@link #close}, which any thread may call, and an interrupt end every wait.
 */
final class HttpConnection implements Closeable {

    /*
     * The JDK's own clients do not fit. Both look up names by themselves, so the connection may go to another address
     * than the one that was checked. HttpClient keeps its threads until it is garbage collected (it has no close()
     * before Java 21). HttpURLConnection keeps connections for others to use, repeats requests by itself, and ignores
     * interrupts. A GET without any of that is short.
     */

    /**
     * The timeouts of a connection.
     *
     * @param connect for the look-up of the name, and again for each address
     * @param answer for the answer up to its body
     */
    record Patience(Duration connect, Duration answer) {
        /**
         * The defaults. A camera on the network connects within a second, but may have to wake its sensor before it
         * answers.
         */
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    private static final int BUFFER = 16 << 10;

    private final HttpAddress to;
    private final Patience patience;
    private final Ticker ticker;
    private AddressScope reach = AddressScope.PUBLIC;
    private volatile boolean closed;
    private volatile @Nullable SocketChannel channel;
    private volatile @Nullable CompletableFuture<InetAddress[]> lookup;

    HttpConnection(HttpAddress to, Patience patience, Ticker ticker) {
        this.to = to;
        this.patience = patience;
        this.ticker = ticker;
    }

    /**
     * Connects, sends the request, and reads the answer up to its body.
     *
     * @param least the narrowest {@link AddressScope} to whose addresses the client may connect
     * @param headers lines of the request, each with its line end
     * @throws IOException with a sentence for the user when there is no answer in time
     */
    HttpAnswer get(AddressScope least, String headers) throws IOException, InterruptedException {
        Socket socket = connected(least);
        long deadline = ticker.nanos() + patience.answer().toNanos();
        try {
            InputStream in = new BufferedInputStream(talk(socket, headers), BUFFER);
            HttpAnswer answer = HttpAnswer.read(new Timed(in, socket, deadline), in);
            socket.setSoTimeout(0); // whether the body comes is watched by the code that waits for pictures
            return answer;
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    to.host() + " accepted the connection and did not answer within " + seconds(patience.answer()), e);
        } catch (SSLException e) {
            throw new IOException(untrusted(e), e);
        } catch (EOFException | SocketException e) {
            throw new IOException(to.host() + " closed the connection before it had answered", e);
        }
    }

    private InputStream talk(Socket plain, String headers) throws IOException {
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(Math.toIntExact(patience.answer().toMillis()));
        Socket socket = to.secure() ? encrypted(plain) : plain;
        String request = "GET " + to.target() + " HTTP/1.1\r\nHost: " + to.hostHeader() + "\r\n" + headers + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return socket.getInputStream();
    }

    private Socket encrypted(Socket plain) throws IOException {
        SSLSocketFactory factory = trust().getSocketFactory();
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, to.host(), to.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate has to be one of this host
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext trust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java does not support https", e);
        }
    }

    private String untrusted(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
                return "the certificate of " + to.host() + " is not trusted";
            }
        }
        return to.place() + " does not use https as it should";
    }

    private Socket connected(AddressScope least) throws IOException, InterruptedException {
        IOException last = new IOException("there is no address of " + to.host());
        for (InetAddress address : allowed(least)) {
            try {
                return connect(address);
            } catch (IOException e) {
                if (closed || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                last = e;
            }
        }
        throw last;
    }

    private Socket connect(InetAddress address) throws IOException {
        SocketChannel next = SocketChannel.open();
        channel = next;
        if (closed) {
            next.close();
        }
        try {
            next.socket()
                    .connect(
                            new InetSocketAddress(address, to.port()),
                            Math.toIntExact(patience.connect().toMillis()));
            reach = AddressScope.of(address);
            return next.socket();
        } catch (IOException e) {
            next.close();
            throw new IOException(unreached(e), e);
        }
    }

    private String unreached(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return to.place() + " does not answer: no connection within " + seconds(patience.connect());
        }
        if (e instanceof NoRouteToHostException) {
            return to.place() + " cannot be reached: no route to the host";
        }
        if (e instanceof ConnectException) {
            return "connection refused by " + to.place();
        }
        return to.place() + " cannot be reached";
    }

    /** The addresses that may be connected to. The name is looked up only once. */
    private List<InetAddress> allowed(AddressScope least) throws IOException, InterruptedException {
        AddressScope floor = least == AddressScope.FORBIDDEN ? AddressScope.LOOPBACK : least;
        List<InetAddress> allowed = Arrays.stream(lookUp())
                .filter(address -> AddressScope.of(address).compareTo(floor) >= 0)
                .toList();
        if (allowed.isEmpty()) {
            throw new IOException(
                    floor == AddressScope.LOOPBACK
                            ? to.host() + " is a link-local or multicast address, from which no pictures are fetched"
                            : "the redirect to " + to.host() + " leads further into a network, and is not followed");
        }
        return allowed;
    }

    private InetAddress[] lookUp() throws IOException, InterruptedException {
        if (to.host().indexOf(':') >= 0 || to.host().matches("[0-9.]+")) {
            return literal();
        }
        CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
        lookup = found;
        if (closed) {
            found.cancel(true);
        }
        // A look-up cannot be stopped. The look-up goes on by itself as long as the system lets it.
        Thread thread = new Thread(() -> lookUp(to.host(), found), "flipbook-lookup");
        thread.setDaemon(true);
        thread.start();
        try {
            return found.get(patience.connect().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("there is no host named " + to.host(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no name server gave the address of " + to.host() + " within " + seconds(patience.connect()), e);
        } catch (CancellationException e) {
            throw new IOException("closed", e);
        }
    }

    private InetAddress[] literal() throws IOException {
        try {
            return InetAddress.getAllByName(to.host());
        } catch (UnknownHostException e) {
            throw new IOException(to.host() + " is not an address", e);
        }
    }

    private static void lookUp(String host, CompletableFuture<InetAddress[]> found) {
        try {
            found.complete(InetAddress.getAllByName(host));
        } catch (UnknownHostException | RuntimeException e) {
            found.completeExceptionally(e);
        }
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** Sets the maximum time between two bytes of the body from now on; zero for no limit. */
    void limitSilence(Duration most) throws SocketException {
        SocketChannel open = channel;
        if (open != null) {
            open.socket().setSoTimeout(Math.toIntExact(most.toMillis()));
        }
    }

    /** The scope of the address to which the client has connected. */
    AddressScope reach() {
        return reach;
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<InetAddress[]> asked = lookup;
        if (asked != null) {
            asked.cancel(true);
        }
        SocketChannel open = channel;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "a connection did not close", e);
            }
        }
    }

    /**
     * Reads with one deadline for everything together, so that a server gains no time by sending single bytes.
     */
    private final class Timed extends InputStream {
        private final InputStream in;
        private final Socket socket;
        private final long deadline;

        Timed(InputStream in, Socket socket, long deadline) {
            this.in = in;
            this.socket = socket;
            this.deadline = deadline;
        }

        @Override
        public int read() throws IOException {
            limit();
            return in.read();
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            limit();
            return in.read(to, from, length);
        }

        private void limit() throws IOException {
            if (in.available() == 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - ticker.nanos());
                if (left <= 0) {
                    throw new SocketTimeoutException("the answer takes too long");
                }
                socket.setSoTimeout(Math.toIntExact(left));
            }
        }
    }
}
