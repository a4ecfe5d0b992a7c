package dev.flipbook.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {

    @Test
    void numbersCountAsNumbersAndCapitalsStandBesideSmallLetters() {
        List<String> sorted = List.of(
                "1.jpg",
                "02.jpg",
                "2.jpg",
                "10.jpg",
                "99999999999999999999998.jpg",
                "99999999999999999999999.jpg",
                "a.jpg",
                "A1.jpg",
                "a2b3.jpg",
                "a2b20.jpg",
                "B.jpg",
                "c");
        List<String> names = new ArrayList<>(sorted);
        for (int i = 0; i < 50; i++) {
            Collections.shuffle(names, new Random(i));
            names.sort(new NaturalOrder());
            assertThat(names).isEqualTo(sorted);
        }
    }

    @Test
    void noTwoNamesAreTheSame() {
        NaturalOrder order = new NaturalOrder();

        assertThat(order.compare("A.jpg", "a.jpg")).isNotZero();
        assertThat(order.compare("01.jpg", "1.jpg")).isNotZero();
        assertThat(order.compare("1.jpg", "1.jpg")).isZero();
    }
}
