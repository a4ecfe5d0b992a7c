package dev.flipbook.it.kit;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A connection to a server on this machine, of which the test sends and reads every byte itself. For one thread. */
public final class RawConnection implements AutoCloseable {

    /** Timeout for reads: longer than anything here may take, so that a test fails with a reason and does not hang. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Socket socket;
    private InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawConnection to(int port) throws IOException {
        return open(new Socket(), port);
    }

    /**
     * A connection with a small receive buffer, which takes little of what the peer sends while the test does not read.
     */
    public static RawConnection withReceiveBuffer(int port, int bytes) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(bytes); // counts only before the connection is made
        return open(socket, port);
    }

    /** A connection from another address of this machine, such as 127.0.0.2. */
    public static RawConnection from(String address, int port) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(address, 0));
        return open(socket, port);
    }

    private static RawConnection open(Socket socket, int port) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), (int)
                PATIENCE.toMillis());
        return new RawConnection(socket);
    }

    /** Sends these characters as one byte each. */
    public RawConnection send(String latin1) throws IOException {
        return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a request without a body, with a right {@code Host} and these header lines. */
    public RawConnection ask(String method, String target, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(request.append("\r\n").toString());
    }

    /** Sends the handshake of a WebSocket. */
    public RawConnection askForWebSocket() throws IOException {
        return ask(
                "GET",
                "/ws",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
    }

    /** Reads the status line and the headers. */
    public ResponseHead head() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            lines.add(line);
        }
        return ResponseHead.of(lines);
    }

    /** Reads the content of chunks from now on. A proxy sends a response in chunks if it does not know the length. */
    public void readChunks() {
        in = new Chunks(in);
    }

    /** Reads up to CRLF, which is not in the answer. A line feed alone is part of the line. */
    public String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < 2 || line.lastIndexOf("\r\n") != line.length() - 2) {
            line.append((char) read());
        }
        return line.substring(0, line.length() - 2);
    }

    public int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the server closed the connection");
        }
        return next;
    }

    public byte[] read(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the server closed the connection after " + read.length + " of " + bytes + " bytes");
        }
        return read;
    }

    /** What one read of the socket gives: the bytes that have come together. */
    public byte[] readOnce() throws IOException {
        byte[] buffer = new byte[1 << 20];
        int length = Math.max(0, in.read(buffer));
        return Arrays.copyOf(buffer, length);
    }

    /** Everything until the server closes. */
    public byte[] rest() throws IOException {
        return in.readAllBytes();
    }

    /** Whether the server has closed, in order or with a reset; waits for it. */
    public boolean ends() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether the server has closed by now; what it has sent is thrown away. */
    public boolean hasEnded() {
        try {
            socket.setSoTimeout(1);
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Ends the output. The connection can still be read. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection with a reset, as happens when a program is killed. */
    public void abort() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
