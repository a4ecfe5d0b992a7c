package dev.flipbook.picture;

import dev.flipbook.mjpeg.MultipartReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * The kinds of streams that arrive where pictures are expected, recognised by their bytes and not by their names. The
 * kind is used to tell a user what came instead of pictures, and what would convert that. Immutable.
 */
public enum StreamKind {
    /** What {@link PictureStream} reads. */
    PICTURES("JPEG, PNG or Y4M pictures"),
    H264("H.264 video"),
    H265("H.265 video"),
    MPEG_VIDEO("MPEG video"),
    MPEG_TS("an MPEG transport stream"),
    MPEG_PS("an MPEG program stream"),
    MATROSKA("Matroska or WebM video"),
    MP4("MP4 or QuickTime video"),
    /** A file whose first picture can be shown only after its last byte has come. */
    MP4_INDEX_LAST("MP4 or QuickTime video with its index at the end"),
    FLV("Flash video (FLV)"),
    OGG("an Ogg stream"),
    AVI("an AVI file"),
    IVF("IVF video"),
    SOUND("sound"),
    /** One picture of a kind whose end is not marked, so that a stream of such pictures cannot be split. */
    PICTURE_FILE("a picture file"),
    PLAYLIST("a playlist (HLS)"),
    SDP("a stream's description (SDP)"),
    HTML("a web page"),
    TEXT("text"),
    GZIP("compressed data (gzip)"),
    /** The bytes prove nothing. */
    UNKNOWN("no picture");

    /** How streams begin that are not pictures of a {@link ContentKind}, in the same form as there. */
    private static final Map<String, StreamKind> MAGIC = Map.ofEntries(
            Map.entry(Y4mSplitter.MAGIC, PICTURES),
            Map.entry("\u001aE\u00df\u00a3", MATROSKA),
            Map.entry("FLV\u0001", FLV),
            Map.entry("OggS\0", OGG),
            Map.entry("RIFF....AVI ", AVI),
            Map.entry("DKIF\0\0", IVF),
            Map.entry("RIFF....WAVE", SOUND),
            Map.entry("fLaC", SOUND),
            Map.entry("ID3\u0002", SOUND), // MP3
            Map.entry("ID3\u0003", SOUND),
            Map.entry("ID3\u0004", SOUND),
            Map.entry("....moov", MP4),
            Map.entry("....ftyp", MP4), // after AVIF and HEIC, which are recognised by more bytes
            Map.entry("#EXTM3U", PLAYLIST),
            Map.entry("v=0\r\n", SDP),
            Map.entry("v=0\n", SDP),
            Map.entry("\u001f\u008b\b", GZIP));

    /** Length of a packet of a transport stream; each packet begins with the byte below. */
    private static final int TS_PACKET = 188;

    private static final byte TS_SYNC = 0x47;

    // Boxes of MP4, by their names: the pictures, and the index by which they are found.
    private static final int MDAT = 0x6D646174;
    private static final int MOOV = 0x6D6F6F76;

    /** Name for people: {@code H.264 video}. */
    public final String title;

    StreamKind(String title) {
        this.title = title;
    }

    /**
     * The kind that the first bytes of a stream prove; {@link #UNKNOWN} while they prove none. Twelve bytes are enough
     * for most kinds.
     *
     * @param first the bytes
     * @param count number of bytes that are there
     */
    public static StreamKind of(byte[] first, int count) {
        String head = new String(first, 0, Math.min(count, 16), StandardCharsets.ISO_8859_1);
        String text = head.stripLeading().toLowerCase(Locale.ROOT);
        if (MultipartReader.begins(text)) {
            return PICTURES;
        }
        if (text.startsWith("<!doctype htm") || text.startsWith("<html") || text.startsWith("<head")) {
            return HTML;
        }
        return switch (ContentKind.of(ByteBuffer.wrap(first, 0, count))) {
            case PNG -> PICTURES;
            // two bytes alone prove little
            case JPEG -> head.startsWith("\u00ff", 2) ? PICTURES : other(head, first, count);
            case BMP -> head.startsWith("\0\0\0\0", 6) ? PICTURE_FILE : other(head, first, count);
            case OTHER -> other(head, first, count);
            default -> PICTURE_FILE;
        };
    }

