package dev.flipbook.picture;

import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.mjpeg.PartHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Splits a multipart body into parts with one picture each. A JPEG ends where its markers say, at once and whatever the
 * length of its part is. Other pictures end with their part. A part whose header names another content type than a
 * picture is skipped, if the part's bytes are not a picture either.
 *
 * <p>Confined to the source thread.
 */
final class MultipartSplitter implements Splitter, MultipartReader.Parts {

    /** Maximum bytes of something else before a JPEG in its part. Some cameras put a line end or two there. */
    private static final int MAX_BEFORE = 4096;

    /** Number of bytes that are enough to recognise every kind of picture. */
    private static final int HEAD = 16;

    /** What is known of the JPEG in the part. */
    private enum Walk {
        /** The JPEG has not begun, but may. */
        EXPECTED,
        /** The JPEG has begun. */
        BEGUN,
        /** The JPEG has ended. */
        WHOLE,
        /** The part has no JPEG, or a damaged one; the part ends where its header or a delimiter says. */
        NONE
    }

    private final MultipartReader reader;
    private final Consumer<ByteBuffer> pictures;
    private final JpegEnd end = new JpegEnd();
    private byte[] part = new byte[64 << 10];
    private int length;
    private boolean begun; // whether a part has ever begun
    private boolean open;
    private boolean foreign; // the header says that the part is not a picture
    private Walk jpeg = Walk.NONE;
    private int begin; // place where the JPEG begins in the part
    private long damaged;
    private long others;

    /**
     * A splitter for one body.
     *
     * @param pictures takes each whole picture between position and limit, and copies it
     */
    MultipartSplitter(String contentType, Consumer<ByteBuffer> pictures) throws IOException {
        this.reader = MultipartReader.of(contentType, this);
        this.pictures = pictures;
    }

    @Override
    public void feed(ByteBuffer bytes) throws IOException {
        reader.feed(bytes);
    }

    @Override
    public boolean isAmidPicture() {
        return begun;
    }

    /**
     * Whether a part or line has begun. A complete header may wait for its picture, because some servers send the
     * header together with the picture before.
     */
    @Override
    public boolean isUnderWay() {
        return open ? length > 0 : reader.isAmidLines();
    }

    @Override
    public long others() {
        return others;
    }

    /** The text is a delimiter and a header. */
    @Override
    public boolean beginsWithText() {
        return true;
    }

    /**
     * Ends the last part, which may lack its delimiter or claim to be longer than it is. A JPEG in it that is not whole
     * was cut off.
     */
    @Override
    public void finish() {
        if (open) {
            ContentKind kind = ContentKind.of(ContentKind.from(ByteBuffer.wrap(part, 0, length)));
            if (kind == ContentKind.OTHER || kind == ContentKind.JPEG) {
                open = false;
                damaged += kind == ContentKind.JPEG ? 1 : 0;
            } else {
                end();
            }
        }
    }

    @Override
    public void begin(PartHeader header) {
        String type = header.value("content-type").toLowerCase(Locale.ROOT);
        foreign = type.startsWith("audio/")
                || type.startsWith("text/")
                || type.startsWith("message/")
                || (type.startsWith("application/") && !type.startsWith("application/octet-stream"));
        begun = true;
        open = true;
        length = 0;
        begin = 0;
        jpeg = Walk.EXPECTED;
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        int count = bytes.remaining();
        if (count > part.length - length) { // the reader limits the length of a part
            part = Arrays.copyOf(part, Math.max(length + count, 2 * part.length));
        }
        bytes.get(part, length, count);
        length += count;
        if (jpeg == Walk.EXPECTED) {
            expect();
        }
        if (jpeg == Walk.BEGUN) {
            follow();
        }
    }

    /** Looks for the beginning of a JPEG in the part. */
    private void expect() {
        if (length < HEAD) {
            return;
        }
        ByteBuffer all = ByteBuffer.wrap(part, 0, length);
        ByteBuffer picture = ContentKind.from(all);
        ContentKind kind = ContentKind.of(picture);
        boolean blank = isBlank(all.duplicate().limit(picture.position()));
        if (kind == ContentKind.JPEG && (!foreign || blank)) {
            begin = picture.position();
            end.begin(begin);
            jpeg = Walk.BEGUN;
        } else if (kind != ContentKind.OTHER || (foreign && !isBlank(all)) || length > MAX_BEFORE) {
            jpeg = Walk.NONE;
        }
    }

    /** Looks for the end of the JPEG in the part. */
    private void follow() {
        JpegEnd.Found found = JpegEnd.Found.NEXT;
        while (found == JpegEnd.Found.NEXT) {
            found = end.step(part, length);
        }
        if (found == JpegEnd.Found.END && end.at() > HEAD) {
            jpeg = Walk.WHOLE;
        } else if (found != JpegEnd.Found.MORE) { // a JPEG that ends within its first bytes is not one either
            jpeg = Walk.NONE;
        }
    }

    @Override
    public int surplus() {
        return jpeg == Walk.WHOLE ? length - end.at() : -1;
    }

    @Override
    public boolean isCut() {
        return jpeg == Walk.BEGUN;
    }

    @Override
    public void end() {
        open = false;
        int stop = jpeg == Walk.WHOLE ? end.at() : length;
        ByteBuffer all = ByteBuffer.wrap(part, 0, stop);
        ByteBuffer picture = jpeg == Walk.WHOLE ? all.position(begin) : ContentKind.from(all);
        ContentKind kind = ContentKind.of(picture);
        boolean other = kind != ContentKind.OTHER && kind != ContentKind.JPEG && picture.position() == 0;
        boolean wanted = foreign ? jpeg == Walk.WHOLE || other : kind != ContentKind.OTHER || !isBlank(all);
        if (wanted) { // some cameras send empty parts to keep the connection open
            pictures.accept(picture);
        } else {
            others++;
        }
    }

    private static boolean isBlank(ByteBuffer bytes) {
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (!ContentKind.isBlank(bytes.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long damaged() {
        return damaged;
    }
}
