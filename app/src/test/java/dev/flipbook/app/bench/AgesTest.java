package dev.flipbook.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class AgesTest {

    private final Ages ages = new Ages();

    @Test
    void percentilesAreExactWithinOnePercent() {
        Random random = new Random(3);
        long[] all = new long[10_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) Math.exp(5 + 18 * random.nextDouble()); // 150 ns to 10 s
            ages.add(all[i]);
        }
        Arrays.sort(all);
        for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 0.999, 1}) {
            long exact = all[(int) Math.ceil(share * all.length) - 1];
            assertThat(ages.percentile(share))
                    .isCloseTo(exact, Percentage.withPercentage(1))
                    .isGreaterThanOrEqualTo(exact);
        }
        assertThat(ages.max()).isEqualTo(all[all.length - 1]);
        assertThat(ages.percentile(1)).isEqualTo(ages.max());
        assertThat(ages.count()).isEqualTo(all.length);
    }

    @Test
    void everyAgeIsReportedWithinOneIn128() {
        for (int bit = 0; bit < 42; bit++) {
            for (long age : new long[] {1L << bit, (1L << bit) + 1, (2L << bit) - 1}) {
                Ages one = new Ages();
                one.add(age);
                one.add((1L << 42) - 1); // so that the largest does not bound the answer
                assertThat(one.percentile(0.5)).isBetween(age, age + age / 128);
            }
        }
    }

    @Test
    void agesOutOfRangeCountAsTheNearestBucket() {
        ages.add(-5);
        ages.add(Long.MAX_VALUE);
        assertThat(ages.percentile(0.5)).isZero();
        assertThat(ages.max()).isEqualTo((1L << 42) - 1);
        assertThat(new Ages().percentile(0.5)).isZero();
    }

    @Test
    void agesOfSeveralThreadsAreAdded() {
        Ages others = new Ages();
        for (int i = 1; i <= 100; i++) {
            (i % 2 == 0 ? ages : others).add(i);
        }
        ages.addAll(others);
        assertThat(ages.count()).isEqualTo(100);
        assertThat(ages.percentile(0.9)).isEqualTo(90);
        assertThat(ages.max()).isEqualTo(100);
    }
}
