package dev.flipbook.origin;

import dev.flipbook.Frame;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.ContentKind;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Copies of the pixels that a program has published, so that the program may draw in its image again while the copy is
 * encoded. The memory of the copies is reused. Thread-safe.
 */
final class SpareMemory {

    /** Number of arrays that are kept for reuse: one copy is being encoded, one waits, and one is being filled. */
    private static final int SPARES = 2;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Deque<byte[]> spares = new ArrayDeque<>();
    private boolean closed;

    /** A draft with a copy of these pixels. */
    Draft of(RawImage image) {
        ByteBuffer pixels = image.pixels();
        byte[] copy = take(image.bytes());
        pixels.get(pixels.position(), copy, 0, image.bytes());
        return pixels(image, copy);
    }

    /** A draft with a copy of this image. */
    Draft of(BufferedImage image) {
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && image.getRaster().getDataBuffer() instanceof DataBufferByte buffer
                && image.getRaster().getSampleModel() instanceof ComponentSampleModel rows
                && buffer.getOffset() == 0
                && buffer.getSize()
                        // false for a part of a larger image, whose buffer has the pixels of the whole
                        == 3 * image.getWidth() * image.getHeight()
                && rows.getScanlineStride() == 3 * image.getWidth()) {
            return of(RawImage.of(PixelFormat.BGR24, image.getWidth(), image.getHeight(), buffer.getData()));
        }
        Canvas canvas = Canvas.of(image);
        Canvas copy = Canvas.shares(image) ? canvas.copy() : canvas;
        return tools -> Frame.of(copy.encode(tools.encoder(), JpegEncoder.QUALITY));
    }

    /**
     * A draft with a copy of this picture file.
     *
     * @throws IllegalArgumentException with a sentence when it is of no known kind, or too large
     */
    Draft of(ByteBuffer file) {
        if (ContentKind.of(file) == ContentKind.OTHER) {
            throw new IllegalArgumentException("not a picture: the first of its " + file.remaining()
                    + " bytes match none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, QOI");
        }
        if (file.remaining() > Jpeg.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the picture has " + file.remaining() + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        int size = file.remaining();
        byte[] copy = take(size);
        file.get(file.position(), copy, 0, size);
        return new Draft() {
            @Override
            public Frame encode(Tools tools) throws IOException {
                return tools.files().frame(ByteBuffer.wrap(copy, 0, size));
            }

            @Override
            public void done() {
                give(copy);
            }
        };
    }

    private Draft pixels(RawImage image, byte[] copy) {
        PixelFormat format = image.format();
        int width = image.width();
        int height = image.height();
        int stride = image.stride();
        var range = image.range(); // copied out of the image, whose memory may be given back to its owner
        return new Draft() {
            @Override
            public Frame encode(Tools tools) {
                RawImage copied = new RawImage(format, width, height, stride, ByteBuffer.wrap(copy), range);
                return Frame.of(tools.encoder().encode(copied, JpegEncoder.QUALITY));
            }

            @Override
            public void done() {
                give(copy);
            }
        };
    }

    /** An array of at least this size: a spare one that is not more than twice as large, or a new one. */
    private byte[] take(int bytes) {
        lock.lock();
        try {
            byte[] spare = spares.poll();
            if (spare != null && spare.length >= bytes && spare.length / 2 <= bytes) {
                return spare;
            }
        } finally {
            lock.unlock();
        }
        return new byte[bytes];
    }

    /** Keeps an array for reuse, if there is room. */
    private void give(byte[] copy) {
        lock.lock();
        try {
            if (!closed && spares.size() < SPARES) {
                spares.add(copy);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops the spare arrays, and keeps none from now on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            spares.clear();
        } finally {
            lock.unlock();
        }
    }
}
