package dev.flipbook.server.generate;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Writes a page or other text. Text is sent within 50 ms, even if the generator pauses. After a pause of at least 100
 * ms, the next text is sent at once; {@link #flush} sends it now. As a {@link Writer} it can be passed to any template
 * engine.
 *
 * <p>Each method waits while the reader is slow, and throws an {@link IOException} if the reader has gone. Used by one
 * thread.
 */
public final class StreamedText extends Writer {

    private final StreamedResponse.Request request;
    private final StreamedBody body;
    /** The first half of a surrogate pair whose second half has not been written yet; 0 if there is none. */
    private char half;

    StreamedText(StreamedResponse.Request request, StreamedBody body) {
        this.request = request;
        this.body = body;
    }

    /** The request. */
    public StreamedResponse.Request request() {
        return request;
    }

    /** Writes a text and a line feed. */
    public void println(String text) throws IOException {
        write(text + '\n');
    }

    @Override
    public void write(String text) throws IOException {
        if (text.isEmpty()) {
            return;
        }
        String all = half == 0 ? text : half + text;
        char end = all.charAt(all.length() - 1);
        boolean halved = Character.isHighSurrogate(end);
        half = halved ? end : 0;
        String whole = halved ? all.substring(0, all.length() - 1) : all;
        body.put(whole.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
        write(text.substring(from, from + length));
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
        write(String.valueOf(text, from, length));
    }

    @Override
    public void write(int character) throws IOException {
        write(String.valueOf((char) character));
    }

    @Override
    public StreamedText append(CharSequence text) throws IOException {
        write(Objects.toString(text));
        return this;
    }

    @Override
    public StreamedText append(CharSequence text, int from, int end) throws IOException {
        return append(Objects.toString(text).subSequence(from, end));
    }

    @Override
    public StreamedText append(char character) throws IOException {
        write(character);
        return this;
    }

    /** Sends now what was written. */
    @Override
    public void flush() throws IOException {
        body.flush();
    }

    /** Sends now what was written. The response ends only when the generator returns. */
    @Override
    public void close() throws IOException {
        flush();
    }

    /** Called after the generator has returned. */
    void end() throws IOException {
        if (half != 0) {
            half = 0;
            body.put(new byte[] {'?'});
        }
    }
}
