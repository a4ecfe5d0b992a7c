package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.MeteredEncoder;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits a Y4M stream, which is plain pixels: one line with the size and layout, then for each picture a line
 * {@code FRAME} and its planes. Samples have eight bits: grey, or BT.601 colours at 4:2:0, 4:2:2 or 4:4:4. Confined to
 * the source thread.
 */
final class Y4mSplitter implements Splitter, FrameMaker {

    /** The first word of a stream. */
    static final String MAGIC = "YUV4MPEG2";

    /** Maximum length of a line; a longer one is not Y4M. */
    private static final int MAX_LINE = 512;

    /** Initial size of the memory for one picture, in bytes: as much as is read at once. */
    private static final int FIRST_ROOM = 64 << 10;

    /** Maximum number of pixels: twice a 4K picture. A picture takes seven bytes for each pixel here. */
    private static final int MAX_PIXELS = 16 << 20;

    private final Consumer<ByteBuffer> pictures;
    private final SourceOptions options;
    private final MeteredEncoder<JpegEncoder> encoder;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable Layout layout;
    private ByteBuffer planes = ByteBuffer.allocate(0);
    private boolean inPicture;
    private int[] pixels = {};

    /**
     * The layout of the pictures in the stream.
     *
     * @param across number of pixels side by side that share a colour, 1 or 2; 0 for grey
     * @param down number of pixels above each other that share a colour
     */
    private record Layout(int width, int height, int across, int down, boolean fullRange) {

        int colourWidth() {
            return across == 0 ? 0 : (width + across - 1) / across;
        }

        int size() {
            int colours = across == 0 ? 0 : colourWidth() * ((height + down - 1) / down);
            return width * height + 2 * colours;
        }

        static Layout of(String header) throws IOException {
            int width = 0;
            int height = 0;
            String colours = "420";
            boolean fullRange = false;
            for (String word : header.split(" ", -1)) {
                String value = word.isEmpty() ? "" : word.substring(1);
                switch (word.isEmpty() ? ' ' : word.charAt(0)) {
                    case 'W' -> width = side(value);
                    case 'H' -> height = side(value);
                    case 'C' -> colours = value;
                    case 'X' -> fullRange |= value.equals("COLORRANGE=FULL");
                    default -> {} // frame rate, interlacing and the shape of the pixels are not used
                }
            }
            if (width == 0 || height == 0 || (long) width * height > MAX_PIXELS) {
                throw new IOException("the Y4M header has no size that can be shown: " + header);
            }
            return switch (colours) {
                case "mono" -> new Layout(width, height, 0, 0, fullRange);
                case "444" -> new Layout(width, height, 1, 1, fullRange);
                case "422" -> new Layout(width, height, 2, 1, fullRange);
                case "420", "420jpeg", "420mpeg2", "420paldv" -> new Layout(width, height, 2, 2, fullRange);
                default ->
                    throw new IOException("the pictures are Y4M of the kind C" + colours
                            + "; what is read is C420, C422, C444 and Cmono");
            };
        }

        private static int side(String text) {
            return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        }
    }

    /**
     * A splitter for one stream.
     *
     * @param pictures takes the planes of each whole picture between position and limit, and copies them
     */
    Y4mSplitter(Consumer<ByteBuffer> pictures, SourceOptions options, Ticker ticker) {
        this.pictures = pictures;
        this.options = options;
        this.encoder = MeteredEncoder.best(ticker);
    }

    @Override
    public void feed(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            Layout now = layout;
            if (inPicture && now != null) {
                fill(bytes, now.size());
            } else {
                byte next = bytes.get();
                if (next == '\n') {
                    endLine(line.toString(StandardCharsets.ISO_8859_1));
                    line.reset();
                } else if (line.size() == MAX_LINE) {
                    throw new IOException("this is not Y4M: a line has more than " + MAX_LINE + " bytes");
                } else {
                    line.write(next);
                }
            }
        }
    }

    private void fill(ByteBuffer bytes, int size) {
        makeRoom(size);
        int count = Math.min(bytes.remaining(), planes.remaining());
        planes.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        if (planes.position() == size) {
            pictures.accept(planes.flip());
            planes.clear();
            inPicture = false;
        }
    }

    /** Makes memory for what has come, not for what was announced: doubles it each time, up to this size. */
    private void makeRoom(int size) {
        if (!planes.hasRemaining()) {
            int room = Math.min(size, Math.max(FIRST_ROOM, 2 * planes.capacity()));
            planes = ByteBuffer.allocate(room).put(planes.flip());
        }
    }

    private void endLine(String text) throws IOException {
        if (layout == null) {
            layout = Layout.of(text);
        } else if (text.equals("FRAME") || text.startsWith("FRAME ")) {
            inPicture = true;
        } else {
            throw new IOException("a picture of the Y4M stream does not begin with FRAME");
        }
    }

    @Override
    public boolean isUnderWay() {
        return inPicture ? planes.position() > 0 : line.size() > 0;
    }

    @Override
    public Frame frame(ByteBuffer picture) throws IOException {
        Layout now = layout;
        if (now == null) {
            throw new IOException("there is no Y4M header");
        }
        if (pixels.length == 0) {
            pixels = new int[now.width() * now.height()];
        }
        Jpeg made = encoder.make(with -> {
            convert(picture, now);
            return with.encode(pixels, now.width(), now.height(), options.quality());
        });
        return Frame.of(made).turned(options.rotate(), options.mirror());
    }

    /** Converts BT.601 to RGB in integers with 16 binary places after the point. */
    private void convert(ByteBuffer in, Layout now) {
        int luma = now.width() * now.height();
        int colours = (now.size() - luma) / 2;
        int scale = now.fullRange() ? 65536 : 76309; // 255/219
        int black = now.fullRange() ? 0 : 16;
        int red = now.fullRange() ? 91881 : 104597;
        int greenBlue = now.fullRange() ? 22554 : 25675;
        int greenRed = now.fullRange() ? 46802 : 53279;
        int blue = now.fullRange() ? 116130 : 132201;
        for (int y = 0, at = 0; y < now.height(); y++) {
            int row = luma + (now.across() == 0 ? 0 : y / now.down() * now.colourWidth());
            for (int x = 0; x < now.width(); x++, at++) {
                int grey = ((in.get(at) & 0xFF) - black) * scale + 32768;
                if (now.across() == 0) {
                    pixels[at] = clamp(grey) * 0x010101;
                } else {
                    int u = (in.get(row + x / now.across()) & 0xFF) - 128;
                    int v = (in.get(row + colours + x / now.across()) & 0xFF) - 128;
                    pixels[at] = clamp(grey + red * v) << 16
                            | clamp(grey - greenBlue * u - greenRed * v) << 8
                            | clamp(grey + blue * u);
                }
            }
        }
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value >> 16));
    }

    @Override
    public Encoding encoding() {
        return encoder.encoding();
    }

    @Override
    public void close() {
        encoder.close();
    }
}
