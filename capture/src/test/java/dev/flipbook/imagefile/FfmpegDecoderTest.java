package dev.flipbook.imagefile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.ffmpeg.NativeMemory;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.PictureDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class FfmpegDecoderTest {

    @TempDir
    static Path folder;

    private final FfmpegDecoder decoder = new FfmpegDecoder();

    private Path picture(String name, String... options) {
        Path known = folder.resolve(name);
        return Files.exists(known) ? known : new Clips(folder).make(name, "25", 0.04, options);
    }

    private static Frame frame(Canvas canvas) {
        try (JpegEncoder encoder = JpegEncoder.imageIo()) {
            return Frame.of(canvas.encode(encoder, 95));
        }
    }

    private Canvas decoded(Path file) throws IOException {
        return decoder.decode(ByteBuffer.wrap(Files.readAllBytes(file))).orElseThrow();
    }

    @Test
    void serviceLoaderFindsTheProvider() {
        assertThat(ServiceLoader.load(PictureDecoder.class))
                .hasAtLeastOneElementOfType(dev.flipbook.decoder.DecodedImages.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.webp", "a.jp2", "a.png", "a.bmp", "a.jpg", "a.qoi"})
    void picturesOfThisKindAreDecoded(String name) throws Exception {
        Path file = picture(name, "-frames:v", "1");

        assertThat(Clips.psnr(frame(decoded(file)), new Clips(folder).decoded(file, 0)))
                .isGreaterThan(34);
    }

    @Test
    void avifIsDecoded() throws Exception {
        Path file = picture("a.avif", "-frames:v", "1", "-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8");

        Frame frame = frame(decoded(file));

        assertThat(frame.width()).isEqualTo(640);
        assertThat(frame.height()).isEqualTo(360);
        assertThat(Clips.psnr(frame, new Clips(folder).decoded(file, 0))).isGreaterThan(34);
    }

    @Test
    void deepGreyIsScaledFromThePicturesOwnRangeOrTheGivenOne() throws Exception {
        ByteBuffer pgm =
                ByteBuffer.allocate(15 + 2 * 40 * 40).put("P5\n40 40\n65535\n".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 40 * 40; i++) {
            pgm.putShort((short) (i < 800 ? 1000 : 4000));
        }
        Canvas found = decoder.decode(pgm.flip()).orElseThrow();
        Canvas given = decoder.decode(pgm, Optional.of(new GreyRange(0, 8000))).orElseThrow();

        assertThat(Clips.image(frame(found)).getRGB(20, 5) & 0xFF).isLessThan(4);
        assertThat(Clips.image(frame(found)).getRGB(20, 35) & 0xFF).isGreaterThan(251);
        assertThat(Clips.image(frame(given)).getRGB(20, 35) & 0xFF).isBetween(125, 131);
    }

    @ParameterizedTest
    @CsvSource({"clear.webp, libwebp, bgra", "lossy.webp, libwebp, yuva420p"})
    void transparentPartsAreBlack(String name, String codec, String format) throws Exception {
        Path file = new Clips(folder)
                .made(
                        name,
                        List.of("-f", "lavfi", "-i", "color=white:s=64x32,format=rgba,colorchannelmixer=aa=0.5"),
                        0.04,
                        "-frames:v",
                        "1",
                        "-c:v",
                        codec,
                        "-pix_fmt",
                        format);

        BufferedImage shown = Clips.image(frame(decoded(file)));

        assertThat(shown.getRGB(32, 16) & 0xFF).isBetween(124, 132);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.webp", "a.avif", "a.jp2", "a.png", "a.bmp", "a.qoi", "a.jpg"})
    void truncatedPicturesAreRefused(String name) throws Exception {
        Path file = name.equals("a.avif")
                ? picture(name, "-frames:v", "1", "-c:v", "libaom-av1", "-still-picture", "1", "-cpu-used", "8")
                : picture(name, "-frames:v", "1");
        byte[] whole = Files.readAllBytes(file);
        for (int percent = 0; percent < 100; percent += 7) {
            byte[] part = Arrays.copyOf(whole, 16 + whole.length * percent / 100);
            assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(part)))
                    .as("%d %%", percent)
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching(".{10,}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "#EXTM3U\nfile:///etc/passwd\n", "ffconcat version 1.0\n", "v=0\n", "RIFF1234AVI "})
    void otherContentIsNotDecoded(String text) throws Exception {
        assertThat(decoder.decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))))
                .isEmpty();
    }

    @Test
    void messageNamesTheMissingBytesOfAWebp() throws Exception {
        byte[] whole = Files.readAllBytes(picture("a.webp", "-frames:v", "1"));

        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(whole, 0, whole.length - 10)))
                .hasMessage("the WebP is cut off: %d of its %d bytes are there", whole.length - 10, whole.length);
    }

    @Test
    void smallFileThatClaimsTooManyPixelsIsRefused() {
        int height = Jpeg.MAX_PIXELS / 8192 + 1;
        ByteBuffer qoi = ByteBuffer.allocate(14 + 8192 * height / 62 + 1 + 8);
        qoi.put("qoif".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(8192)
                .putInt(height)
                .put((byte) 3);
        Arrays.fill(qoi.array(), 14, qoi.capacity() - 8, (byte) 0xFD); // each byte repeats the last pixel 62 times
        qoi.put(qoi.capacity() - 1, (byte) 1);

        assertThatThrownBy(() -> decoder.decode(qoi.clear()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the picture cannot be decoded: "); // and was not
    }

    @Test
    void folderOfSuchPicturesIsASource() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        Files.copy(picture("a.webp", "-frames:v", "1"), own.resolve("a.webp"));
        try (FrameSource source = FrameSource.open(own.toString())) {
            assertThat(source.next().width()).isEqualTo(640);
            assertThat(source.description()).isEqualTo("own/");
        }
    }

    @Test
    void decodingLeaksNoMemory() throws Throwable {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(picture("a.bmp", "-frames:v", "1")));
        assertThat(decoder.decode(file)).isPresent();
        long before = NativeMemory.used();
        for (int i = 0; i < 400; i++) {
            assertThat(decoder.decode(file)).isPresent();
        }
        assertThat(NativeMemory.used() - before)
                .as("400 pictures would be 276 MB; the JVM compiles meanwhile")
                .isLessThan(130L << 20);
    }
}
