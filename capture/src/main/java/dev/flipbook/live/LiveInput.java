package dev.flipbook.live;

import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_play;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.MediaInput;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/**
 * An open live input. {@link Interruption} ends FFmpeg's calls that take too long. Used by the source thread only.
 */
final class LiveInput extends MediaInput {

    /** Timeout in nanoseconds for connecting, for the handshake, and for the first pictures. */
    private static final long OPENING_TIMEOUT = 5_000_000_000L;

    /**
     * Timeout in nanoseconds for a sender to connect. The timeout is slightly shorter than the time that a feed waits
     * for its first picture, so that the more exact sentence of this class is shown.
     */
    private static final long SENDER_TIMEOUT = 25_000_000_000L;

    /** Maximum bytes by which FFmpeg guesses the format, if the first bytes do not determine it. */
    private static final String MAX_PROBED = "131072";

    private static final String RTSP = "rtsp";
    private static final String RTP = "rtp";

    /**
     * FFmpeg's demuxers for streams that are recognized by their bytes. No stream of these formats can make FFmpeg open
     * another address.
     */
    private static final Map<StreamKind, String> DEMUXERS = Map.of(
            StreamKind.H264, "h264",
            StreamKind.H265, "hevc",
            StreamKind.MPEG_TS, "mpegts",
            StreamKind.MATROSKA, "matroska",
            StreamKind.FLV, "flv",
            StreamKind.OGG, "ogg",
            StreamKind.IVF, "ivf");

    /**
     * Timeout in nanoseconds for a picture. The supervisor of a feed notices silence earlier; this is for programs
     * without one.
     */
    private static final long SILENCE_TIMEOUT = 30_000_000_000L;

    /**
     * Timeout in nanoseconds for leaving a server. Some cameras serve only a few clients and wait long for one that has
     * just gone.
     */
    private static final long CLOSING_TIMEOUT = 500_000_000;

    /** Pause in nanoseconds before a device without a picture is asked again. */
    private static final long RETRY_INTERVAL = 5_000_000;

    private final LiveOrigin origin;
    private final Ticker ticker;
    private final Interruption interruption;
    private StreamKind found = StreamKind.UNKNOWN; // kind of the first bytes
    private String demuxer;
    private @Nullable PeerBytes peer;

    private LiveInput(LiveOrigin origin, Ticker ticker) throws IOException {
        this.origin = origin;
        this.demuxer = origin.demuxer();
        this.ticker = ticker;
        this.interruption = new Interruption(context, ticker);
    }

    /**
     * Opens the origin at the first of its addresses that accepts the connection.
     *
     * @throws IOException with a sentence for the user if nothing can be shown
     */
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
                refused = e; // a host may have several addresses of which only one is served
            } catch (IOException | InterruptedException | RuntimeException e) {
                input.close();
                throw e;
            }
        }
        throw refused == null ? new IOException(origin.name() + " has no address") : refused;
    }

    private void open(String address) throws IOException, InterruptedException {
        interruption.allow(origin.listens() && demuxer.isEmpty() ? SENDER_TIMEOUT : OPENING_TIMEOUT);
        interruption.install();
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
                interruption.opened();
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
        // One second shows what it is. The frame rate need not be known, because pictures are shown as they come.
        context.max_analyze_duration(1_000_000);
        context.fps_probe_size(0);
        selectVideo();
        Codecs.check(parameters(), name());
        endIfGivenUp();
        interruption.opened();
    }

    /**
     * Checks what was announced, and starts the stream. No packet has been read before; an RTSP server has not even
     * been asked for one.
     */
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

    /**
     * Connects and looks at the first bytes. If they are not a stream of pictures, prepares them for a demuxer.
     *
     * @return whether they are a stream of pictures
     */
    private boolean isPictures(String address, AVDictionary options) throws IOException, InterruptedException {
        PeerBytes bytes = new PeerBytes();
        peer = bytes;
        int code = bytes.open(address, context.interrupt_callback(), options);
        if (code < 0) {
            throw failure(code);
        }
        interruption.allow(OPENING_TIMEOUT);
        StreamKind kind = bytes.recognize();
        if (bytes.count() == 0 || Thread.currentThread().isInterrupted()) {
            throw failure(bytes.failure());
        }
        found = kind;
        interruption.forgetTimeout(); // what has come may be enough
        if (kind == StreamKind.PICTURES) {
            return true;
        }
        demuxer = DEMUXERS.getOrDefault(kind, "");
        if (bytes.rtpKind() >= 0 || (demuxer.isEmpty() && kind != StreamKind.UNKNOWN)) {
            throw origin.notShown(kind, bytes);
        }
        interruption.allow(OPENING_TIMEOUT);
        context.pb(bytes.io());
        // FFmpeg must not open anything else, whatever the stream says
        av_dict_set(options, "protocol_whitelist", "none", 0);
        av_dict_set(options, "formatprobesize", MAX_PROBED, 0);
        return false;
    }

    /** The error if the bytes are not what they seemed to be, or are of an unknown kind. */
    private IOException unread(int code) throws InterruptedException {
        PeerBytes bytes = Objects.requireNonNull(peer);
        boolean unknown = demuxer.isEmpty() || code == AVERROR_INVALIDDATA();
        return unknown && !interruption.isThreadInterrupted()
                ? origin.notShown(StreamKind.UNKNOWN, bytes)
                : failure(code);
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

    /** The bytes from the peer, if it sends pictures. */
    PeerBytes bytes() {
        return Objects.requireNonNull(peer);
    }

    /** Whether the peer sends a stream of pictures, which needs no demuxer. */
    boolean hasPictures() {
        return peer != null && context.iformat() == null;
    }

    /** Restarts the timeout for the next picture. */
    void waitsForMore() {
        interruption.allow(SILENCE_TIMEOUT);
    }

    /** The exception to report if a stream of pictures contains none. */
    IOException noPictures(NoPicturesException none) {
        return origin.noPictures(none);
    }

    /** The exception to report if bytes cannot be read. */
    IOException failure(IOException e) throws InterruptedException {
        int code = bytes().failure();
        return code == 0 ? e : failure(code);
    }

    /** Throws the reason for which FFmpeg has given up, because FFmpeg does not always report it. */
    private void endIfGivenUp() throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (interruption.isRedirected()) {
            throw new IOException(origin.name() + " sends its viewers to another address: name that one");
        }
        if (!interruption.isTimedOut()) {
            return;
        }
        boolean opened = interruption.isOpened();
        if (!opened && peer != null && peer.count() > 0) {
            throw found == StreamKind.UNKNOWN
                    ? origin.notShown(found, peer)
                    : origin.noPictureOf(found, interruption.seconds());
        }
        boolean connected = opened || (peer != null && peer.isConnected());
        throw origin.silence(connected, interruption.seconds());
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
        return origin.failure(code, interruption.isOpened());
    }

    @Override
    public boolean read() throws IOException, InterruptedException {
        interruption.allow(SILENCE_TIMEOUT);
        return super.read();
    }

    @Override
    public boolean goesOnAfter(int code) throws IOException, InterruptedException {
        if (code == AVERROR_EAGAIN() && !interruption.isGivenUp()) {
            ticker.sleepUntil(ticker.nanos() + RETRY_INTERVAL);
            return true;
        }
        throw failure(code);
    }

    @Override
    public void close() {
        interruption.closing();
        interruption.allow(CLOSING_TIMEOUT);
        super.close();
        if (peer != null) {
            peer.close();
        }
        interruption.close();
    }
}
