package dev.flipbook.picture;

import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Thrown when a stream turns out to be something other than pictures. The code that has opened the stream adds with
 * {@link #by} where it came from and what to type instead.
 */
public final class NoPicturesException extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    /** A command that makes pictures of a coded stream on its standard input. */
    public static final String CONVERTER = "ffmpeg -v error -i - -f mpjpeg -";

    /** A command that makes pictures of plain pixels, whose size the user has to fill in. */
    private static final String OF_PIXELS = "ffmpeg -v error -f rawvideo -pix_fmt yuv420p -s 640x480 -i - -f mpjpeg -";

    private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]*>\\s*([^<]{1,200})");

    /** Characters that could do harm in a log line, on a page or in a picture. */
    private static final Pattern UNSAFE = Pattern.compile("[^\\p{L}\\p{N} .,:!?()+_/-]+");

    /** Maximum length of a page's title in characters. */
    private static final int MAX_TITLE = 60;

    private final StreamKind kind;
    private final String seen;
    private final boolean ended;

    private NoPicturesException(StreamKind kind, String seen, boolean ended, String message) {
        super(message);
        this.kind = kind;
        this.seen = seen;
        this.ended = ended;
    }

    /**
     * The exception for a stream of this kind.
     *
     * @param first the first bytes of the stream
     * @param count how many of them are there
     * @param all number of bytes that have come
     * @param ended whether no more will come
     */
    static NoPicturesException of(StreamKind kind, byte[] first, int count, long all, boolean ended) {
        String seen = switch (kind) {
            case UNKNOWN -> (all < 10_000 ? all + " bytes" : all / 1000 + " KB") + " without a JPEG, PNG or Y4M";
            case HTML -> kind.title + title(new String(first, 0, count, StandardCharsets.UTF_8));
            default -> kind.titleOf(first, count);
        };
        return new NoPicturesException(kind, seen, ended, "this is " + seen + ", not a stream of pictures");
    }

    /** The exception for another reader that has looked at these bytes and found no pictures. */
    public static NoPicturesException of(StreamKind kind, byte[] first) {
        return of(kind, first, first.length, first.length, false);
    }

    private static String title(String page) {
        Matcher title = TITLE.matcher(page);
        if (!title.find()) {
            return "";
        }
        String clean = UNSAFE.matcher(title.group(1)).replaceAll(" ").strip();
        return clean.isEmpty() ? "" : " (" + clean.substring(0, Math.min(clean.length(), MAX_TITLE)) + ")";
    }

    /** The kind of the stream. */
    public StreamKind kind() {
        return kind;
    }

    /** What came, as people call it: {@code H.264 video}. */
    public String seen() {
        return seen;
    }

    /** Whether a converter could make pictures of the stream. */
    public boolean isVideo() {
        return switch (kind) {
            case HTML, TEXT, PLAYLIST, SDP, GZIP, SOUND, PICTURES, PICTURE_FILE -> false;
            default -> true;
        };
    }

    /** Whether the stream has ended without a picture. */
    public boolean ended() {
        return ended;
    }

    /**
     * The same exception as a sentence of the code that opened the stream.
     *
     * @param who what sent the stream, and how: {@code the command prints}
     * @param line what to type instead, with {@code %s} in the place of a program that makes pictures of its standard
     *     input
     */
    public NoPicturesException by(String who, String line) {
        return new NoPicturesException(kind, seen, ended, who + " " + seen + "; " + advice(line));
    }

    /** The same exception with this advice. */
    public NoPicturesException advising(String who, String advice) {
        return new NoPicturesException(kind, seen, ended, who + " " + seen + "; " + advice);
    }

    private String advice(String line) {
        return switch (kind) {
            case HTML, TEXT, PLAYLIST, SDP, GZIP, SOUND, PICTURES ->
                "pictures are expected: MJPEG, JPEGs or PNGs one after the other, or Y4M";
            case MP4_INDEX_LAST, PICTURE_FILE ->
                "such a file is not read from a pipe: save it, and name the file as the source";
            case UNKNOWN -> "raw pixels need their size: " + line.formatted(OF_PIXELS);
            default -> "a converter makes pictures of it: " + line.formatted(CONVERTER);
        };
    }
}