    private static StreamKind other(String head, byte[] first, int count) {
        StreamKind begun = MAGIC.entrySet().stream()
                .filter(magic -> ContentKind.begins(head, magic.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> coded(first, count));
        return begun == MP4 && isIndexLast(first, count) ? MP4_INDEX_LAST : begun;
    }

    /** Whether the pictures of an MP4 come before their index. */
    private static boolean isIndexLast(byte[] first, int count) {
        ByteBuffer boxes = ByteBuffer.wrap(first, 0, count);
        while (boxes.remaining() >= 8) {
            long length = boxes.getInt(boxes.position()) & 0xFFFF_FFFFL;
            int name = boxes.getInt(boxes.position() + 4);
            if (name == MDAT || name == MOOV || length < 8 || length > boxes.remaining()) {
                return name == MDAT;
            }
            boxes.position(boxes.position() + (int) length);
        }
        return false;
    }

    /** The kind of a stream of packets or units without a container. */
    private static StreamKind coded(byte[] first, int count) {
        return isTransport(first, 0, Math.min(count, 4 * TS_PACKET)) ? MPEG_TS : NalUnits.first(first, count);
    }

    /**
     * The kind that bytes from the middle of a stream make likely, when its beginning was missed; {@link #UNKNOWN} for
     * plain pixels and everything else without marks.
     *
     * @param bytes any part of the stream
     * @param count number of bytes that are there
     */
    public static StreamKind within(byte[] bytes, int count) {
        StreamKind begun = of(bytes, count);
        if (begun != UNKNOWN) {
            return begun;
        }
        if (isScanOfJpeg(bytes, count) || JpegEnd.isAmong(bytes, count)) {
            return PICTURES;
        }
        for (int i = 0; i < Math.min(TS_PACKET, count); i++) {
            if (isTransport(bytes, i, count)) {
                return MPEG_TS;
            }
        }
        StreamKind units = NalUnits.most(bytes, count);
        return units == UNKNOWN && isText(bytes, count) ? TEXT : units;
    }

    /**
     * Whether at least three packets of a transport stream are here. In plain pixels of one grey they would have no
     * content.
     */
    private static boolean isTransport(byte[] bytes, int from, int to) {
        int packets = 0;
        for (int i = from; i + 3 < to; i += TS_PACKET) {
            if (bytes[i] != TS_SYNC || (bytes[i + 3] & 0x30) == 0) {
                return false;
            }
            packets++;
        }
        return packets >= 3;
    }

    /**
     * Whether these bytes are coded pixels of a JPEG: each FF in them is followed by a zero, or by a marker that may
     * stand there. In other data that is true of one FF in about 25.
     */
    static boolean isScanOfJpeg(byte[] bytes, int count) {
        int marked = 0;
        for (int i = 0; i + 1 < count; i++) {
            if (bytes[i] == (byte) 0xFF) {
                int code = bytes[i + 1] & 0xFF;
                if (code == 0xD8 || code == 0xD9) {
                    return marked >= 4; // one picture ends here, and the next has segments of any bytes
                }
                if (code != 0 && (code < 0xD0 || code > 0xD7)) {
                    return false;
                }
                marked++;
            }
        }
        return marked >= 8;
    }

    /** Whether these bytes are lines of text. Plain pixels may look like letters, but have no line ends. */
    private static boolean isText(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ' && "\t\n\r\f\u001b".indexOf(bytes[i]) < 0) {
                return false;
            }
        }
        String text = new String(bytes, 0, count, StandardCharsets.UTF_8);
        int unreadable = text.length() - text.replace("\ufffd", "").length();
        return text.contains("\n") && unreadable <= 3; // a letter may be cut at each end
    }

    /** The kind of the picture if this is one picture, else the title. */
    String titleOf(byte[] first, int count) {
        if (this != PICTURE_FILE) {
            return title;
        }
        String name = ContentKind.of(ByteBuffer.wrap(first, 0, count)).title;
        return (name.startsWith("A") ? "an " : "a ") + name + " picture";
    }
}
