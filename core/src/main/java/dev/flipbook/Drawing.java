package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.time.Cadence;
import java.awt.image.BufferedImage;
import java.util.Objects;
import java.util.function.Supplier;

/** A source whose pictures a program draws on request, at a fixed rate. Confined to the source thread. */
final class Drawing implements FrameSource {

    private final Cadence cadence;
    private final Supplier<BufferedImage> image;
    private final Ticker ticker;
    private final MeteredEncoder<JpegEncoder> encoder;

    Drawing(double fps, Supplier<BufferedImage> image, Ticker ticker) {
        if (!(fps >= 0.001 && fps <= 1000)) {
            throw new IllegalArgumentException("fps is " + fps + "; it goes from 0.001 to 1000");
        }
        this.cadence = new Cadence((long) (1e9 / fps));
        this.image = Objects.requireNonNull(image);
        this.ticker = ticker;
        this.encoder = MeteredEncoder.best(ticker);
    }

    @Override
    public Frame next() throws InterruptedException {
        ticker.sleepUntil(cadence.due(ticker.nanos()));
        long now = ticker.nanos();
        cadence.taken(now);
        BufferedImage drawn = Objects.requireNonNull(image.get(), "the program drew nothing: its supplier gave null");
        return Frame.of(encoder.make(with -> Canvas.of(drawn).encode(with, JpegEncoder.QUALITY)))
                .capturedAt(now);
    }

    @Override
    public void close() {
        cadence.restart();
        encoder.close();
    }

    @Override
    public String description() {
        return "a program's drawing";
    }

    @Override
    public Encoding encoding() {
        return encoder.encoding();
    }
}
