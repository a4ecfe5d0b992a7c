package dev.flipbook.live;

import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something live that FFmpeg opens: a stream in the network, a screen, a camera. Immutable. */
interface LiveOrigin {

    /** Who it is, for messages: a host, a screen. Without secrets. */
    String name();

    /** What FFmpeg is to open, one after the other until one answers; never empty. Asked before each opening. */
    List<String> addresses() throws IOException, InterruptedException;

    /** FFmpeg's demuxer for it; empty where that is found by the content. */
    String demuxer();

    /** FFmpeg's options. */
    Map<String, String> options();

    /** Whether it waits for somebody who sends, rather than asking for a stream. */
    default boolean listens() {
        return false;
    }

    /**
     * What it means that nothing has come in time; a {@link java.net.SocketTimeoutException} where a sender is waited for.
     *
     * @param connected whether there is a connection
     */
    default IOException silence(boolean connected, long seconds) {
        return new IOException("no answer from " + name() + " within " + seconds + " s");
    }

    /** What it means that these bytes came, which are not shown. */
    default IOException notShown(StreamKind kind, PeerBytes bytes) {
        return new IOException(name() + " sends " + kind.title);
    }

    /** What it means that a stream of this kind came, and no picture could be made of it in time. */
    default IOException noPictureOf(StreamKind kind, long seconds) {
        return new IOException(
                name() + " sends " + kind.title + ", but within " + seconds + " s nothing that makes a picture");
    }

    /** What it means that a stream which was read as pictures has none. */
    default IOException noPictures(NoPicturesException none) {
        return none;
    }

    /**
     * What it means that FFmpeg gives up.
     *
     * @param code FFmpeg's error
     * @param opened whether it had been open
     */
    IOException failure(int code, boolean opened);
}
