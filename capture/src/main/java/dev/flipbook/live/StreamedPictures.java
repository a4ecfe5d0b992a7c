package dev.flipbook.live;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.MediaInput;
import dev.flipbook.ffmpeg.PictureReader;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a peer that sends a stream of pictures. JPEGs are passed on unchanged, each as soon as its last byte
 * has arrived; FFmpeg would keep each back until the next one begins. Used by the source thread only.
 */
final class StreamedPictures implements PictureReader {

    private final LiveInput input;
    private final PictureStream pictures;
    private final Consumer<Encoding> encodings;
    private @Nullable Frame frame;

    /**
     * Takes ownership of the input, and closes it at the end.
     *
     * @param encodings gets the encoding times of pictures that are not JPEGs
     */
    StreamedPictures(LiveInput input, SourceOptions options, Ticker ticker, Consumer<Encoding> encodings) {
        this.input = input;
        this.pictures = new PictureStream(input.bytes(), "", options, ticker);
        this.encodings = encodings;
    }

    @Override
    public boolean advance() throws IOException, InterruptedException {
        input.waitsForMore();
        try {
            frame = pictures.next();
            encodings.accept(pictures.encoding());
            return true;
        } catch (EOFException e) {
            return false;
        } catch (NoPicturesException e) {
            throw input.noPictures(e);
        } catch (IOException e) {
            throw input.failure(e);
        }
    }

    @Override
    public long timestamp() {
        return MediaInput.UNKNOWN;
    }

    @Override
    public long duration() {
        return 0;
    }

    @Override
    public Optional<Frame> frame() {
        return Optional.ofNullable(frame);
    }

    @Override
    public boolean rewind() {
        return false;
    }

    @Override
    public String encoder() {
        return pictures.encoding().encoder();
    }

    long damaged() {
        return pictures.damaged();
    }

    @Override
    public void close() {
        pictures.close(); // closes the input's bytes as well
        input.close();
    }
}
