package dev.flipbook;

import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.io.IOException;

/** Variants by the JDK's own means: everywhere, and some ten times as slow as libjpeg-turbo. A turn is made in the pixels. */
final class CanvasMaker implements VariantMaker {

    private final JpegEncoder encoder = JpegEncoder.imageIo();

    @Override
    public String name() {
        return encoder.name();
    }

    @Override
    public Jpeg make(Jpeg picture, Change change) throws IOException {
        Canvas upright =
                Canvas.decode(picture).orElseThrow(() -> new IOException("the picture cannot be decoded by " + name()));
        return upright.scaled(change.of(upright.width()), change.of(upright.height()))
                .turned(new Orientation(change.quarters(), false))
                .encode(encoder, change.qualityOrUsual())
                .picture();
    }
}
