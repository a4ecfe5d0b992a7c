package dev.flipbook.live;

import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something live that FFmpeg can open: a network stream, a screen or a camera. Immutable. */
interface LiveOrigin {

    /** Name for messages, such as a host or a screen, without secrets. */
    String name();

    /** The addresses for FFmpeg, which are tried in turn until one answers; never empty. Called before each opening. */
    List<String> addresses() throws IOException, InterruptedException;

    /** FFmpeg's demuxer; empty if the content determines it. */
    String demuxer();

    /** FFmpeg's options. */
    Map<String, String> options();

    /** Whether the origin waits for a sender instead of asking for a stream. */
    default boolean listens() {
        return false;
    }

    /**
     * The exception to report if nothing has come in time: a {@link java.net.SocketTimeoutException} if a sender is
     * awaited.
     *
     * @param connected whether there is a connection
     * @param seconds the timeout
     */
    default IOException silence(boolean connected, long seconds) {
        return new IOException("no answer from " + name() + " within " + seconds + " s");
    }

    /** The exception to report if these bytes came, which cannot be shown. */
    default IOException notShown(StreamKind kind, PeerBytes bytes) {
        return new IOException(name() + " sends " + kind.title);
    }

    /**
     * The exception to report if a stream of this kind came but no picture could be made of it in time.
     *
     * @param seconds the timeout
     */
    default IOException noPictureOf(StreamKind kind, long seconds) {
        return new IOException(
                name() + " sends " + kind.title + ", but within " + seconds + " s nothing that makes a picture");
    }

    /** The exception to report if a stream that was read as pictures contains none. */
    default IOException noPictures(NoPicturesException none) {
        return none;
    }

    /**
     * The exception to report for an FFmpeg error.
     *
     * @param code FFmpeg's error
     * @param opened whether the origin had been open
     */
    IOException failure(int code, boolean opened);
}
