package dev.flipbook.servlet;

import dev.flipbook.FrameSink.Completion;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response in a servlet container that notes what is done to it, and takes as many writes as the test lets it. */
final class FakeContainer extends ServletOutputStream {

    /** What was done, in order: {@code write 10}, {@code flush}, {@code head}, {@code drained}, {@code failed: why}, {@code complete}. */
    final List<String> done = new ArrayList<>();

    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final List<AsyncListener> listeners = new ArrayList<>();
    final AsyncContext async = part(AsyncContext.class, new Async());
    final HttpServletResponse response = part(HttpServletResponse.class, new Response());

    /** How many writes and flushes it takes before it asks to be waited for. */
    int room = Integer.MAX_VALUE;

    /** What the container does inside a write. */
    Runnable inside = () -> {};

    /** What the container does when it is asked whether it is ready and is not. */
    Runnable whenFull = () -> {};

    int buffer;
    int givenBuffer = 10;
    boolean hasEnded;

    @Nullable
    IOException broken;

    @Nullable
    WriteListener writer;

    /** What a frame has to say of its end. */
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

    /** As the container does when there is room again. */
    void takes(int more) throws IOException {
        room = more;
        if (writer != null) {
            writer.onWritePossible();
        }
    }

    /** What the container has of a request that goes on after its method has returned. */
    final class Async {
        @Nullable
        ServletRequest getRequest() {
            return null;
        }

        @Nullable
        ServletResponse getResponse() {
            return null;
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

    final class Response {
        void setBufferSize(int bytes) {
            buffer = bytes;
        }

        int getBufferSize() {
            return givenBuffer;
        }

        ServletOutputStream getOutputStream() {
            return FakeContainer.this;
        }

        void flushBuffer() {
            done.add("head");
        }
    }

    /** The methods of an interface that the object has; the others must not be called. */
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
