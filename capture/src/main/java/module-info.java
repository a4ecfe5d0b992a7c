import dev.flipbook.FrameSourceProvider;
import dev.flipbook.JpegEncoder;
import dev.flipbook.VariantMaker;
import dev.flipbook.capture.TurboJpeg;
import dev.flipbook.capture.TurboVariants;
import dev.flipbook.decoder.DecodedFiles;
import dev.flipbook.decoder.DecodedStreams;
import dev.flipbook.decoder.DecoderStills;
import dev.flipbook.live.Devices;
import dev.flipbook.picture.PictureDecoder;
import dev.flipbook.tiff.TiffDecoder;
import dev.flipbook.v4l2.Cameras;

/**
 * Pictures from outside the JVM: cameras through V4L2; video files, live streams and screens through FFmpeg; JPEG
 * encoding and variants through libjpeg-turbo. Nothing of the module is called by name; {@link java.util.ServiceLoader}
 * finds it.
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
            DecodedFiles,
            DecodedStreams,
            Devices;
    provides JpegEncoder with
            TurboJpeg;
    provides PictureDecoder with
            TiffDecoder,
            DecoderStills;
    provides VariantMaker with
            TurboVariants;
}
