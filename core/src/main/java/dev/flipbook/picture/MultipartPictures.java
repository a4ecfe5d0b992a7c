package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.mjpeg.PartHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The parts of a multipart body, each a picture. Confined to the source thread. */
final class MultipartPictures implements PictureStream.Splitter, MultipartReader.Parts {

    private final MultipartReader reader;
    private final Consumer<ByteBuffer> pictures;
    private final Stills stills;
    private ByteBuffer part = ByteBuffer.allocate(64 << 10);

    /** @param pictures takes each whole part between position and limit, and copies it */
    MultipartPictures(String contentType, Consumer<ByteBuffer> pictures, SourceOptions options, Ticker ticker)
            throws IOException {
        this.reader = MultipartReader.of(contentType, this);
        this.pictures = pictures;
        this.stills = new Stills(options, ticker);
    }

    @Override
    public void feed(ByteBuffer bytes) throws IOException {
        reader.feed(bytes);
        if (reader.ended()) {
            throw new EOFException("the stream has ended");
        }
    }

    @Override
    public void begin(PartHeader header) {
        part.clear();
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        if (bytes.remaining() > part.remaining()) {
            int needed =
                    part.position() + bytes.remaining(); // the reader sees to it that a part does not grow too large
            part = ByteBuffer.allocate(Math.max(needed, 2 * part.capacity())).put(part.flip());
        }
        part.put(bytes);
    }

    @Override
    public void end() {
        if (part.position() > 0) { // some cameras send empty parts to keep the connection
            pictures.accept(part.flip());
        }
    }

    @Override
    public Frame frame(ByteBuffer picture) throws IOException {
        return stills.frame(picture);
    }

    @Override
    public Encoding encoding() {
        return stills.encoding();
    }

    @Override
    public void close() {
        stills.close();
    }
}
