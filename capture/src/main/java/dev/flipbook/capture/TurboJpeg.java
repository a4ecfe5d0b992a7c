package dev.flipbook.capture;

import dev.flipbook.Frame;
import dev.flipbook.JpegEncoder;
import dev.flipbook.capture.TurboCompressor.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** JPEGs from pixels by the operating system's libjpeg-turbo. One thread at a time. */
public final class TurboJpeg implements JpegEncoder {

    private final TurboCompressor compressor;

    /** @throws UnsupportedOperationException when this machine has no libjpeg-turbo */
    public TurboJpeg() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("libjpeg-turbo is used on little-endian machines only");
        }
        compressor = new TurboCompressor(TurboJpegLibrary.find()
                .orElseThrow(
                        () -> new UnsupportedOperationException("libjpeg-turbo (libturbojpeg0) is not installed")));
    }

    @Override
    public String name() {
        return "TurboJPEG";
    }

    @Override
    public Frame encode(int[] pixels, int width, int height, int quality) {
        if (pixels.length < (long) width * height) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels are too few for a picture of " + width + "x" + height);
        }
        try {
            Picture picture = new Picture(width, height, TurboJpegLibrary.SUBSAMPLING_420, quality);
            return compressor.pixels(MemorySegment.ofArray(pixels), 4 * width, picture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        compressor.close();
    }
}
