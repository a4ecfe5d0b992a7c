package dev.flipbook.turbojpeg;

import dev.flipbook.image.Canvas;
import dev.flipbook.image.ColourProfile;
import dev.flipbook.image.JpegPixels;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.JpegColours;
import dev.flipbook.jpeg.Orientation;
import dev.flipbook.turbojpeg.TurboCompressor.Picture;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Makes variants with the operating system's libjpeg-turbo, which scales while it decodes. A picture that is only
 * turned is turned without loss if its blocks allow that. A variant keeps the orientation and the colour profile that
 * the picture has; a picture in CMYK becomes RGB. Used by one thread at a time.
 */
public final class TurboVariants implements VariantMaker {

    private final TurboReader reader;
    private final TurboCompressor compressor;
    private final TurboJpeg encoder;
    private final TurboJpeg fine; // for pictures without colour subsampling

    /** @throws UnsupportedOperationException if this machine has no libjpeg-turbo of version 2 or later */
    public TurboVariants() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("libjpeg-turbo is used on little-endian machines only");
        }
        TurboJpegLibrary library = TurboJpegLibrary.find()
                .orElseThrow(() -> new UnsupportedOperationException("libjpeg-turbo (libturbojpeg0) is not installed"));
        reader = new TurboReader(library);
        compressor = new TurboCompressor(library);
        encoder = new TurboJpeg(compressor, TurboJpegLibrary.SUBSAMPLING_420);
        fine = new TurboJpeg(compressor, TurboJpegLibrary.SUBSAMPLING_444);
    }

    @Override
    public String name() {
        return "TurboJPEG";
    }

    @Override
    public Jpeg make(Jpeg picture, Change change) throws IOException {
        Orientation own = picture.orientation();
        // Mirroring reverses the direction of a turn before it.
        int quarters = own.mirrored() ? (4 - change.quarters()) % 4 : change.quarters();
        MemorySegment jpeg = reader.inMemory(picture);
        return made(jpeg, picture, change, quarters).turned(own);
    }

    private Jpeg made(MemorySegment jpeg, Jpeg picture, Change change, int quarters) throws IOException {
        TurboReader.Header header = reader.header(jpeg);
        int subsampling = header.subsampling();
        if (change.turnsOnly() && subsampling >= 0) {
            try {
                return reader.turned(jpeg, picture, subsampling, quarters).withProfileOf(picture);
            } catch (IOException e) {
                // Blocks at an edge are incomplete, or there is another problem that decoding to pixels avoids.
            }
        }
        int width = change.of(picture.width());
        int height = change.of(picture.height());
        int quality = change.qualityOrUsual();
        if (header.isYcc() && quarters == 0 && subsampling >= 0) {
            TurboReader.Planes planes = reader.planes(jpeg, subsampling, width, height);
            Picture smaller = new Picture(width, height, subsampling, quality);
            return compressor
                    .planes(planes.addresses(), planes.strides(), smaller)
                    .withProfileOf(picture);
        }
        int[] pixels =
                header.isCmyk() ? mixed(reader.cmyk(jpeg, width, height), picture) : reader.pixels(jpeg, width, height);
        Jpeg made = Canvas.of(pixels, width, height)
                .turned(new Orientation(quarters, false))
                .encode(header.isYcc() ? encoder : fine, quality);
        return header.isCmyk() ? made : made.withProfileOf(picture);
    }

    private static int[] mixed(byte[] inks, Jpeg picture) {
        try {
            return JpegPixels.cmyk(inks, picture.profile().flatMap(ColourProfile::of));
        } catch (LinkageError e) { // a Java without java.desktop, which is needed for colour profiles
            return JpegColours.withoutProfile(inks);
        }
    }

    @Override
    public void close() {
        reader.close();
        compressor.close();
    }
}
