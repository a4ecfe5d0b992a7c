package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Pictures that consist of one number each, and memory to put them in. A million pictures can be made in a second. */
public final class Numbered {

    static final BlockText TEXT = new BlockText("image/jpeg", "b");

    /** Size of a picture in bytes: more than a processor copies at once, so that a torn picture shows. */
    private static final int BYTES = 96;

    /**
     * Highest number of a picture. It is below every character of a part header, so that {@link #in} can find the
     * picture in any slice.
     */
    private static final int HIGHEST = 9;

    private Numbered() {}

    /**
     * A picture whose bytes are all this number, from 1 to 9. A block accepts such a picture, because it does not check
     * whether a picture is a JPEG.
     */
    public static Jpeg picture(int number) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) number);
        return new Jpeg(List.of(ByteBuffer.wrap(bytes)), BYTES, 1, 1);
    }

    /** The number of the picture in a slice of a block; 0 if there is no picture, -1 if there are pieces of several. */
    public static int in(ByteBuffer slice) {
        int number = 0;
        int found = 0;
        for (int i = slice.position(); i < slice.limit(); i++) {
            byte next = slice.get(i);
            if (next <= HIGHEST) {
                if (found++ > 0 && next != number) {
                    return -1;
                }
                number = next;
            }
        }
        return found == 0 || found == BYTES ? number : -1;
    }

    /**
     * A pool with memory for this number of pictures, which cannot allocate more. The memory is on the heap, because
     * the garbage collector frees heap memory much faster than direct memory. {@link #held} checks how much of the
     * memory is in use.
     */
    public static BlockPool pool(int pictures) {
        int size = BlockPool.sizeFor(BYTES + TEXT.size());
        BlockPool pool = new BlockPool(1);
        for (int i = 0; i < pictures; i++) {
            pool.giveBack(ByteBuffer.allocate(size));
        }
        return pool;
    }

    /**
     * Whether exactly this number of blocks of a {@link #pool} is held. If not, a block was given back twice or not at
     * all.
     */
    public static boolean held(int blocks, BlockPool pool, int pictures) {
        int size = BlockPool.sizeFor(BYTES + TEXT.size());
        // The pool counts allocated memory less free memory, and it has not allocated the pictures itself.
        return pool.usedBytes() == (blocks - pictures) * (long) size;
    }
}
