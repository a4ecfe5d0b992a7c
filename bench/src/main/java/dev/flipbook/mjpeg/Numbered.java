package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Pictures that differ in their bytes, and memory to put them in. A million of them can be made in a second. */
public final class Numbered {

    static final BlockText TEXT = new BlockText("image/jpeg", "b");

    /** Read for torn pictures: more than a processor copies at once. */
    private static final int BYTES = 96;

    /** Below every character of a part header, so that a slice of any kind can be read for its picture. */
    private static final int HIGHEST = 9;

    private Numbered() {}

    /** A picture that is nothing but this number, from 1 to 9. A block takes it as it is: what is in it is checked before. */
    public static Jpeg picture(int number) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, (byte) number);
        return new Jpeg(List.of(ByteBuffer.wrap(bytes)), BYTES, 1, 1);
    }

    /** The number of the picture in a slice of a block; 0 where there is none, -1 where there are pieces of several. */
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
     * A pool with memory for this many pictures and no right to more. It is of the heap, as the collector is much
     * quicker with that than with direct memory. {@link #held} says how much of it is in use.
     */
    public static BlockPool pool(int pictures) {
        int size = BlockPool.sizeFor(BYTES + TEXT.size());
        BlockPool pool = new BlockPool(1);
        for (int i = 0; i < pictures; i++) {
            pool.giveBack(ByteBuffer.allocate(size));
        }
        return pool;
    }

    /** Whether this many blocks of such a pool are held: none was given back twice, none was kept. */
    public static boolean held(int blocks, BlockPool pool, int pictures) {
        int size = BlockPool.sizeFor(BYTES + TEXT.size());
        return pool.usedBytes() == (blocks - pictures) * (long) size; // what is in it was not allocated by it
    }
}
