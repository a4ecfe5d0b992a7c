package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.delivery.Pictures;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FrameTest {

    @Test
    void frameKnowsItsPicture() {
        byte[] jpeg = Pictures.jpeg(40, 24);
        Frame frame = Frame.ofJpeg(jpeg);

        assertThat(frame.width()).isEqualTo(40);
        assertThat(frame.height()).isEqualTo(24);
        assertThat(frame.size()).isEqualTo(jpeg.length);
        assertThat(frame.contentType()).isEqualTo("image/jpeg");
        assertThat(frame.sequence()).isZero();
        assertThat(frame.bytes()).isEqualTo(jpeg);
        assertThat(frame).hasToString("Frame[sequence=0, 40x24, " + jpeg.length + " bytes]");
    }

    @Test
    void bytesAreACopyEachTime() {
        byte[] jpeg = Pictures.jpeg(16, 16);
        Frame frame = Frame.ofJpeg(jpeg);
        frame.bytes()[0] = 0;

        assertThat(frame.bytes()).isEqualTo(jpeg);
    }

    @Test
    void frameOfRepairedPartsIsOnePicture() {
        byte[] bare = Pictures.without(Pictures.jpeg(16, 16), 0xC4);
        Frame frame = Frame.ofJpeg(ByteBuffer.wrap(bare));

        assertThat(frame.bytes()).hasSize(bare.length + 420).hasSize(frame.size());
    }

    @Test
    void captureTimeOfADriverStays() {
        Frame frame = Frame.ofJpeg(Pictures.jpeg(16, 16)).capturedAt(-77);

        assertThat(frame.capturedNanos()).isEqualTo(-77);
        assertThat(frame.capturedNanosOr(5)).isEqualTo(-77);
        assertThat(Frame.ofJpeg(frame.bytes()).capturedNanosOr(5)).isEqualTo(5);
    }

    @Test
    void whatIsNoJpegMakesNoFrame() {
        assertThatIllegalArgumentException().isThrownBy(() -> Frame.ofJpeg(new byte[] {1, 2, 3, 4}));
    }
}
