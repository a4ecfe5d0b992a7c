package dev.flipbook.ffmpeg;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.TurboCompressor;
import dev.flipbook.turbojpeg.TurboCompressor.Picture;
import dev.flipbook.turbojpeg.TurboJpegLibrary;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Encodes with libjpeg-turbo, directly from the decoder's planes. Used by the source thread only. */
final class TurboEncoder implements PictureEncoder {

    private final TurboCompressor compressor;

    TurboEncoder(TurboJpegLibrary library) {
        compressor = new TurboCompressor(library);
    }

    @Override
    public String name() {
        return "TurboJPEG";
    }

    @Override
    public PixelLayout takes(PixelLayout best) {
        return best;
    }

    @Override
    public Jpeg encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException {
        int width = picture.width();
        int height = picture.height();
        if (layout == PixelLayout.BGRX) {
            MemorySegment pixels = MemorySegment.ofAddress(picture.data(0).address());
            return compressor.pixels(
                    pixels,
                    TurboJpegLibrary.BGRX,
                    picture.linesize(0),
                    new Picture(width, height, subsampled.turbo, quality));
        }
        // FFmpeg and libjpeg-turbo describe planes in the same way: by an array of addresses and an array of ints.
        MemorySegment planes = MemorySegment.ofAddress(picture.data().address());
        MemorySegment strides = MemorySegment.ofAddress(picture.linesize().address());
        return compressor.planes(planes, strides, new Picture(width, height, layout.turbo, quality));
    }

    @Override
    public void close() {
        compressor.close();
    }
}
