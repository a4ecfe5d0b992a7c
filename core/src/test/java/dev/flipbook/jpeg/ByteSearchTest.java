package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSearchTest {

    @ParameterizedTest
    @ValueSource(bytes = {(byte) 0xFF, '\n', 0, 1, (byte) 0x80, 0x7F})
    void aByteIsFoundAtEachPlaceOfEachPiece(byte value) {
        for (int from = 0; from < 20; from++) {
            for (int to = from; to < 60; to++) {
                for (int place = from; place < to; place++) {
                    byte[] bytes = without(value, 60);
                    bytes[place] = value;
                    assertThat(ByteSearch.find(value, bytes, from, to)).isEqualTo(place);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {(byte) 0xFF, '\n', 0, 1, (byte) 0x80, 0x7F})
    void whatStandsOutsideThePieceIsNotFound(byte value) {
        for (int from = 0; from < 40; from++) {
            for (int to = from; to < 60; to++) {
                byte[] bytes = without(value, 60);
                Arrays.fill(bytes, 0, from, value);
                Arrays.fill(bytes, to, bytes.length, value);
                assertThat(ByteSearch.find(value, bytes, from, to)).isEqualTo(to);
            }
        }
    }

    @Test
    void theFirstOfSeveralIsFoundWhateverStandsAroundIt() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            byte value = (byte) random.nextInt(256);
            int first = 0;
            while (first < bytes.length && bytes[first] != value) {
                first++;
            }
            assertThat(ByteSearch.find(value, bytes, 0, bytes.length)).isEqualTo(first);
        }
    }

    @Test
    void aSearchThatBeginsAfterItsEndStaysWhereItIs() {
        assertThat(ByteSearch.find((byte) 1, new byte[40], 30, 10)).isEqualTo(30);
        assertThat(ByteSearch.find((byte) 1, new byte[0], 0, 0)).isZero();
    }

    @Test
    void aSearchOutsideTheArrayIsRefused() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> ByteSearch.find((byte) 1, new byte[40], 0, 41));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> ByteSearch.find((byte) 1, new byte[40], -1, 40));
    }

    @Test
    void aByteIsAmongEightOrNot() {
        byte[] eight = {1, 2, 3, (byte) 0xFF, 5, 6, 7, 8};
        for (byte value : eight) {
            assertThat(ByteSearch.isAmong(value, ByteBuffer.wrap(eight).getLong(0)))
                    .isTrue();
        }
        for (byte value : new byte[] {0, 4, 9, (byte) 0xFE, (byte) 0x80, 0x7F}) {
            assertThat(ByteSearch.isAmong(value, ByteBuffer.wrap(eight).getLong(0)))
                    .isFalse();
        }
    }

    /** Bytes of which none has this value, and many are close to it. */
    private static byte[] without(byte value, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (value + (i % 3 == 0 ? 1 : i % 3 == 1 ? -1 : 0x80));
        }
        return bytes;
    }
}
