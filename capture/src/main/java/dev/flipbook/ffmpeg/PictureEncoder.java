package dev.flipbook.ffmpeg;

import dev.flipbook.image.JpegEncoder;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.TurboJpegLibrary;
import java.io.IOException;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Encodes FFmpeg's pictures as JPEGs. Used by the source thread only. */
public interface PictureEncoder extends AutoCloseable {

    /** The encoder's name, as in {@link dev.flipbook.FeedStatus.Encoding#encoder()}. */
    String name();

    /** The layout in which the encoder wants a picture whose best layout is the given one. */
    PixelLayout takes(PixelLayout best);

    /**
     * Encodes a picture. The picture's layout must be one that the encoder wants; YUV must be BT.601 in full range.
     *
     * @param subsampled how the original subsamples its colours; used if the picture is RGB
     * @param quality 1 to 100
     * @return a frame whose bytes are valid until the next call or close
     */
    Jpeg encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException;

    @Override
    void close();

    /** The available encoders, fastest first. */
    enum Kind {
        TURBO_JPEG {
            @Override
            public PictureEncoder open() throws IOException {
                return new TurboEncoder(TurboJpegLibrary.find()
                        .orElseThrow(() -> new IOException("libjpeg-turbo (libturbojpeg0) is not installed")));
            }
        },
        FFMPEG {
            @Override
            public PictureEncoder open() throws IOException {
                return new FfmpegEncoder();
            }
        },
        IMAGE_IO {
            @Override
            public PictureEncoder open() {
                return new PixelEncoder(JpegEncoder.imageIo());
            }
        };

        public abstract PictureEncoder open() throws IOException;

        /** The fastest encoder that works on this machine. */
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
