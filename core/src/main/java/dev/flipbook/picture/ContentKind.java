package dev.flipbook.picture;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * The kinds of picture files, recognised by their first bytes and not by their names.
 *
 * <p>Only JPEG is shown as it is. The JDK decodes PNG, GIF and BMP; a {@link PictureDecoder} on the class path may
 * decode the others. Immutable.
 */
public enum ContentKind {
    JPEG("JPEG", "\u00ff\u00d8", "jpg", "jpeg", "jpe", "jfif"),
    PNG("PNG", "\u0089PNG\r\n\u001a\n", "png"),
    GIF("GIF", "GIF8", "gif"),
    BMP("BMP", "BM", "bmp"),
    WEBP("WebP", "RIFF....WEBP", "webp"),
    TIFF("TIFF", "II*\0|MM\0*", "tif", "tiff"),
    AVIF("AVIF", "", "avif"),
    HEIC("HEIC", "", "heic", "heif", "hif"),
    JPEG_2000("JPEG 2000", "\0\0\0\fjP  ", "jp2"),
    QOI("QOI", "qoif", "qoi"),
    PGM("PGM", "P5\n", "pgm"),
    PPM("PPM", "P6\n", "ppm"),
    OTHER("a kind that is not known", "");

    /** Maximum number of brands that are read: names by which AVIF and HEIC are recognised. No known file has more. */
    private static final int MAX_BRANDS = 16;

    private static final ContentKind[] KINDS = values();

    private static final Set<String> AVIF_BRANDS = Set.of("avif", "avis");
    private static final Set<String> HEIC_BRANDS = Set.of("heic", "heix", "heim", "heis", "hevc", "hevx");

    /** Name for people. */
    final String title;

    private final String magic;
    private final String endings; // each between two blanks

    /**
     * A kind of file.
     *
     * @param magic its first bytes as Latin-1 text, in which a dot stands for any byte; two possibilities have a bar
     *     between them; empty where brands decide
     * @param endings usual endings of its file names, in lower case
     */
    ContentKind(String title, String magic, String... endings) {
        this.title = title;
        this.magic = magic;
        this.endings = " " + String.join(" ", endings) + " ";
    }

    /**
     * The kind of the file that begins with these bytes; {@link #OTHER} when it is not known, or there are too few
     * bytes.
     *
     * @param bytes the beginning of a file, between position and limit; the position does not move
     */
    public static ContentKind of(ByteBuffer bytes) {
        byte[] head = new byte[Math.min(16 + 4 * MAX_BRANDS, bytes.remaining())];
        bytes.get(bytes.position(), head);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("ftyp", 4)) {
            return ofBrands(head, text);
        }
        for (ContentKind kind : KINDS) { // no stream, because each picture comes here twice
            if (kind.begins(text)) {
                return kind;
            }
        }
        return OTHER;
    }

    /**
     * A view of the bytes from the place where a picture begins. Before a JPEG or PNG any bytes may stand; before other
     * kinds blanks, line ends, zeros and a byte order mark. Returns the bytes themselves when no picture begins in
     * them.
     */
    static ByteBuffer from(ByteBuffer bytes) {
        if (of(bytes) != OTHER) {
            return bytes;
        }
        int begin = bytes.position();
        while (begin < bytes.limit() && isBlank(bytes.get(begin))) {
            begin++;
        }
        ByteBuffer rest = bytes.duplicate().position(begin);
        int found = of(rest) == OTHER ? search(bytes, begin) : begin;
        return found < 0 ? bytes : rest.position(found);
    }

    /** Place where the first JPEG or PNG begins from here on; -1 when there is none. */
    private static int search(ByteBuffer bytes, int from) {
        for (int i = from; i + 2 < bytes.limit(); i++) {
            int three = (bytes.get(i) & 0xFF) << 16 | (bytes.get(i + 1) & 0xFF) << 8 | (bytes.get(i + 2) & 0xFF);
            if (three == 0xFFD8FF || (three == 0x89504E && of(bytes.duplicate().position(i)) == PNG)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the byte is a blank, a line end, zero, or one of the three bytes of a byte order mark. */
    static boolean isBlank(byte one) {
        return one == 0
                || one == ' '
                || (one >= '\t' && one <= '\r')
                || one == (byte) 0xEF
                || one == (byte) 0xBB
                || one == (byte) 0xBF;
    }

    /** The kind of the first known brand: the main one, then those with which the file is compatible. */
    private static ContentKind ofBrands(byte[] head, String text) {
        long size = ByteBuffer.wrap(head).getInt() & 0xFFFFFFFFL;
        for (int at = 8; at + 4 <= Math.min(size, text.length()); at += 4) {
            String brand = text.substring(at, at + 4);
            if (AVIF_BRANDS.contains(brand)) {
                return AVIF;
            }
            if (HEIC_BRANDS.contains(brand)) {
                return HEIC;
            }
        }
        return OTHER;
    }

    /** Whether a file with this beginning is of this kind. */
    private boolean begins(String text) {
        int bar = magic.indexOf('|');
        if (bar > 0) {
            return begins(text, magic.substring(0, bar)) || begins(text, magic.substring(bar + 1));
        }
        return !magic.isEmpty() && begins(text, magic);
    }

    /** Whether the text begins with these characters, of which a dot stands for any. */
    static boolean begins(String text, String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (i >= text.length() || (magic.charAt(i) != '.' && magic.charAt(i) != text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The bytes with which each file of this kind begins, if they are always the same. */
    byte[] magic() {
        return magic.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Whether a file's name ends as that of a picture does, in any case.
     *
     * @param name of a file, without folders
     */
    public static boolean isNamedByAny(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return name.indexOf('.') > 0
                && Arrays.stream(values()).anyMatch(kind -> kind.endings.contains(" " + ending + " "));
    }
}
