package dev.flipbook.capture;

import dev.flipbook.Frame;
import dev.flipbook.JpegEncoder;
import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Makes JPEGs from FFmpeg's pictures. Confined to the source thread.
 */
public interface PictureEncoder extends AutoCloseable {

    /** As {@link dev.flipbook.FeedStatus.Encoding#encoder()}. */
    String name();

    /** The layout in which it takes a picture that is best given in this one. */
    PixelLayout takes(PixelLayout best);

    /**
     * Encodes a picture in a layout that it takes, in full range and by BT.601 if it is not RGB.
     *
     * @param subsampled how the colours of the original are; of use when the picture is RGB
     * @param quality 1 to 100
     * @return a frame whose bytes are valid until the next call or close
     */
    Frame encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException;

    @Override
    void close();

    /** The kinds there are, the fastest first. */
    enum Kind {
        TURBO_JPEG {
            @Override
            PictureEncoder open() throws IOException {
                return new TurboPictures(TurboJpegLibrary.find()
                        .orElseThrow(() -> new IOException("libjpeg-turbo (libturbojpeg0) is not installed")));
            }
        },
        FFMPEG {
            @Override
            PictureEncoder open() throws IOException {
                return new FfmpegPictures();
            }
        },
        IMAGE_IO {
            @Override
            PictureEncoder open() {
                return new PixelPictures(JpegEncoder.imageIo());
            }
        };

        abstract PictureEncoder open() throws IOException;

        /** The fastest that this machine has. */
        public static PictureEncoder best() {
            for (Kind kind : values()) {
                try {
                    return kind.open();
                } catch (IOException e) {
                    System.getLogger("dev.flipbook.capture")
                            .log(System.Logger.Level.DEBUG, "encoder={0} missing: {1}", kind, e.getMessage());
                }
            }
            throw new IllegalStateException("the JDK has no JPEG encoder");
        }
    }
}
