package dev.flipbook.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AllowanceTest {

    /** Nanoseconds may be negative, and overflow. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, 150);

    private final Allowance allowance = new Allowance(3, 100, START);

    private long taken(long now) {
        return IntStream.range(0, 10).filter(i -> allowance.take(now)).count();
    }

    @Test
    void aBurstIsAllowedAndThenOneInEachInterval() {
        assertThat(taken(START)).isEqualTo(3);
        assertThat(taken(START + 99)).isZero();
        assertThat(taken(START + 100)).isEqualTo(1);
        assertThat(taken(START + 199)).isZero();
        assertThat(taken(START + 200)).isEqualTo(1);
    }

    @Test
    void whatIsNotSpentIsKeptUpToTheBurst() {
        assertThat(taken(START)).isEqualTo(3);
        assertThat(taken(START + 250)).isEqualTo(2);
        assertThat(taken(START + 300)).as("the half interval was kept").isEqualTo(1);
        assertThat(taken(START + 100_000)).isEqualTo(3);
    }

    @Test
    void oneAtATimeIsAllowedAtOnce() {
        Allowance one = new Allowance(1, 100, START);

        assertThat(one.take(START)).isTrue();
        assertThat(one.take(START + 99)).isFalse();
        assertThat(one.take(START + 100)).isTrue();
    }
}
