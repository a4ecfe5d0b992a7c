package dev.flipbook.variant;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.MeteredEncoder;
import dev.flipbook.Ticker;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * A {@linkplain MeteredEncoder metered} variant maker that refuses pictures that are too large. Used by one thread at a
 * time; any thread may ask for {@link #encoding}.
 */
final class MeteredMaker implements AutoCloseable {

    /**
     * Maximum pixels of a picture that variants are made of: 2^25, slightly more than an 8K frame has, and half of what
     * a JPEG may have. Larger pictures are passed on unchanged, because decoding them takes too much memory.
     */
    private static final int MAX_PIXELS = 1 << 25;

    private final MeteredEncoder<VariantMaker> maker;

    MeteredMaker(Supplier<VariantMaker> makers, Ticker ticker) {
        this.maker = new MeteredEncoder<>(makers, ticker);
    }

    /**
     * Makes the changed picture.
     *
     * @return a picture whose bytes may be overwritten by the next call
     * @throws IOException when the picture cannot be decoded, or is too large for that
     */
    Jpeg make(Jpeg picture, Change change) throws IOException {
        if ((long) picture.width() * picture.height() > MAX_PIXELS) {
            throw new IOException("the picture is " + picture.width() + "x" + picture.height()
                    + " pixels; variants are made of at most " + MAX_PIXELS + " in all");
        }
        return maker.make(with -> with.make(picture, change));
    }

    /** Encoder, number and mean time of the pictures so far. */
    Encoding encoding() {
        return maker.encoding();
    }

    @Override
    public void close() {
        maker.close();
    }
}
