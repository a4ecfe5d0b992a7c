package dev.flipbook.servlet;

import dev.flipbook.FrameSink;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's response in a servlet container as a sink. It has drained when the container says that it is ready for more behind
 * a flush: it then holds nothing of the frame any more. Until then the block is held too, as some containers (Jetty) go on
 * reading it and others (Tomcat) have copied what the socket did not take.
 *
 * <p>A frame goes out in pieces that fit into the response's buffer, each flushed: of a larger one Tomcat would keep a rest that
 * only its own threads may send, and wake one of them for each frame and viewer.
 *
 * <p>Frames are written by whatever thread wakes the viewer, and the container's own threads tell of progress and of the end. A
 * container reuses its streams for other requests when one has ended: the thread that brings the end waits until a write under
 * way, which never blocks, has returned.
 */
final class ServletSink implements FrameSink, WriteListener, AsyncListener {

    private enum State {
        /** No write is under way. */
        IDLE,
        /** A thread is inside the container's stream. */
        CALLING,
        /** The same, and the container has said meanwhile that more may be written. */
        CALLED_BACK,
        /** The container has bytes to write, and will call back. */
        WAITING,
        /** The response has ended while a thread is inside of its stream, which is to find it when it comes out. */
        ENDING,
        /** Nothing of the container may be touched any more. */
        GONE
    }

    /** Of the response, in bytes. Tomcat keeps so much for each viewer; Jetty takes frames as they are, without a buffer. */
    private static final int BUFFER = 32 << 10;

    /** How long the end waits for a write, in nanoseconds: no write takes so long. */
    private static final long PATIENCE = 1_000_000_000;

    private final Consumer<FrameSink> begin;
    private final AsyncContext async;
    private final ServletOutputStream out;
    private final int piece;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    // owned by whoever made the state CALLING
    private @Nullable Completion completion;
    private @Nullable ByteBuffer slice;
    private int end;
    private int position;
    private boolean last;
    private boolean flushed;

    // the container's own thread's
    private boolean begun;

    private ServletSink(Consumer<FrameSink> begin, int piece, AsyncContext async, ServletOutputStream out) {
        this.begin = begin;
        this.async = async;
        this.out = out;
        this.piece = piece;
    }

    /**
     * Has the response's pictures written from now on. Its headers are set.
     *
     * @param begin is run when the container is ready, with what is written to from then on
     */
    static void open(Consumer<FrameSink> begin, AsyncContext async, HttpServletResponse response) throws IOException {
        of(begin, async, response).listen();
    }

    /** Has this one picture written, and ends the response. Its headers are set. */
    static void send(ByteBuffer picture, Completion whenDone, AsyncContext async, HttpServletResponse response)
            throws IOException {
        ServletSink sink = of(nothing -> {}, async, response);
        sink.begun = true;
        sink.take(picture, true, whenDone);
        sink.state.set(State.WAITING); // the container calls back when it is ready, or tells of the end
        sink.listen();
    }

    private static ServletSink of(Consumer<FrameSink> begin, AsyncContext async, HttpServletResponse response)
            throws IOException {
        response.setBufferSize(BUFFER);
        int piece = Math.max(1, response.getBufferSize());
        return new ServletSink(begin, piece, async, bare(response).getOutputStream());
    }

    private void listen() {
        async.addListener(this);
        out.setWriteListener(this);
    }

    /**
     * The container's own response. A filter's, such as that of Spring Security, adds its headers when the head goes out, and
     * has nothing to do afterwards; but its stream would copy each frame for each viewer.
     */
    private static ServletResponse bare(HttpServletResponse response) throws IOException {
        ServletResponse bare = response;
        if (response instanceof ServletResponseWrapper) {
            response.flushBuffer();
        }
        while (bare instanceof ServletResponseWrapper wrapper) {
            bare = wrapper.getResponse();
        }
        return bare;
    }

