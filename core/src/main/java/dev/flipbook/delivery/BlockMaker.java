package dev.flipbook.delivery;

import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the blocks of one feed: a copy of a picture in memory of the pool, with the text of the feed around it.
 * Immutable.
 *
 * @param text what stands around each picture: the delimiter and the part's headers
 */
public record BlockMaker(BlockText text, Ticker ticker, BlockPool pool) {

    /**
     * A block with this picture, or null when there is no memory. Its time stamp is the wall clock now, less the age of
     * the picture.
     *
     * @param captured when the picture was taken, as the ticker counts
     * @param now the time, as the ticker counts
     * @param last whether responses end after it
     */
    @Nullable
    Block block(Jpeg jpeg, long captured, long now, boolean last) {
        Instant time = ticker.now();
        long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000 - (now - captured) / 1000;
        return pool.block(jpeg, text, Math.max(0, micros), last).orElse(null);
    }

    /**
     * An edition with a picture that was made of another edition's picture; null when there is no memory for it. The
     * caller is the only holder of its block.
     *
     * @param last whether responses end after it
     */
    public @Nullable Edition made(Edition of, Jpeg picture, boolean last) {
        Block block = block(picture, of.capturedNanos(), ticker.nanos(), last);
        return block == null ? null : of.as(block, picture);
    }
}
