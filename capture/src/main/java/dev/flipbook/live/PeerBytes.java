package dev.flipbook.live;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avformat.avio_read_partial;
import static org.bytedeco.ffmpeg.global.avformat.avio_seek;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;

import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.Pointer;

/**
 * Bytes from a peer over TCP, UDP or SRT, read with FFmpeg's protocols. The first bytes can be looked at before they
 * are read, to decide how to read them. Used by the source thread only.
 */
final class PeerBytes extends InputStream {

    /**
     * Maximum bytes that can be looked at. With TCP, FFmpeg's buffer holds this number of bytes before it drops the
     * first one; with UDP and SRT it holds more.
     */
    private static final int MAX_KEPT = 32 << 10;

    /** Bytes from the middle of a stream that are enough to recognize it. */
    private static final int MIN_RECOGNIZED = 4096;

    private static final int RTP_HEADER = 12;

    private final AVIOContext io = new AVIOContext((Pointer) null);
    private final byte[] first = new byte[MAX_KEPT];
    private int count;
    private int piece; // bytes of the first datagram, or of the first read
    private int failure;
    private boolean connected;
    private boolean rtp;

    /**
     * Connects, or begins to listen.
     *
     * @return FFmpeg's error, or 0
     */
    int open(String address, AVIOInterruptCB givesUp, AVDictionary options) {
        int code = avio_open2(io, address, AVIO_FLAG_READ, givesUp, options);
        connected = code >= 0;
        return Math.min(0, code);
    }

    boolean isConnected() {
        return connected;
    }

    /** Waits until the first bytes determine the kind, or there are no more. These bytes can be read afterwards. */
    StreamKind recognize() {
        StreamKind kind = StreamKind.UNKNOWN;
        byte[] bytes = new byte[MAX_KEPT];
        while (kind == StreamKind.UNKNOWN && !rtp && count < MAX_KEPT && failure == 0) {
            int more = avio_read_partial(io, bytes, MAX_KEPT - count);
            if (more < 0) {
                failure = more;
            } else {
                System.arraycopy(bytes, 0, first, count, more);
                count += more;
                piece = piece == 0 ? more : piece;
                rtp = isRtp();
                kind = kind();
            }
        }
        avio_seek(io, 0, 0);
        return kind == StreamKind.UNKNOWN ? StreamKind.within(first, count) : kind;
    }

    /** The kind, if it is certain by now. The connection may begin in the middle of a picture or of a video. */
    private StreamKind kind() {
        StreamKind begun = StreamKind.of(first, count);
        if (begun != StreamKind.UNKNOWN || count < MIN_RECOGNIZED) {
            return begun;
        }
        StreamKind joined = StreamKind.within(first, count);
        return joined == StreamKind.TEXT ? StreamKind.UNKNOWN : joined;
    }

    /** Whether two consecutive datagrams of one RTP stream have come. */
    private boolean isRtp() {
        if (count < piece + RTP_HEADER || piece < RTP_HEADER || (first[0] & 0xC0) != 0x80 || first[piece] != first[0]) {
            return false;
        }
        int next = (number(2, 2) + 1) & 0xFFFF;
        boolean sameKind = (first[1] & 0x7F) == (first[piece + 1] & 0x7F);
        return sameKind && number(piece + 2, 2) == next && number(8, 4) == number(piece + 8, 4);
    }

    private int number(int at, int bytes) {
        int number = 0;
        for (int i = at; i < at + bytes; i++) {
            number = number << 8 | (first[i] & 0xFF);
        }
        return number;
    }

    /** The payload type of the RTP packets, or -1 if the bytes are not RTP. */
    int rtpKind() {
        return rtp ? first[1] & 0x7F : -1;
    }

    /** FFmpeg's error that ended {@link #recognize}, or 0. */
    int failure() {
        return failure;
    }

    /** Number of bytes that were looked at. */
    int count() {
        return count;
    }

    /** The bytes that were looked at. */
    byte[] first() {
        return Arrays.copyOf(first, count);
    }

    /** The bytes for a demuxer. */
    AVIOContext io() {
        return io;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** @throws IOException without a sentence for users; {@link #failure()} returns the reason */
    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        byte[] bytes = from == 0 ? to : new byte[length];
        int read = avio_read_partial(io, bytes, length);
        if (read == AVERROR_EOF()) {
            return -1;
        }
        if (read < 0) {
            failure = read;
            throw new IOException("FFmpeg's error " + read);
        }
        if (from > 0) {
            System.arraycopy(bytes, 0, to, from, read);
        }
        return read;
    }

    @Override
    public void close() {
        avio_closep(io);
    }
}
