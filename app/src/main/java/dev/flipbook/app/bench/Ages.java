package dev.flipbook.app.bench;

/**
 * A histogram of ages in nanoseconds, from 0 to 73 minutes; other values count as the nearest of these. The buckets are
 * 0.8 % wide, so any number of ages takes 37 KB. Not thread-safe.
 */
final class Ages {

    /** Buckets for each doubling, as a power of two: with 128 buckets none is wider than 1/128 of its value. */
    private static final int STEPS = 7;

    private static final int LARGEST = 42;

    private final long[] buckets = new long[(LARGEST - STEPS + 1) << STEPS];
    private long count;
    private long max;

    void add(long nanos) {
        long age = Math.clamp(nanos, 0, (1L << LARGEST) - 1);
        buckets[bucket(age)]++;
        count++;
        max = Math.max(max, age);
    }

    void addAll(Ages others) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += others.buckets[i];
        }
        count += others.count;
        max = Math.max(max, others.max);
    }

    long count() {
        return count;
    }

    long max() {
        return max;
    }

    /**
     * The age that this share of all ages does not exceed, at most 0.8 % too high; 0 if there are none.
     *
     * @param share 0 to 1
     */
    long percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < buckets.length && count > 0; i++) {
            seen += buckets[i];
            if (seen >= rank) {
                return Math.min(largestIn(i), max);
            }
        }
        return 0;
    }

    private static int bucket(long age) {
        int shift = Math.max(0, 63 - Long.numberOfLeadingZeros(age) - STEPS);
        return (shift << STEPS) + (int) (age >>> shift);
    }

    private static long largestIn(int bucket) {
        int shift = Math.max(0, (bucket >> STEPS) - 1);
        return ((bucket - ((long) shift << STEPS) + 1) << shift) - 1;
    }
}
