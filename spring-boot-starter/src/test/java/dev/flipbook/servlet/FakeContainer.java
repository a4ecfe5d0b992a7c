package dev.flipbook.servlet;

import dev.flipbook.FrameSink.Completion;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A request and its response in a fake servlet container. The container notes what is done to them, and accepts the
 * number of writes that the test allows. Any thread may read the notes.
 */
final class FakeContainer extends ServletOutputStream {

    /** A small whole picture. */
    static final byte[] PICTURE =
            new Canvas(16, 16, 0x204060).encode(JpegEncoder.best(), 80).bytes();

    /** What was done, in order: {@code answer}, {@code write 10}, {@code flush}, {@code head}, {@code drained}, {@code failed: why}, {@code complete}. */
    final List<String> done = new CopyOnWriteArrayList<>();

    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final List<AsyncListener> listeners = new CopyOnWriteArrayList<>();

    /** The headers of the response. */
    final Map<String, String> headers = new ConcurrentHashMap<>();

    /** The headers of the request. */
    final Map<String, String> asked = new ConcurrentHashMap<>();

    final Map<String, String> query = new ConcurrentHashMap<>();
    final Map<String, Object> attributes = new ConcurrentHashMap<>();
    final AsyncContext async = part(AsyncContext.class, new Async());
    final HttpServletRequest request = part(HttpServletRequest.class, new Request());
    final HttpServletResponse response = part(HttpServletResponse.class, new Response());

    /** Number of writes and flushes that the container accepts before it is not ready any more. */
    int room = Integer.MAX_VALUE;

    /** What the container does inside a write. */
    Runnable inside = () -> {};

    /** What the container does when it is not ready and is asked whether it is. */
    Runnable whenFull = () -> {};

    String method = "GET";
    String protocol = "HTTP/1.1";
    String path = "/";
    volatile int status;
    volatile long timeout = -1;
    volatile boolean committed;

    /** What the container does when it learns how long the response is. */
    Runnable whenLong = () -> {};

    /** What the container does when it is asked for a value of the query. */
    Runnable whenAsked = () -> {};

    int buffer;
    int givenBuffer = 10;
    volatile boolean hasEnded;

    /** Why there is no stream to write to. */
    @Nullable
    volatile IOException without;

    @Nullable
    IOException broken;

    @Nullable
    volatile WriteListener writer;

    /** Notes how the write of a frame ends. */
    final Completion completion = new Completion() {
        @Override
        public void drained() {
            done.add("drained");
        }

        @Override
        public void failed(Throwable cause) {
            done.add("failed: " + cause.getMessage());
        }
    };

    @Override
    public boolean isReady() {
        if (room == 0) {
            whenFull.run();
            return false;
        }
        return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        writer = listener;
    }

    @Override
    public void write(int one) {
        throw new AssertionError("a frame is not written byte by byte");
    }

    @Override
    public void write(byte[] answer, int from, int length) {
        done.add("answer");
        sent.write(answer, from, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        inside.run();
        if (broken != null) {
            throw broken;
        }
        room--;
        done.add("write " + bytes.remaining());
        while (bytes.hasRemaining()) {
            sent.write(bytes.get());
        }
    }

    @Override
    public void flush() {
        room--;
        done.add("flush");
    }

    /** What has been sent, as text. */
    String text() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    /** Makes room for more writes, and calls the listener as a container does. */
    void takes(int more) throws IOException {
        room = more;
        if (writer != null) {
            writer.onWritePossible();
        }
    }

    /** The container's object for a request that continues after its method has returned. */
    final class Async {
        @Nullable
        ServletRequest getRequest() {
            return null;
        }

        @Nullable
        ServletResponse getResponse() {
            return null;
        }

        void setTimeout(long millis) {
            timeout = millis;
        }

        void addListener(AsyncListener listener) {
            listeners.add(listener);
        }

        void complete() {
            if (hasEnded) {
                throw new IllegalStateException("it has ended");
            }
            done.add("complete");
        }
    }

    final class Request {
        AsyncContext startAsync() {
            return async;
        }

        String getMethod() {
            return method;
        }

        String getProtocol() {
            return protocol;
        }

        String getServletPath() {
            return path;
        }

        @Nullable
        String getPathInfo() {
            return null;
        }

        String getRemoteAddr() {
            return "192.0.2.7";
        }

        int getRemotePort() {
            return 4711;
        }

        @Nullable
        String getHeader(String name) {
            return asked.get(name);
        }

        @Nullable
        String getParameter(String key) {
            whenAsked.run();
            return query.get(key);
        }

        void setAttribute(String name, Object value) {
            attributes.put(name, value);
        }
    }

    final class Response {
        void setStatus(int code) {
            status = code;
        }

        void setHeader(String name, String value) {
            headers.put(name, value);
        }

        boolean containsHeader(String name) {
            return headers.containsKey(name);
        }

        void setContentType(String type) {
            headers.put("Content-Type", type);
        }

        void setContentLength(int length) {
            whenLong.run();
            headers.put("Content-Length", Integer.toString(length));
        }

        boolean isCommitted() {
            return committed;
        }

        void setBufferSize(int bytes) {
            buffer = bytes;
        }

        int getBufferSize() {
            return givenBuffer;
        }

        ServletOutputStream getOutputStream() throws IOException {
            if (without != null) {
                throw without;
            }
            return FakeContainer.this;
        }

        void flushBuffer() {
            done.add("head");
        }
    }

    /** A proxy for an interface, with those of its methods that the object has. The others must not be called. */
    static <T> T part(Class<T> type, Object object) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Method own = object.getClass().getDeclaredMethod(method.getName(), method.getParameterTypes());
            own.setAccessible(true);
            try {
                return own.invoke(object, given);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        }));
    }
}
