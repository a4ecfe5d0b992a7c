import dev.flipbook.FrameSourceProvider;
import dev.flipbook.decoder.DecodedImages;
import dev.flipbook.decoder.DecodedSources;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.live.Screens;
import dev.flipbook.picture.PictureDecoder;
import dev.flipbook.tiff.TiffDecoder;
import dev.flipbook.turbojpeg.TurboJpeg;
import dev.flipbook.turbojpeg.TurboVariants;
import dev.flipbook.v4l2.Cameras;

/**
 * Pictures from outside the JVM: cameras through V4L2; video files, live streams and screens through FFmpeg; JPEG
 * encoding and variants through libjpeg-turbo. The module exports no package: other modules find its classes with
 * {@link java.util.ServiceLoader}.
 */
@org.jspecify.annotations.NullMarked
module dev.flipbook.capture {
    requires com.twelvemonkeys.imageio.core;
    requires com.twelvemonkeys.imageio.tiff;
    requires dev.flipbook;
    requires org.bytedeco.ffmpeg;
    requires org.bytedeco.javacpp;
    requires static java.desktop; // needed for TIFF, as in core for the kinds that the JDK reads
    requires static org.jspecify;

    provides FrameSourceProvider with
            Cameras,
            DecodedSources,
            Screens;
    provides JpegEncoder with
            TurboJpeg;
    provides PictureDecoder with
            TiffDecoder,
            DecodedImages;
    provides VariantMaker with
            TurboVariants;
}
