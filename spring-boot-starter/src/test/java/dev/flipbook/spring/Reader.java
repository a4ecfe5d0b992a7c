package dev.flipbook.spring;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One request over a socket of its own, with nothing in between. */
final class Reader implements AutoCloseable {

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final String status;

    Reader(int port, String path, String... more) throws IOException {
        this(port, "GET", path, 0, more);
    }

    /** @param receiveBuffer of the socket; 0 leaves it to the kernel */
    Reader(int port, String method, String path, int receiveBuffer, String... more) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(60_000);
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : more) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
        InputStream bare = socket.getInputStream();
        in = new DataInputStream(receiveBuffer > 0 ? bare : new BufferedInputStream(bare, 65536));
        status = line();
        readHeaders(headers);
    }

    String status() {
        return status.replaceFirst("HTTP/1.1 (\\d+).*", "$1");
    }

    /** A header, or an empty text. */
    String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** The body of a response with a length. */
    String body() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    byte[] bytes() throws IOException {
        return in.readNBytes(Integer.parseInt(header("Content-Length")));
    }

    /** Everything up to the end of the connection. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** This number of bytes, or everything up to the end if there are fewer. */
    String rest(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** The next part's picture, in the strict framing. */
    byte[] picture() throws IOException {
        String delimiter = line();
        while (delimiter.isEmpty()) {
            delimiter = line();
        }
        if (delimiter.endsWith("--")) {
            throw new EOFException("the closing delimiter: " + delimiter);
        }
        Map<String, String> part = new LinkedHashMap<>();
        readHeaders(part);
        byte[] picture = new byte[Integer.parseInt(part.getOrDefault("content-length", "-1"))];
        in.readFully(picture);
        return picture;
    }

    private void readHeaders(Map<String, String> into) throws IOException {
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] parts = line.split(": *", 2);
            into.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("ended in a line: " + line);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