    @Override
    public void onWritePossible() {
        if (!begun) {
            begun = true;
            begin.accept(this);
            return;
        }
        while (true) {
            if (state.compareAndSet(State.CALLING, State.CALLED_BACK)) {
                return; // the thread inside goes on
            }
            if (state.compareAndSet(State.WAITING, State.CALLING)) {
                advance();
                return;
            }
            State now = state.get();
            if (now != State.CALLING && now != State.WAITING) {
                return; // asked for nothing
            }
        }
    }

    @Override
    public void write(ByteBuffer whole, boolean lastWrite, Completion whenDone) {
        if (!state.compareAndSet(State.IDLE, State.CALLING)) {
            whenDone.failed(new IOException("the viewer has gone"));
            return;
        }
        take(whole, lastWrite, whenDone);
        advance();
    }

    private void take(ByteBuffer whole, boolean lastWrite, Completion whenDone) {
        completion = whenDone;
        slice = whole;
        position = whole.position();
        end = whole.limit();
        last = lastWrite;
        flushed = true;
    }

    /** Writes and flushes piece by piece as far as the container takes it without waiting. In state CALLING. */
    private void advance() {
        ByteBuffer bytes = slice;
        Completion done = completion;
        if (bytes == null || done == null) {
            return;
        }
        try {
            while (position < end || !flushed || !out.isReady()) {
                if (!out.isReady()) {
                    if (state.compareAndSet(State.CALLING, State.WAITING)) {
                        return; // the container calls back
                    }
                    if (!state.compareAndSet(State.CALLED_BACK, State.CALLING)) {
                        fail(done, new IOException("the viewer has gone"));
                        return;
                    }
                } else if (!flushed) {
                    out.flush();
                    flushed = true;
                } else {
                    int from = position;
                    position = Math.min(end, from + piece);
                    flushed = false;
                    out.write(bytes.limit(position).position(from));
                }
            }
        } catch (IOException | RuntimeException e) {
            fail(done, e);
            return;
        }
        finish(done);
    }

    private void finish(Completion done) {
        State next = last ? State.GONE : State.IDLE;
        boolean ended = last;
        if (!state.compareAndSet(State.CALLING, next) && !state.compareAndSet(State.CALLED_BACK, next)) {
            fail(done, new IOException("the viewer has gone"));
            return;
        }
        done.drained();
        if (ended) {
            complete();
        }
    }

    /** The container itself ends a response whose stream has failed, and tells so: doing it here as well would be a race. */
    private void fail(Completion done, Exception cause) {
        state.set(State.GONE);
        done.failed(cause);
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            state.set(State.GONE); // the container has done it
        }
    }

    /** Of the stream. */
    @Override
    public void onError(Throwable cause) {
        end(cause);
        complete();
    }

    /** Of the request. */
    @Override
    public void onError(AsyncEvent event) {
        Throwable cause = event.getThrowable();
        end(cause == null ? new IOException("the viewer has gone") : cause);
        complete();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        onError(event);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end(new IOException("the response has ended"));
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    /** What waits fails; what is inside the stream is to come out of it first. */
    private void end(Throwable cause) {
        while (true) {
            State now = state.get();
            switch (now) {
                case GONE -> {
                    return;
                }
                case ENDING -> {
                    awaitGone();
                    return;
                }
                case IDLE, WAITING -> {
                    if (state.compareAndSet(now, State.GONE)) {
                        Completion waiting = completion;
                        if (now == State.WAITING && waiting != null) {
                            waiting.failed(cause);
                        }
                        return;
                    }
                }
                case CALLING, CALLED_BACK -> {
                    if (state.compareAndSet(now, State.ENDING)) {
                        awaitGone();
                        return;
                    }
                }
            }
        }
    }

    private void awaitGone() {
        long since = System.nanoTime();
        while (state.get() != State.GONE && System.nanoTime() - since < PATIENCE) {
            Thread.onSpinWait();
        }
    }
}
