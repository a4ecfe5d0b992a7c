package dev.flipbook.live;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_play;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.Ticker;
import dev.flipbook.capture.Ffmpeg;
import dev.flipbook.capture.MediaInput;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.ConnectException;
import java.util.Map;
import java.util.Objects;
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

    /** For a sender to connect: a little less than a feed waits for its first picture, so that the sentence is ours. */
    private static final long WAITING = 25_000_000_000L;

    /** In bytes: where the first ones prove nothing FFmpeg makes its guess by so many. */
    private static final String PROBED = "131072";

    private static final String RTSP = "rtsp";
    private static final String RTP = "rtp";

    /** FFmpeg's demuxers for streams that are known by their bytes: none that names other addresses. */
    private static final Map<StreamKind, String> DEMUXERS = Map.of(
            StreamKind.H264, "h264",
            StreamKind.H265, "hevc",
            StreamKind.MPEG_TS, "mpegts",
            StreamKind.MATROSKA, "matroska",
            StreamKind.FLV, "flv",
            StreamKind.OGG, "ogg",
            StreamKind.IVF, "ivf");

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
    private StreamKind came = StreamKind.UNKNOWN;
    private long url;
    private String demuxer;
    private @Nullable PeerBytes peer;

    private LiveInput(LiveOrigin origin, Ticker ticker) throws IOException {
        this.origin = origin;
        this.demuxer = origin.demuxer();
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
        allow(origin.listens() && demuxer.isEmpty() ? WAITING : OPENING);
        giveUpWhenAsked();
        AVDictionary options = new AVDictionary();
        try {
            for (Map.Entry<String, String> option : origin.options().entrySet()) {
                av_dict_set(options, option.getKey(), option.getValue(), 0);
            }
            av_dict_set(options, "codec_whitelist", Codecs.decoders(), 0);
            if (demuxer.equals(RTSP)) {
                av_dict_set(options, "initial_pause", "1", 0); // until it is known what the server would send
            }
            if (origin.demuxer().isEmpty() && isPictures(address, options)) {
                opened = true;
                return;
            }
            int code = avformat_open_input(context, address, demuxer(), options);
            if (code < 0) {
                throw peer == null ? failure(code) : unread(code);
            }
            play();
        } finally {
            av_dict_free(options);
        }
        // A second of it tells what it is; how often pictures come need not be known, they are shown as they come.
        context.max_analyze_duration(1_000_000);
        context.fps_probe_size(0);
        selectVideo();
        Codecs.check(parameters(), name());
        endIfGivenUp();
        opened = true;
    }

    /** No packet has been read yet; a server of RTSP has not even been asked for one. */
    private void play() throws IOException, InterruptedException {
        if (demuxer.equals(RTSP) || demuxer.equals(RTP)) {
            Codecs.checkAnnounced(context, name());
        }
        if (demuxer.equals(RTSP)) {
            int code = av_read_play(context);
            if (code < 0) {
                throw failure(code);
            }
        }
    }

    /** Connects and looks at what comes. What is not pictures is made ready for a demuxer. */
    private boolean isPictures(String address, AVDictionary options) throws IOException, InterruptedException {
        PeerBytes bytes = new PeerBytes();
        peer = bytes;
        int code = bytes.open(address, context.interrupt_callback(), options);
        if (code < 0) {
            throw failure(code);
        }
        allow(OPENING);
        StreamKind kind = bytes.look();
        if (bytes.count() == 0 || Thread.currentThread().isInterrupted()) {
            throw failure(bytes.failure());
        }
        came = kind;
        tooLate = false; // what has come may be enough
        if (kind == StreamKind.PICTURES) {
            return true;
        }
        demuxer = DEMUXERS.getOrDefault(kind, "");
        if (bytes.rtpKind() >= 0 || (demuxer.isEmpty() && kind != StreamKind.UNKNOWN)) {
            throw origin.notShown(kind, bytes);
        }
        allow(OPENING);
        context.pb(bytes.io());
        av_dict_set(options, "protocol_whitelist", "none", 0); // it opens nothing more, whatever it says
        av_dict_set(options, "formatprobesize", PROBED, 0);
        return false;
    }

    /** What came is not what it seemed to be, or nothing that is known. */
    private IOException unread(int code) throws InterruptedException {
        PeerBytes bytes = Objects.requireNonNull(peer);
        boolean unknown = demuxer.isEmpty() || code == AVERROR_INVALIDDATA();
        return unknown && !reading.isInterrupted() ? origin.notShown(StreamKind.UNKNOWN, bytes) : failure(code);
    }

    private @Nullable AVInputFormat demuxer() throws IOException {
        if (demuxer.isEmpty()) {
            return null;
        }
        AVInputFormat format = av_find_input_format(demuxer);
        if (format == null) {
            throw new IOException("FFmpeg is built here without what " + origin.name() + " needs: " + demuxer);
        }
        return format;
    }

    /** What the peer sends, where it sends pictures. */
    PeerBytes bytes() {
        return Objects.requireNonNull(peer);
    }

    /** Whether it sends pictures, which need no demuxer. */
    boolean hasPictures() {
        return peer != null && context.iformat() == null;
    }

    /** From now on silence is counted anew. */
    void waitsForMore() {
        allow(SILENCE);
    }

    /** What it means that a stream of pictures has none. */
    IOException noPictures(NoPicturesException none) {
        return origin.noPictures(none);
    }

    /** What it means that bytes cannot be read. */
    IOException failure(IOException e) throws InterruptedException {
        int code = bytes().failure();
        return code == 0 ? e : failure(code);
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
        if (tooLate && !opened && peer != null && peer.count() > 0) {
            throw came == StreamKind.UNKNOWN
                    ? origin.notShown(came, peer)
                    : origin.noPictureOf(came, limit / 1_000_000_000);
        }
        if (tooLate) {
            boolean connected = opened || (peer != null && peer.isConnected());
            throw origin.silence(connected, limit / 1_000_000_000);
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
        if (peer != null) {
            peer.close();
        }
        arena.close();
    }
}
