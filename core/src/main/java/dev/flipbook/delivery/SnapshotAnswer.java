package dev.flipbook.delivery;

import dev.flipbook.Frame;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The receiver of a picture, or of the reason why there is none. Immutable.
 *
 * @param future completes with either, or is cancelled by a caller that stops waiting
 * @param taker completes the future with what is made of an edition, whose block is held until the call returns
 */
public record SnapshotAnswer(CompletableFuture<?> future, Consumer<Edition> taker) {

    /** An answer that receives a copy of the picture. */
    public static SnapshotAnswer copy(CompletableFuture<Frame> future) {
        return new SnapshotAnswer(future, edition -> future.complete(edition.copy()));
    }

    /** Gives the picture. An exception here fails this answer and no other. */
    public void give(Edition edition) {
        if (future.isDone()) {
            return;
        }
        try {
            taker.accept(edition);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Fails with this exception. */
    public void fail(Throwable why) {
        future.completeExceptionally(why);
    }

    /** Fails with an {@link IOException} of this sentence. */
    public void fail(String why) {
        fail(new IOException(why.isEmpty() ? "no picture has come yet" : why));
    }
}
