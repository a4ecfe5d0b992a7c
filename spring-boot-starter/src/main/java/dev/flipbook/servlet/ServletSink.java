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
 * Writes a feed to a viewer's response in a servlet container. A write has drained when the container is ready for more
 * after a flush; then the container holds nothing of the frame any more. Until then the block must be held, because
 * some containers (Jetty) still read it, while others (Tomcat) have copied what the socket did not take.
 *
 * <p>A frame is written in pieces that fit into the response's buffer, each followed by a flush. Of a larger piece
 * Tomcat would keep a rest that only its own threads may send, and would have to wake one of them for each frame and
 * viewer.
 *
 * <p>Threads. Any thread that wakes the viewer writes frames, and the container's threads report progress and the end.
 * A container reuses its streams for other requests after one has ended. Therefore the thread that reports the end
 * waits until a write in progress, which never blocks, has returned.
 */
final class ServletSink implements FrameSink, WriteListener, AsyncListener {

    private enum State {
        /** No write is in progress. */
        IDLE,
        /** A thread is inside the container's stream. */
        CALLING,
        /**
         * A thread is inside the container's stream, and the container has reported meanwhile that more may be written.
         */
        CALLED_BACK,
        /** The container still has bytes to write, and will call back. */
        WAITING,
        /** The response has ended while a thread is inside its stream; that thread notices when it returns. */
        ENDING,
        /** Nothing of the container may be used any more. */
        GONE
    }

    /**
     * Size of the response's buffer in bytes. Tomcat allocates that much for each viewer; Jetty takes frames directly,
     * without a buffer.
     */
    private static final int BUFFER = 32 << 10;

    /** Maximum time in nanoseconds for which the end waits for a write. No write takes that long. */
    private static final long END_TIMEOUT = 1_000_000_000;

    private final Consumer<FrameSink> begin;
    private final AsyncContext async;
    private final ServletOutputStream out;
    private final int piece; // maximum bytes of one piece
    private final long patience; // how long the end waits for a write, in nanoseconds
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    // Owned by the thread that has set the state to CALLING.
    private @Nullable Completion completion;
    private @Nullable ByteBuffer slice;
    private int end; // end of the frame in the slice
    private int position; // where the next piece begins
    private boolean last; // whether this is the last frame
    private boolean flushed; // whether the last piece was flushed

    // Used by the container's own thread.
    private boolean begun; // whether begin was called

    private ServletSink(
            Consumer<FrameSink> begin, int piece, long patience, AsyncContext async, ServletOutputStream out) {
        this.begin = begin;
        this.async = async;
        this.out = out;
        this.piece = piece;
        this.patience = patience;
    }

    /**
     * Begins to write pictures to the response. The response's headers must be set already.
     *
     * @param begin called when the container is ready, with the sink to write to
     */
    static void open(Consumer<FrameSink> begin, AsyncContext async, HttpServletResponse response) throws IOException {
        open(begin, END_TIMEOUT, async, response);
    }

    /** The same; the end of the response waits this many nanoseconds at most for a write that is under way. */
    static void open(Consumer<FrameSink> begin, long patience, AsyncContext async, HttpServletResponse response)
            throws IOException {
        of(begin, patience, async, response).listen();
    }

    /** Writes this one picture, and ends the response. The response's headers must be set already. */
    static void send(ByteBuffer picture, Completion whenDone, AsyncContext async, HttpServletResponse response)
            throws IOException {
        ServletSink sink = of(nothing -> {}, END_TIMEOUT, async, response);
        sink.begun = true;
        sink.take(picture, true, whenDone);
        sink.state.set(State.WAITING); // the container calls back when it is ready or when the request ends
        sink.listen();
    }

    private static ServletSink of(
            Consumer<FrameSink> begin, long patience, AsyncContext async, HttpServletResponse response)
            throws IOException {
        response.setBufferSize(BUFFER);
        int piece = Math.max(1, response.getBufferSize());
        return new ServletSink(begin, piece, patience, async, bare(response).getOutputStream());
    }

    private void listen() {
        async.addListener(this);
        out.setWriteListener(this);
    }

    /**
     * The container's own response. A filter's response, such as that of Spring Security, adds its headers when the
     * head is sent, and has nothing to do afterwards; but its stream would copy each frame for each viewer.
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
                return; // the thread inside the stream goes on
            }
            if (state.compareAndSet(State.WAITING, State.CALLING)) {
                advance();
                return;
            }
            State now = state.get();
            if (now != State.CALLING && now != State.WAITING) {
                return; // a call without a request for it
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

    /**
     * Writes and flushes piece by piece, as long as the container takes them without waiting. The state must be
     * CALLING.
     */
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

    /**
     * Fails the write. The container itself ends a response whose stream has failed, and reports that; ending it here
     * as well would be a race.
     */
    private void fail(Completion done, Exception cause) {
        state.set(State.GONE);
        done.failed(cause);
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            state.set(State.GONE); // the container has ended it already
        }
    }

    /** Called for errors of the stream. */
    @Override
    public void onError(Throwable cause) {
        end(cause);
        complete();
    }

    /** Called for errors of the request. */
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

    /** Ends the sink: fails a write that waits, and waits for a thread that is inside the stream. */
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
        while (state.get() != State.GONE && System.nanoTime() - since < patience) {
            Thread.onSpinWait();
        }
    }
}
