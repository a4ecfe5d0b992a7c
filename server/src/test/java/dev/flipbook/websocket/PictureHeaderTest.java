package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PictureHeaderTest {

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return HexFormat.ofDelimiter(" ").formatHex(copy);
    }

    @Test
    void eachByteIsWhereTheReferenceHasIt() {
        PictureHeader header = new PictureHeader(0x1234);
        header.set(0x0102030405060708L, 1.5, false);

        assertThat(hex(header.bytes()))
                .isEqualTo("01 00 12 34 01 02 03 04 05 06 07 08 3f f8 00 00 00 00 00 00"
                        + " 0a 69 6d 61 67 65 2f 6a 70 65 67");
        assertThat(header.size()).isEqualTo(31);
    }

    @Test
    void highestNumberHasTwoBytesOfOnes() {
        PictureHeader header = new PictureHeader(65535);

        assertThat(header.bytes().getShort(2)).isEqualTo((short) -1);
    }

    @Test
    void placeholderSaysThatItIsOneAndThePictureAfterItDoesNot() {
        PictureHeader header = new PictureHeader(1);
        header.set(1, 1, true);
        assertThat(header.bytes().get(1)).isEqualTo((byte) 1);

        header.set(2, 1, false);

        assertThat(header.bytes().get(1)).isZero();
    }

    @Test
    void itMayBeSentAgainAndAgain() {
        PictureHeader header = new PictureHeader(1);
        header.set(1, 1, false);
        String first = hex(header.bytes());

        assertThat(hex(header.bytes())).isEqualTo(first);
    }

    @Test
    void timesAreMillisecondsWithTheirFraction() {
        assertThat(PictureHeader.unixMillis(Instant.ofEpochSecond(1_700_000_000, 125_250_000)))
                .isEqualTo(1_700_000_000_125.25);
    }
}
