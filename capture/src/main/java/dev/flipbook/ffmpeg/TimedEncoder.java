package dev.flipbook.ffmpeg;

import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Encodes with another encoder and measures how long each picture takes. Used by the source thread only. */
final class TimedEncoder implements PictureEncoder {

    private final PictureEncoder encoder;
    private final Ticker ticker;
    private final LongConsumer took;

    /** @param took gets the encoding time of each picture in nanoseconds */
    TimedEncoder(PictureEncoder encoder, Ticker ticker, LongConsumer took) {
        this.encoder = encoder;
        this.ticker = ticker;
        this.took = took;
    }

    @Override
    public Jpeg encode(AVFrame picture, PixelLayout layout, PixelLayout subsampled, int quality) throws IOException {
        long begun = ticker.nanos();
        Jpeg frame = encoder.encode(picture, layout, subsampled, quality);
        took.accept(ticker.nanos() - begun);
        return frame;
    }

    @Override
    public String name() {
        return encoder.name();
    }

    @Override
    public PixelLayout takes(PixelLayout best) {
        return encoder.takes(best);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
