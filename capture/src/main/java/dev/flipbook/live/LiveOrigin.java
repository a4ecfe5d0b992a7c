package dev.flipbook.live;

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

    /**
     * What it means that FFmpeg gives up.
     *
     * @param code FFmpeg's error
     * @param opened whether it had been open
     */
    IOException failure(int code, boolean opened);
}
