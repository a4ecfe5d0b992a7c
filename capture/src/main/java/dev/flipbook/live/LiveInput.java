package dev.flipbook.live;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.Ticker;
import dev.flipbook.capture.Ffmpeg;
import dev.flipbook.capture.MediaInput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.ConnectException;
import java.util.Map;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * An open live input.
 *
 * <p>FFmpeg asks ten times a second, and before each read and write, whether it is to give up: when its thread is interrupted,
 * when nothing has come for too long, and when a server sends it elsewhere. Confined to the source thread.
 */
final class LiveInput extends MediaInput {

    /** To connect, to greet, and to see the first pictures. */
    private static final long OPENING = 5_000_000_000L;

    /** The supervisor of a feed notices silence sooner; this is for programs that have none. */
    private static final long SILENCE = 30_000_000_000L;

    /** To say goodbye to the server: some cameras serve only a few at once and wait long for one that has just gone. */
    private static final long GOODBYE = 500_000_000;

    /** A device that has no picture yet is asked again after this. */
    private static final long PAUSE = 5_000_000;

    private final LiveOrigin origin;
    private final Ticker ticker;
    private final Arena arena = Arena.ofShared();
    private Thread reading = Thread.currentThread();
    private long since;
    private long limit;
    private boolean opened;
    private boolean closing;
    private boolean tooLate;
    private boolean sentAway;
    private long url;

    private LiveInput(LiveOrigin origin, Ticker ticker) throws IOException {
        this.origin = origin;
        this.ticker = ticker;
    }

    /** @throws IOException with a sentence for the user when there is nothing to show */
    static LiveInput open(LiveOrigin origin, Ticker ticker) throws IOException, InterruptedException {
        Ffmpeg.load();
        ConnectException refused = null;
        for (String address : origin.addresses()) {
            LiveInput input = new LiveInput(origin, ticker);
            try {
                input.open(address);
                return input;
            } catch (ConnectException e) {
                input.close();
                refused = e; // a host may have several addresses, of which one is served
            } catch (IOException | InterruptedException | RuntimeException e) {
                input.close();
                throw e;
            }
        }
        throw refused == null ? new IOException(origin.name() + " has no address") : refused;
    }

    private void open(String address) throws IOException, InterruptedException {
        allow(OPENING);
        giveUpWhenAsked();
        AVDictionary options = new AVDictionary();
        try {
            for (Map.Entry<String, String> option : origin.options().entrySet()) {
                av_dict_set(options, option.getKey(), option.getValue(), 0);
            }
            int code = avformat_open_input(context, address, demuxer(), options);
            if (code < 0) {
                throw failure(code);
            }
        } finally {
            av_dict_free(options);
        }
        // A second of it tells what it is; how often pictures come need not be known, they are shown as they come.
        context.max_analyze_duration(1_000_000);
        context.fps_probe_size(0);
        selectVideo();
        endIfGivenUp();
        opened = true;
    }

    private @Nullable AVInputFormat demuxer() throws IOException {
        if (origin.demuxer().isEmpty()) {
            return null;
        }
        AVInputFormat format = av_find_input_format(origin.demuxer());
        if (format == null) {
            throw new IOException("FFmpeg is built here without what " + origin.name() + " needs: " + origin.demuxer());
        }
        return format;
    }

    /**
     * FFmpeg's {@code interrupt_callback} is a function and what it is called with. A function of JavaCPP's will not do: there
     * can be ten of a type in a process.
     */
    @SuppressWarnings("restricted") // a function that FFmpeg calls, in a field that it describes with an address
    private void giveUpWhenAsked() {
        try {
            MemorySegment function = Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .bind(this, "givesUp", MethodType.methodType(int.class, MemorySegment.class)),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS),
                            arena);
            MemorySegment.ofAddress(context.interrupt_callback().address())
                    .reinterpret(ADDRESS.byteSize())
                    .set(ADDRESS, 0, function);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // the method is below
        }
    }

    /** Called by FFmpeg, often and on this input's thread; throws nothing, which would end the process. */
    @SuppressWarnings({"unused", "UnusedMethod"}) // found by its name above
    private int givesUp(MemorySegment nothing) {
        if (closing) {
            return ticker.nanos() - since > limit ? 1 : 0;
        }
        tooLate |= ticker.nanos() - since > limit;
        sentAway |= !opened && isSentAway();
        return tooLate || sentAway || reading.isInterrupted() ? 1 : 0;
    }

    /** Where an RTSP server sends a client elsewhere FFmpeg goes, with the password, and puts the new address in place. */
    private boolean isSentAway() {
        Pointer now = context.url();
        long address = now == null ? 0 : now.address();
        if (url == 0) {
            url = address;
        }
        return url != address;
    }

    private void allow(long nanos) {
        reading = Thread.currentThread();
        since = ticker.nanos();
        limit = nanos;
    }

    /** FFmpeg does not always pass on why a call has ended. */
    private void endIfGivenUp() throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (sentAway) {
            throw new IOException(origin.name() + " sends its viewers to another address: name that one");
        }
        if (tooLate) {
            throw new IOException("no answer from " + origin.name() + " within " + limit / 1_000_000_000 + " s");
        }
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public IOException failure(int code) throws InterruptedException {
        try {
            endIfGivenUp();
        } catch (IOException e) {
            return e;
        }
        return origin.failure(code, opened);
    }

    @Override
    public boolean read() throws IOException, InterruptedException {
        allow(SILENCE);
        return super.read();
    }

    @Override
    public boolean goesOnAfter(int code) throws IOException, InterruptedException {
        if (code == AVERROR_EAGAIN() && givesUp(MemorySegment.NULL) == 0) {
            ticker.sleepUntil(ticker.nanos() + PAUSE);
            return true;
        }
        throw failure(code);
    }

    @Override
    public void close() {
        closing = true;
        allow(GOODBYE);
        super.close();
        arena.close();
    }
}
