package dev.flipbook.live;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.flipbook.Ticker;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.javacpp.Pointer;

/**
 * FFmpeg's {@code interrupt_callback} of one input. FFmpeg asks it ten times a second, and before each read and write,
 * whether to give up. The answer is yes if the thread is interrupted, if the timeout is over, or if a server redirects
 * FFmpeg before the input is open. Used by the source thread only.
 */
final class Interruption implements AutoCloseable {

    private final AVFormatContext context;
    private final Ticker ticker;
    private final Arena arena = Arena.ofShared();
    private Thread reading = Thread.currentThread(); // the source thread
    private long begun; // when the current timeout began
    private long timeout; // nanoseconds
    private boolean opened;
    private boolean closing;
    private boolean timedOut;
    private boolean redirected;
    private long url; // address of FFmpeg's text with the URL, by which a redirect is noticed

    Interruption(AVFormatContext context, Ticker ticker) {
        this.context = context;
        this.ticker = ticker;
    }

    /**
     * Sets FFmpeg's callback, a function and its argument. JavaCPP's callbacks cannot be used, because a process can
     * have at most ten of a type.
     */
    @SuppressWarnings("restricted") // sets a function of FFmpeg's through the address of its field
    void install() {
        try {
            MemorySegment function = Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .bind(this, "answer", MethodType.methodType(int.class, MemorySegment.class)),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS),
                            arena);
            MemorySegment.ofAddress(context.interrupt_callback().address())
                    .reinterpret(ADDRESS.byteSize())
                    .set(ADDRESS, 0, function);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // cannot happen: the method is below
        }
    }

    /**
     * Called by FFmpeg, often, on the input's thread. Must not throw, because an exception would end the process.
     *
     * @return 1 to give up
     */
    @SuppressWarnings({"unused", "UnusedMethod"}) // called by its name, above
    private int answer(MemorySegment nothing) {
        return isGivenUp() ? 1 : 0;
    }

    /** Whether FFmpeg is to give up now. */
    boolean isGivenUp() {
        boolean late = ticker.nanos() - begun > timeout;
        if (closing) {
            return late;
        }
        timedOut |= late;
        redirected |= !opened && hasNewUrl();
        return timedOut || redirected || reading.isInterrupted();
    }

    /**
     * Whether FFmpeg follows a redirect of an RTSP server: it would send the password there, and has stored the new
     * address.
     */
    private boolean hasNewUrl() {
        Pointer now = context.url();
        long address = now == null ? 0 : now.address();
        if (url == 0) {
            url = address;
        }
        return url != address;
    }

    /** Begins a timeout, on the thread that will read. */
    void allow(long nanos) {
        reading = Thread.currentThread();
        begun = ticker.nanos();
        timeout = nanos;
    }

    /** The current timeout in seconds. */
    long seconds() {
        return timeout / 1_000_000_000;
    }

    /** Reports that the input is open, so that from now on FFmpeg may change its URL. */
    void opened() {
        opened = true;
    }

    /** Reports that the input is being closed, so that only the timeout counts. */
    void closing() {
        closing = true;
    }

    boolean isOpened() {
        return opened;
    }

    /** Whether FFmpeg has given up because a timeout was over. */
    boolean isTimedOut() {
        return timedOut;
    }

    /** Forgets that a timeout was over, because what has come may be enough. */
    void forgetTimeout() {
        timedOut = false;
    }

    /** Whether a server has redirected FFmpeg. */
    boolean isRedirected() {
        return redirected;
    }

    /** Whether the thread that reads is interrupted. */
    boolean isThreadInterrupted() {
        return reading.isInterrupted();
    }

    /** Frees the callback, which FFmpeg must not call afterwards. */
    @Override
    public void close() {
        arena.close();
    }
}
