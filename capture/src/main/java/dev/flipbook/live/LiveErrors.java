package dev.flipbook.live;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_BAD_REQUEST;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_FORBIDDEN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_OTHER_4XX;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_SERVER_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_HTTP_UNAUTHORIZED;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;

import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.live.LiveAddress.Scheme;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Set;

/**
 * Sentences for viewers about failures at a live address: what was tried, what came, and what would be right.
 * Immutable.
 */
record LiveErrors(LiveAddress address) {

    // Error numbers of Linux, macOS and Windows, which do not collide here.
    private static final Set<Integer> REFUSED = Set.of(-111, -61, -10061);
    private static final Set<Integer> UNREACHABLE = Set.of(-113, -101, -65, -51, -10065, -10051);
    private static final Set<Integer> CUT = Set.of(-5, -32, -104, -54, -10054);
    private static final Set<Integer> PORT_TAKEN = Set.of(-98, -48, -10048);
    private static final Set<Integer> NOT_OF_THIS_MACHINE = Set.of(-99, -49, -10049);
    private static final Set<Integer> FORBIDDEN_PORT = Set.of(-1, -13, -10013);
    private static final Set<Integer> NO_TRANSPORT = Set.of(-93, -43, -10043);

    /** A command that shows RTP whose format is not known from its packets. */
    private static final String BY_SDP =
            "flipbook exec -- ffmpeg -protocol_whitelist file,rtp,udp -i FILE.sdp -f mpjpeg -";

    /** Payload types of video that have a fixed meaning, so that FFmpeg knows them without a description. */
    private static final Set<Integer> KNOWN_RTP = Set.of(26, 28, 31, 32, 33, 34);

    /**
     * The exception to report for an FFmpeg error.
     *
     * @param code FFmpeg's error
     * @param opened whether the stream had been open
     */
    IOException failure(int code, boolean opened) {
        if (REFUSED.contains(code)) {
            return new ConnectException("connection refused by " + address.where());
        }
        if (UNREACHABLE.contains(code)) {
            return new ConnectException(address.name() + " cannot be reached: there is no route to it from here");
        }
        boolean ended = opened && (isCut(code) || code == AVERROR_INVALIDDATA());
        return new IOException(ended ? "the stream has ended" : meaning(code));
    }

    private static boolean isCut(int code) {
        return code == AVERROR_EOF() || CUT.contains(code);
    }

    private String meaning(int code) {
        String name = address.name();
        if (address.scheme() == Scheme.RTP && (code == AVERROR_INVALIDDATA() || isCut(code))) {
            return address.where() + " gets no RTP, or RTP that needs its sender's SDP file: " + BY_SDP;
        }
        if (address.listens() && PORT_TAKEN.contains(code)) {
            return "another program of this machine listens at " + address.where() + " already";
        }
        if (address.listens() && NOT_OF_THIS_MACHINE.contains(code)) {
            return name + " is not an address of this machine; 0.0.0.0 means all of them";
        }
        if (address.listens() && FORBIDDEN_PORT.contains(code)) {
            return "this user may not listen at " + address.where() + "; choose a port from 1024 on";
        }
        if (NO_TRANSPORT.contains(code)) {
            return name + " does not send " + address.scheme().text().toUpperCase(Locale.ROOT)
                    + (address.isUdpOnly()
                            ? " over UDP; leave ?udp out"
                            : " over TCP; put ?udp at the end of the address");
        }
        if (code == AVERROR_INVALIDDATA()) {
            return address.where()
                    + " gave no stream: it closed the connection, or sends nothing that is known as video";
        }
        if (isCut(code)) {
            return address.where() + " closed the connection before anything came";
        }
        return answer(code);
    }

    /** The sentence for the answer of a server. */
    private String answer(int code) {
        String name = address.name();
        if (code == AVERROR_HTTP_UNAUTHORIZED()) {
            return address.hasLogin()
                    ? "wrong password for " + name
                    : name + " asks for a password; it is written "
                            + address.scheme().text() + "://NAME:PASSWORD@" + address.host();
        }
        if (code == AVERROR_HTTP_FORBIDDEN()) {
            return name + " does not allow watching " + address.streamPath() + " (403)";
        }
        if (code == AVERROR_HTTP_NOT_FOUND()) {
            return name + " has no stream " + address.streamPath() + " (404)";
        }
        if (code == AVERROR_HTTP_SERVER_ERROR()) {
            return name + " reports an error of its own (5xx)";
        }
        if (code == AVERROR_HTTP_BAD_REQUEST() || code == AVERROR_HTTP_OTHER_4XX()) {
            return name + " refuses to play " + address.streamPath()
                    + " (4xx): check the path, and whether it serves one viewer only";
        }
        return address.shown() + " cannot be shown: " + Ffmpeg.error(code);
    }

    /**
     * The exception to report if nothing has come in time.
     *
     * @param connected whether there is a connection
     * @param seconds the timeout
     */
    IOException silence(boolean connected, long seconds) {
        String within = " within " + seconds + " s";
        if (connected && address.scheme() == Scheme.TCP) {
            return new IOException("there is a connection with " + address.where() + ", and nothing came" + within);
        }
        if (!address.listens()) {
            return new IOException("no answer from " + address.name() + within);
        }
        boolean datagrams = address.scheme() == Scheme.UDP || address.scheme() == Scheme.RTP;
        return new SocketTimeoutException(
                datagrams
                        ? "nothing came to " + address.shown() + within + "; the sender may begin now"
                        : "no sender has connected to " + address.shown() + within + "; it may connect now");
    }

    /** The exception to report if these bytes came, which cannot be shown. */
    IOException notShown(StreamKind kind, PeerBytes bytes) {
        if (bytes.rtpKind() >= 0) {
            return new IOException(address.where() + " gets RTP"
                    + (KNOWN_RTP.contains(bytes.rtpKind())
                            ? "; type rtp://" + address.host() + ":" + address.port()
                            : " of type " + bytes.rtpKind() + ", which needs its sender's SDP file: " + BY_SDP));
        }
        return noPictures(NoPicturesException.of(kind, bytes.first()));
    }

    IOException noPictures(NoPicturesException none) {
        String sends = address.where() + " sends";
        String converter = "flipbook exec -- ffmpeg %s -i " + address.typed() + " -f mpjpeg -";
        if (none.kind() == StreamKind.UNKNOWN) {
            String how = converter.formatted("-f rawvideo -pix_fmt yuv420p -s 640x480");
            return none.advising(sends, "raw pixels need their size: " + how);
        }
        return none.advising(
                sends,
                none.isVideo()
                        ? "try " + converter.formatted("-v error")
                        : "video or a stream of pictures is expected");
    }
}
