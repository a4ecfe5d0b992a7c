package dev.flipbook.live;

import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A live address whose host was resolved and checked elsewhere. Immutable.
 *
 * @param address the address as it was typed
 * @param addresses what FFmpeg opens for it
 */
record ResolvedAddress(LiveAddress address, List<String> addresses) implements LiveOrigin {

    @Override
    public String name() {
        return address.name();
    }

    @Override
    public String demuxer() {
        return address.demuxer();
    }

    @Override
    public Map<String, String> options() {
        return address.options();
    }

    @Override
    public boolean listens() {
        return address.listens();
    }

    @Override
    public IOException silence(boolean connected, long seconds) {
        return address.silence(connected, seconds);
    }

    @Override
    public IOException notShown(StreamKind kind, PeerBytes bytes) {
        return address.notShown(kind, bytes);
    }

    @Override
    public IOException noPictureOf(StreamKind kind, long seconds) {
        return address.noPictureOf(kind, seconds);
    }

    @Override
    public IOException noPictures(NoPicturesException none) {
        return address.noPictures(none);
    }

    @Override
    public IOException failure(int code, boolean opened) {
        return address.failure(code, opened);
    }
}
