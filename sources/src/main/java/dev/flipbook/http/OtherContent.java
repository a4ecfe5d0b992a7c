package dev.flipbook.http;

import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.StreamKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/**
 * Explains what a web server sends when that is neither a picture nor a stream of pictures: a camera's page, or video.
 * Video is recognised by its bytes, because servers have many names for it.
 */
final class OtherContent {

    /** Number of bytes that are enough to recognise a transport stream, and to contain a page's title. */
    private static final int FIRST = 2048;

    private OtherContent() {}

    /**
     * The reason why the content is not shown, and what would be.
     *
     * @param address that was requested
     * @param host that has answered
     * @param type content type, made fit to be shown; may be empty
     * @param first bytes that have been read
     * @param rest what follows, of which some is read
     */
    static IOException of(HttpAddress address, String host, String type, byte[] first, InputStream rest) {
        byte[] more = more(first, rest);
        return of(address, host, type, NoPicturesException.of(StreamKind.within(more, more.length), more));
    }

    /**
     * A stream with the same bytes, of which the first have been checked.
     *
     * @throws IOException when these prove that the body is not a picture
     */
    static InputStream checked(HttpAddress address, String host, String type, InputStream body) throws IOException {
        byte[] first = body.readNBytes(FIRST);
        StreamKind kind = StreamKind.within(first, first.length);
        return switch (kind) {
            case UNKNOWN, PICTURES, PICTURE_FILE -> new SequenceInputStream(new ByteArrayInputStream(first), body);
            default -> throw of(address, host, type, NoPicturesException.of(kind, first));
        };
    }

    /** The reason for content that turned out not to be pictures while it was read as pictures. */
    static IOException of(HttpAddress address, String host, String type, NoPicturesException seen) {
        StreamKind kind = seen.kind();
        boolean nameless = type.isEmpty();
        String named = kind == StreamKind.UNKNOWN || kind == StreamKind.PICTURES
                ? nameless ? "something without a content type" : type
                : seen.seen() + (nameless ? "" : " (" + type + ")");
        return new IOException(host + " sends " + named + ", neither a picture nor an MJPEG stream"
                + advice(address, kind, type.startsWith("video/")));
    }

    private static byte[] more(byte[] first, InputStream rest) {
        byte[] all = Arrays.copyOf(first, Math.max(first.length, FIRST));
        int count = first.length;
        try {
            while (count < all.length) {
                int read = rest.read(all, count, all.length - count);
                if (read < 0) {
                    break;
                }
                count += read;
            }
        } catch (IOException e) {
            System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "no more of the content comes", e);
        }
        return Arrays.copyOf(all, count);
    }

    private static String advice(HttpAddress address, StreamKind kind, boolean video) {
        return switch (kind) {
            case HTML -> "; the camera's pictures have an address of their own: see its manual";
            case H264,
                    H265,
                    MPEG_VIDEO,
                    MPEG_TS,
                    MPEG_PS,
                    MATROSKA,
                    MP4,
                    MP4_INDEX_LAST,
                    FLV,
                    OGG,
                    AVI,
                    IVF,
                    PLAYLIST -> "; type flipbook exec -- " + converter(address);
            default -> video ? "; type flipbook exec -- " + converter(address) : "";
        };
    }

    /** A command that converts the content. A word replaces the address if that may contain secrets. */
    private static String converter(HttpAddress address) {
        boolean secret = address.user() != null || address.target().indexOf('?') >= 0;
        return "ffmpeg -v error -i " + (secret ? "ADDRESS" : address) + " -f mpjpeg -";
    }
}
