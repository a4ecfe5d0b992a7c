package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RawImageTest {

    @Test
    void samplesStandInTheOrderOfTheFormat() {
        assertThat(RawImage.of(PixelFormat.BGR24, 1, 1, bytes(1, 2, 3)).rgb()).containsExactly(0x030201);
        assertThat(RawImage.of(PixelFormat.RGB24, 1, 1, bytes(1, 2, 3)).rgb()).containsExactly(0x010203);
        assertThat(RawImage.of(PixelFormat.RGBA, 1, 1, bytes(1, 2, 3, 0)).rgb()).containsExactly(0x010203);
        assertThat(RawImage.of(PixelFormat.GREY8, 2, 1, bytes(0x80, 0xFF)).rgb())
                .containsExactly(0x808080, 0xFFFFFF);
    }

    @Test
    void sixteenBitsAreShownInTheRangeThatIsInThePictureOrGiven() {
        byte[] little = bytes(0xE8, 0x03, 0xD0, 0x07, 0xB8, 0x0B); // 1000, 2000, 3000
        byte[] big = bytes(0x03, 0xE8, 0x07, 0xD0, 0x0B, 0xB8, 0, 0, 0x03, 0xE8, 0x07, 0xD0, 0x0B, 0xB8);
        RawImage image = RawImage.of(PixelFormat.GREY16LE, 3, 1, little);

        assertThat(image.rgb()).containsExactly(0, 0x808080, 0xFFFFFF);
        assertThat(image.withRange(0, 4000).rgb()).containsExactly(0x404040, 0x808080, 0xBFBFBF);
        assertThat(image.in8Bits().format()).isEqualTo(PixelFormat.GREY8);
        RawImage rows = new RawImage(PixelFormat.GREY16BE, 3, 2, 8, ByteBuffer.wrap(big));
        assertThat(rows.rgb()).containsExactly(0, 0x808080, 0xFFFFFF, 0, 0x808080, 0xFFFFFF);
    }

    @Test
    void formatsAreKnownByTheNamesThatOthersGiveThem() {
        assertThat(PixelFormat.named("bgr24")).contains(PixelFormat.BGR24);
        assertThat(PixelFormat.named("gray16le")).contains(PixelFormat.GREY16LE);
        assertThat(PixelFormat.named("Z16")).contains(PixelFormat.GREY16LE);
        assertThat(PixelFormat.named("gray16be")).contains(PixelFormat.GREY16BE);
        assertThat(PixelFormat.named("xyz")).isEmpty();
    }

    @Test
    void videoSamplesAreWidenedToFullRange() {
        assertThat(RawImage.of(PixelFormat.YUV420P, 2, 1, bytes(16, 235, 128, 128))
                        .rgb())
                .containsExactly(0x000000, 0xFFFFFF);
        assertThat(RawImage.of(PixelFormat.YUV420P, 1, 1, bytes(81, 90, 240)).rgb()) // red in BT.601
                .satisfies(pixels -> assertThat(pixels[0] >> 16).isGreaterThan(252))
                .satisfies(pixels -> assertThat(pixels[0] & 0xFFFF).isLessThan(0x0300));
    }

    @Test
    void aStrideSkipsTheGaps() {
        byte[] rows = bytes(1, 2, 3, 99, 99, 4, 5, 6); // no gap after the last row

        assertThat(new RawImage(PixelFormat.RGB24, 1, 2, 5, ByteBuffer.wrap(rows)).rgb())
                .containsExactly(0x010203, 0x040506);
    }

    @Test
    void smallPlanesHaveHalfOfTheStride() {
        byte[] planes = new byte[4 * 2 + 2 + 2];
        Arrays.fill(planes, (byte) 16);
        Arrays.fill(planes, 8, 12, (byte) 128);
        planes[5] = (byte) 235;

        assertThat(new RawImage(PixelFormat.YUV420P, 3, 2, 4, ByteBuffer.wrap(planes)).rgb())
                .containsExactly(0, 0, 0, 0, 0xFFFFFF, 0);
    }

    @Test
    void pixelsBeginAtThePositionWhichStaysWhereItIs() {
        ByteBuffer buffer = ByteBuffer.wrap(bytes(9, 9, 1, 2, 3)).position(2);

        assertThat(RawImage.of(PixelFormat.RGB24, 1, 1, buffer).rgb()).containsExactly(0x010203);
        assertThat(buffer.position()).isEqualTo(2);
    }

    @Test
    void whatCannotBeIsRefusedWithWhatWouldBeRight() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RawImage.of(PixelFormat.BGR24, 640, 480, new byte[100]))
                .withMessage("a picture of 640x480 in BGR24 has 921600 bytes; here are 100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RawImage.of(PixelFormat.BGR24, 0, 480, new byte[100]))
                .withMessage("the picture's size is 0x480; each side goes from 1 to 8192 pixels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RawImage.of(PixelFormat.GREY8, 1 << 30, 1 << 30, new byte[100]))
                .withMessageContaining("each side goes from 1 to 8192 pixels");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RawImage(PixelFormat.RGBA, 10, 1, 39, ByteBuffer.allocate(100)))
                .withMessage(
                        "the stride is 39; a row of 10 pixels in RGBA takes 40 bytes, and a stride is at most 131072");
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
