package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.image.Encoder;
import dev.flipbook.image.JpegEncoder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An encoder that is opened for its first picture, with the figures of what it has made for
 * {@link FrameSource#encoding()}. After a close it may be used again, and the figures go on. Used by one thread at a
 * time; any thread may ask for {@link #encoding}.
 *
 * @param <E> kind of the encoder
 */
public final class MeteredEncoder<E extends Encoder> implements AutoCloseable {

    /** Makes one picture, which is what is measured. */
    @FunctionalInterface
    public interface Work<E, T, X extends Exception> {
        T with(E encoder) throws X;
    }

    private final Supplier<E> encoders;
    private final Ticker ticker;
    private @Nullable E encoder;
    private volatile Encoding encoding = Encoding.NONE;

    /** @param encoders opens the encoder */
    public MeteredEncoder(Supplier<E> encoders, Ticker ticker) {
        this.encoders = encoders;
        this.ticker = ticker;
    }

    /** The fastest encoder of pixels on this machine, as {@link JpegEncoder#best()} finds it. */
    public static MeteredEncoder<JpegEncoder> best(Ticker ticker) {
        return new MeteredEncoder<>(JpegEncoder::best, ticker);
    }

    /** Makes one picture with the encoder, and counts and measures it if that does not fail. */
    public <T, X extends Exception> T make(Work<E, T, X> work) throws X {
        E with = encoder;
        if (with == null) {
            with = encoders.get();
            encoder = with;
            encoding = encoding.by(with.name());
        }
        long begun = ticker.nanos();
        T made = work.with(with);
        encoding = encoding.plus(ticker.nanos() - begun);
        return made;
    }

    /** What was encoded since this object was made. */
    public Encoding encoding() {
        return encoding;
    }

    @Override
    public void close() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
    }
}
