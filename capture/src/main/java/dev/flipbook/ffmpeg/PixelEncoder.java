package dev.flipbook.ffmpeg;

import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Encodes with one of core's encoders, which takes pixels on the Java heap. Used by the source thread only. */
public final class PixelEncoder implements PictureEncoder {

    private final JpegEncoder encoder;
    private int[] pixels = {};

    public PixelEncoder(JpegEncoder encoder) {
        this.encoder = encoder;
    }

    @Override
    public String name() {
        return encoder.name();
    }

    @Override
    public PixelLayout takes(PixelLayout best) {
        return PixelLayout.BGRX;
    }

    @Override
    @SuppressWarnings("restricted") // FFmpeg describes its memory by an address and the length of a row
    public Jpeg encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException {
        int width = picture.width();
        int height = picture.height();
        int pitch = picture.linesize(0);
        if (pixels.length != width * height) {
            pixels = new int[width * height];
        }
        MemorySegment rows = MemorySegment.ofAddress(picture.data(0).address()).reinterpret((long) pitch * height);
        for (int y = 0; y < height; y++) {
            MemorySegment.copy(rows, ValueLayout.JAVA_INT_UNALIGNED, (long) pitch * y, pixels, width * y, width);
        }
        try {
            return encoder.encode(pixels, width, height, quality);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        encoder.close();
    }
}
