package dev.flipbook.tiff;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.ColourProfile;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.ImagePixels;
import dev.flipbook.jpeg.Orientation;
import dev.flipbook.picture.ContentKind;
import dev.flipbook.picture.PictureDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.imageio.ImageReader;

/**
 * Decodes TIFF files without native code, with TwelveMonkeys' reader. Of several pictures in a file the first is used.
 * The reader gets only what this package has checked. Used by one thread at a time.
 */
public final class TiffDecoder implements PictureDecoder {

    /** Called by the service loader. */
    public TiffDecoder() {}

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        if (ContentKind.of(bytes) != ContentKind.TIFF) {
            return Optional.empty();
        }
        ByteBuffer file = bytes.slice();
        Directory directory = new Directory(file);
        Layout.of(directory).check(directory, file);
        Orientation turn = Orientation.ofExif((int) directory.numberOr(1, Tag.ORIENTATION));
        directory.forget(Tag.ORIENTATION);
        if (ColourProfile.of(directory.bytes(Tag.PROFILE)).isEmpty()) {
            directory.forget(Tag.PROFILE); // a damaged profile: show the picture without it
        }
        return Optional.of(read(directory.alone(), range).turned(turn));
    }

    private static Canvas read(byte[] file, Optional<GreyRange> range) throws IOException {
        ImageReader reader = new TIFFImageReaderSpi().createReaderInstance(null);
        try (var in = new ByteArrayImageInputStream(file)) {
            reader.setInput(in, true, true);
            BufferedImage image = reader.read(0);
            return Canvas.of(ImagePixels.of(image, range), image.getWidth(), image.getHeight());
        } catch (IOException | RuntimeException e) { // the reader exceeds its arrays if a file is damaged
            throw new IOException("the TIFF is damaged, or its pixels are of a kind that is not known here", e);
        } finally {
            reader.dispose();
        }
    }
}
