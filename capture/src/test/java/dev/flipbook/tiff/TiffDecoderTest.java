package dev.flipbook.tiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.picture.PictureDecoder;
import dev.flipbook.picture.PictureFrames;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class TiffDecoderTest {

    private final TiffDecoder decoder = new TiffDecoder();

    /** Red on the left, blue on the right, and a green square above on the left. */
    private static BufferedImage picture(int type) {
        BufferedImage image = new BufferedImage(120, 80, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.RED);
        graphics.fillRect(0, 0, 60, 80);
        graphics.setColor(Color.BLUE);
        graphics.fillRect(60, 0, 60, 80);
        graphics.setColor(Color.GREEN);
        graphics.fillRect(0, 0, 20, 20);
        graphics.dispose();
        return image;
    }

    private BufferedImage shown(ByteBuffer file, Optional<GreyRange> range) throws IOException {
        Canvas canvas = decoder.decode(file, range).orElseThrow();
        try (JpegEncoder encoder = JpegEncoder.imageIo()) {
            Frame frame = Frame.of(canvas.encode(encoder, 95));
            return ImageIO.read(new ByteArrayInputStream(frame.bytes()));
        }
    }

    private BufferedImage shown(byte[] file) throws IOException {
        return shown(ByteBuffer.wrap(file), Optional.empty());
    }

    private static void hasColour(BufferedImage image, int x, int y, Color colour) {
        Color found = new Color(image.getRGB(x, y));
        assertThat(found.getRed()).as("red at %d, %d", x, y).isBetween(colour.getRed() - 12, colour.getRed() + 12);
        assertThat(found.getGreen()).as("green").isBetween(colour.getGreen() - 12, colour.getGreen() + 12);
        assertThat(found.getBlue()).as("blue").isBetween(colour.getBlue() - 12, colour.getBlue() + 12);
    }

    @Test
    void serviceLoaderFindsItBeforeNativeDecoders() {
        assertThat(ServiceLoader.load(PictureDecoder.class).iterator().next()).isInstanceOf(TiffDecoder.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "LZW", "Deflate", "ZLib", "PackBits", "JPEG"})
    void eachCompressionIsReadInStrips(String compression) throws Exception {
        hasThePicture(Tiffs.of(picture(BufferedImage.TYPE_INT_RGB), compression));
    }

    @ParameterizedTest
    @CsvSource({"1, 32", "8, 48", "7, 32", "8, 128"})
    void tilesArePutTogether(int compression, int side) throws Exception {
        hasThePicture(Tiffs.tiled(picture(BufferedImage.TYPE_INT_RGB), compression, side));
    }

    private void hasThePicture(byte[] file) throws IOException {
        BufferedImage shown = shown(file);
        assertThat(shown.getWidth()).isEqualTo(120);
        assertThat(shown.getHeight()).isEqualTo(80);
        hasColour(shown, 8, 8, Color.GREEN);
        hasColour(shown, 8, 70, Color.RED);
        hasColour(shown, 110, 70, Color.BLUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CCITT RLE", "CCITT T.4", "CCITT T.6"})
    void faxesAreRead(String compression) throws Exception {
        BufferedImage page = new BufferedImage(120, 80, BufferedImage.TYPE_BYTE_BINARY);
        page.createGraphics().fillRect(60, 0, 60, 80);

        BufferedImage shown = shown(Tiffs.of(page, compression));

        hasColour(shown, 20, 40, Color.BLACK);
        hasColour(shown, 100, 40, Color.WHITE);
    }

    @Test
    void transparentPartsAreBlack() throws Exception {
        BufferedImage image = new BufferedImage(64, 32, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 64 * 32; i++) {
            image.setRGB(i % 64, i / 64, i % 64 < 32 ? 0x80FFFFFF : 0xFFFFFF);
        }
        BufferedImage shown = shown(Tiffs.of(image, "LZW"));

        hasColour(shown, 10, 16, new Color(128, 128, 128));
        hasColour(shown, 54, 16, Color.BLACK);
    }

    @Test
    void cmykIsShownAsRgb() throws Exception {
        byte[] pixels = new byte[16 * 16 * 4];
        for (int i = 0; i < pixels.length; i += 4) {
            pixels[i + 1] = (byte) 255; // magenta
            pixels[i + 2] = (byte) 255; // yellow
        }
        Map<Integer, Long> entries = Tiffs.grey(16, 16);
        entries.put(Tiffs.PHOTOMETRIC, 5L);
        entries.put(Tiffs.SAMPLES, 4L);
        entries.put(Tiffs.STRIP_BYTES, (long) pixels.length);

        hasColour(shown(Tiffs.of(entries, pixels), Optional.empty()), 8, 8, Color.RED);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 120, 8, 8",
        "2, 120, 111, 8",
        "3, 120, 111, 71",
        "4, 120, 8, 71",
        "5, 80, 8, 8",
        "6, 80, 71, 8",
        "7, 80, 71, 111",
        "8, 80, 8, 111"
    })
    void orientationTagIsApplied(int orientation, int width, int x, int y) throws Exception {
        byte[] pixels = new byte[120 * 80];
        for (int i = 0; i < 20 * 20; i++) {
            pixels[i / 20 * 120 + i % 20] = (byte) 255; // a white square, above on the left
        }
        Map<Integer, Long> entries = Tiffs.grey(120, 80);
        entries.put(Tiffs.ORIENTATION, (long) orientation);

        BufferedImage shown = shown(Tiffs.of(entries, pixels), Optional.empty());

        assertThat(shown.getWidth()).isEqualTo(width);
        hasColour(shown, x, y, Color.WHITE);
        hasColour(shown, shown.getWidth() / 2, shown.getHeight() / 2, Color.BLACK);
    }

    @Test
    void deepGreyIsScaledFromThePicturesOwnRangeOrTheGivenOne() throws Exception {
        BufferedImage deep = new BufferedImage(40, 40, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 40 * 40; i++) {
            deep.getRaster().setSample(i % 40, i / 40, 0, i < 800 ? 1000 : 4000);
        }
        ByteBuffer file = ByteBuffer.wrap(Tiffs.of(deep, "LZW"));

        BufferedImage found = shown(file, Optional.empty());
        BufferedImage given = shown(file, Optional.of(new GreyRange(0, 8000)));

        assertThat(found.getRGB(20, 5) & 0xFF).isLessThan(4);
        assertThat(found.getRGB(20, 35) & 0xFF).isGreaterThan(251);
        assertThat(given.getRGB(20, 35) & 0xFF).isBetween(125, 131);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Deflate", "JPEG"})
    void truncatedFilesAreRefused(String compression) throws Exception {
        byte[] whole = Tiffs.of(picture(BufferedImage.TYPE_INT_RGB), compression);
        for (int percent = 0; percent < 100; percent += 7) {
            byte[] part = Arrays.copyOf(whole, 4 + (whole.length - 4) * percent / 100);
            assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(part)))
                    .as("%d %%", percent)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the TIFF is cut off");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "256 | 100000 | the picture's size is 100000x64; each side goes from 1 to 8192 pixels",
                "257 | 0 | the picture's size is 64x0; each side goes from 1 to 8192 pixels",
                "277 | 60000 | the TIFF has 4096 pixels of 60000 values with 64 bits each; at most 536870912 bytes in all are read",
                "278 | 0 | the TIFF is damaged: its parts are 64x0 pixels",
                "259 | 50000 | the TIFF is compressed by Zstandard (number 50000), which is not read; save it with LZW or Deflate",
                "259 | 65535 | the TIFF is compressed by a method that is not known here (number 65535), which is not read; save it with LZW or Deflate",
                "273 | 2000000000 | the TIFF is cut off: 4224 of at least 2000004096 bytes are there",
                "322 | 2000000000 | the TIFF is damaged: its parts are 2000000000x64 pixels"
            })
    void tooLargeFilesAreRefusedBeforeTheyAreRead(int tag, long number, String sentence) {
        Map<Integer, Long> entries = Tiffs.grey(64, 64);
        entries.put(Tiffs.BITS, tag == Tiffs.SAMPLES ? 64L : 8L);
        entries.put(Tiffs.STRIP_ROWS, 64L);
        if (tag == Tiffs.TILE_WIDTH) {
            entries.put(Tiffs.TILE_HEIGHT, 64L);
        }
        entries.put(tag, number);
        byte[] pixels = new byte[4216 - 12 * entries.size() - 14 + 8];

        assertThatThrownBy(() -> decoder.decode(Tiffs.of(entries, pixels)))
                .isInstanceOf(IOException.class)
                .hasMessage(sentence);
    }

    @Test
    void aPictureInMillionsOfTilesIsRefused() {
        Map<Integer, Long> entries = Tiffs.grey(8192, 8192);
        entries.put(Tiffs.TILE_WIDTH, 2L);
        entries.put(Tiffs.TILE_HEIGHT, 2L);
        entries.put(Tiffs.TILE_OFFSETS, 8L);

        assertThatThrownBy(() -> decoder.decode(Tiffs.of(entries, new byte[8])))
                .hasMessage("the TIFF is cut into 16777216 pieces; at most 65536 are read");
    }

    @Test
    void jpegThatIsLargerThanItsTileIsRefused() throws Exception {
        byte[] file = Tiffs.tiled(picture(BufferedImage.TYPE_INT_RGB), 7, 32);
        for (int i = 0; i < file.length - 9; i++) {
            if ((file[i] & 0xFF) == 0xFF && (file[i + 1] & 0xFF) == 0xC0 && file[i + 3] == 17) {
                file[i + 5] = 0x1F; // its height
                file[i + 7] = 0x1F;
            }
        }
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(file)))
                .hasMessageMatching("the TIFF is damaged: a JPEG in it has 79\\d\\dx79\\d\\d pixels instead of 32x32");
    }

    @Test
    void jpegsThatShareTheirTablesAreRead() throws Exception {
        BufferedImage tile = new BufferedImage(128, 128, BufferedImage.TYPE_3BYTE_BGR);
        tile.createGraphics().drawImage(picture(BufferedImage.TYPE_INT_RGB), 0, 0, null);

        hasThePicture(Tiffs.sharingTables(tile, 120, 80));
    }

    @Test
    void overlappingStripsAreRefused() {
        Map<Integer, Long> entries = Tiffs.grey(64, 64);
        ByteBuffer file = Tiffs.repeated(entries, new byte[4096], 4);

        assertThatThrownBy(() -> decoder.decode(file)).hasMessage("the TIFF is damaged: its parts overlap");
    }

    @Test
    void cyclicDirectoryIsReadOnce() throws Exception {
        ByteBuffer file = Tiffs.of(Tiffs.grey(16, 16), new byte[256]);
        file.putInt(file.limit() - 4, file.getInt(4)); // after the last one comes the first

        assertThat(decoder.decode(file)).isPresent();
    }

    @Test
    void publishedFileIsReadFromItsPositionInTheBuffer() throws Exception {
        byte[] file = Tiffs.of(picture(BufferedImage.TYPE_INT_RGB), "LZW");
        ByteBuffer within =
                ByteBuffer.allocate(file.length + 9).put(5, file).position(5).limit(5 + file.length);
        try (PictureFrames stills = new PictureFrames()) {
            assertThat(stills.frame(within).width()).isEqualTo(120);
        }
    }

    @Test
    void otherFormatsAreLeftToOtherDecoders() throws Exception {
        assertThat(decoder.decode(ByteBuffer.wrap(new byte[] {'I', 'I', '+', 0, 8, 0, 0, 0})))
                .isEmpty();
        assertThat(decoder.decode(ByteBuffer.allocate(0))).isEmpty();
    }
}
