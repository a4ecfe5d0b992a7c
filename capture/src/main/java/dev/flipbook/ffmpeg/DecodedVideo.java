package dev.flipbook.ffmpeg;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.jpeg.Orientation;
import java.io.IOException;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/** Decodes an input's pictures and encodes them as JPEGs. Used by the source thread only. */
final class DecodedVideo implements PictureReader {

    private final MediaInput input;
    private final VideoDecoder decoder;
    private final PictureEncoder encoder;
    private final SourceOptions options;
    private final Orientation turn;
    private @Nullable PictureShape shape;
    private @Nullable Conversion conversion;
    private PixelLayout layout = PixelLayout.YUV420;
    private PixelLayout subsampling = PixelLayout.YUV420;

    /** Takes ownership of the input and the encoder, and closes them at the end, unless the constructor throws. */
    DecodedVideo(MediaInput input, PictureEncoder encoder, SourceOptions options) throws IOException {
        this.input = input;
        this.decoder = VideoDecoder.open(input);
        this.encoder = encoder;
        this.options = options;
        this.turn = Orientation.of(options.rotate(), options.mirror());
    }

    @Override
    public boolean advance() throws IOException, InterruptedException {
        return decoder.advance();
    }

    @Override
    public long timestamp() {
        return input.nanos(decoder.picture().best_effort_timestamp());
    }

    @Override
    public long duration() {
        long duration = decoder.picture().duration();
        return duration <= 0 ? 0 : input.nanos(duration);
    }

    @Override
    public Optional<Frame> frame() throws IOException {
        AVFrame picture = decoder.picture();
        PictureShape now = PictureShape.ofVideo(picture, turn, input.pixelAspect(picture));
        if (!now.equals(shape)) {
            adapt(now);
        }
        AVFrame source = conversion == null ? picture : conversion.apply(picture);
        return Optional.of(Frame.of(encoder.encode(source, layout, subsampling, options.quality())));
    }

    private void adapt(PictureShape now) throws IOException {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        layout = encoder.takes(now.bestLayout());
        subsampling = now.subsampling();
        String filters = now.filters(layout, options);
        if (!filters.isEmpty()) {
            conversion = Conversion.open(now, filters);
        }
        shape = now;
    }

    @Override
    public boolean rewind() {
        return decoder.rewind();
    }

    @Override
    public String encoder() {
        return encoder.name();
    }

    @Override
    public void close() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        decoder.close();
        encoder.close();
        input.close();
    }
}
