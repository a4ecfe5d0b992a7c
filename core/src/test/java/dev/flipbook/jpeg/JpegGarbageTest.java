package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.delivery.Pictures;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many broken pictures, which take seconds, so mutation testing leaves this class out. */
@Timeout(180)
class JpegGarbageTest {

    @Test
    void garbageIsRefusedOrTakenButNeverBreaksTheWalk() {
        Random random = new Random(42);
        byte[] baseline = Pictures.jpeg(40, 24);
        byte[][] seeds = {
            Pictures.insert(baseline, 2, JpegTest.exif(ByteOrder.LITTLE_ENDIAN, 6, true)),
            Pictures.progressive(40, 24),
            Pictures.without(baseline, 0xC4)
        };
        for (int i = 0; i < 150_000; i++) {
            byte[] odd = seeds[i % seeds.length].clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                odd[random.nextInt(odd.length)] = random.nextBoolean() ? (byte) random.nextInt(256) : (byte) 0xFF;
            }
            takenOrRefused(random.nextInt(4) > 0 ? odd : Arrays.copyOf(odd, random.nextInt(odd.length)));
        }
        for (int i = 0; i < 50_000; i++) {
            byte[] odd = new byte[random.nextInt(200)];
            random.nextBytes(odd);
            if (odd.length > 3) {
                odd[0] = odd[2] = (byte) 0xFF;
                odd[1] = (byte) 0xD8;
            }
            takenOrRefused(odd);
        }
    }

    /** Checks that a picture that is accepted is whole after its repair: it is accepted again without a change. */
    private static void takenOrRefused(byte[] odd) {
        byte[] taken;
        try {
            taken = JpegTest.bytes(JpegTest.check(odd));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        assertThat(JpegTest.bytes(JpegTest.check(taken))).isEqualTo(taken);
    }
}
