package dev.flipbook.it.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Changes bytes as transmission errors, bad disks and attackers do. The same random seed gives the same changes. For
 * one thread.
 */
final class FuzzMutation {

    /** Numbers with which lengths and counts often fail. */
    private static final long[] EDGES = {
        0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000L, 0xFFFFFFFFL
    };

    private final Random random;

    FuzzMutation(Random random) {
        this.random = random;
    }

    /** One of the seeds, changed in one to eight places. */
    byte[] of(List<byte[]> seeds) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        for (int i = 1 << random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes = changed(bytes, seeds);
        }
        return bytes;
    }

    /** A random place. Half of the places are near the beginning, because in most formats the rest depends on that. */
    private int place(int length) {
        return random.nextInt(random.nextBoolean() ? Math.min(length, 400) : length);
    }

    private byte[] changed(byte[] bytes, List<byte[]> seeds) {
        int at = place(bytes.length);
        switch (random.nextInt(20)) {
            case 0 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 1 -> {
                return spliced(bytes, at, bytes, Math.min(bytes.length, at + 1 + random.nextInt(64)));
            }
            case 2 -> {
                return spliced(bytes, Math.min(bytes.length, at + random.nextInt(64)), bytes, at);
            }
            case 3 -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                return spliced(bytes, at, other, place(other.length));
            }
            case 4, 5, 6, 7 -> put(bytes, at, 1 << random.nextInt(3));
            case 8, 9, 10 -> bytes[at] = (byte) random.nextInt(256);
            case 11 -> bytes[at]++;
            case 12 -> bytes[at]--;
            default -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private static byte[] spliced(byte[] first, int to, byte[] second, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first, 0, to);
        out.write(second, from, second.length - from);
        return out.toByteArray();
    }

    /** Writes one of {@link #EDGES}, in either byte order. */
    private void put(byte[] bytes, int at, int size) {
        long edge = EDGES[random.nextInt(EDGES.length)];
        boolean big = random.nextBoolean();
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (edge >> (8 * (big ? size - 1 - i : i)));
        }
    }
}
