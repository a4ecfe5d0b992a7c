package dev.flipbook.turbojpeg;

import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.TurboCompressor.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Encodes pixels with the operating system's libjpeg-turbo. Used by one thread at a time. */
public final class TurboJpeg implements JpegEncoder {

    private final TurboCompressor compressor;
    private final int subsampling;
    private final PlaneCompressor planes = new PlaneCompressor();

    /** @throws UnsupportedOperationException if this machine has no libjpeg-turbo */
    public TurboJpeg() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("libjpeg-turbo is used on little-endian machines only");
        }
        subsampling = TurboJpegLibrary.SUBSAMPLING_420;
        compressor = new TurboCompressor(TurboJpegLibrary.find()
                .orElseThrow(
                        () -> new UnsupportedOperationException("libjpeg-turbo (libturbojpeg0) is not installed")));
    }

    /** Creates an encoder that shares a compressor with others, and subsamples RGB pixels in this way. */
    TurboJpeg(TurboCompressor compressor, int subsampling) {
        this.compressor = compressor;
        this.subsampling = subsampling;
    }

    @Override
    public String name() {
        return "TurboJPEG";
    }

    @Override
    public Jpeg encode(int[] pixels, int width, int height, int quality) {
        if (pixels.length < (long) width * height) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels are too few for a picture of " + width + "x" + height);
        }
        try {
            Picture picture = new Picture(width, height, subsampling, quality);
            return compressor.pixels(MemorySegment.ofArray(pixels), TurboJpegLibrary.BGRX, 4 * width, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Jpeg encode(RawImage image, int quality) {
        try {
            return switch (image.format()) {
                case BGR24 -> pixels(image, TurboJpegLibrary.BGR, subsampling, quality);
                case RGB24 -> pixels(image, TurboJpegLibrary.RGB, subsampling, quality);
                case RGBA -> pixels(image, TurboJpegLibrary.RGBX, subsampling, quality);
                case GREY8 -> pixels(image, TurboJpegLibrary.GRAY, TurboJpegLibrary.SUBSAMPLING_GRAY, quality);
                case GREY16LE, GREY16BE -> encode(image.in8Bits(), quality);
                case YUV420P -> planes.encode(image, compressor, quality);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Jpeg pixels(RawImage image, int format, int sampling, int quality) throws IOException {
        Picture picture = new Picture(image.width(), image.height(), sampling, quality);
        return compressor.pixels(MemorySegment.ofBuffer(image.pixels()), format, image.stride(), picture);
    }

    @Override
    public void close() {
        planes.close();
        compressor.close();
    }
}
