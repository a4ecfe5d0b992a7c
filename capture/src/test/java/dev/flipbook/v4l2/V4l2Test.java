package dev.flipbook.v4l2;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class V4l2Test {

    /** The values that a C program prints that includes linux/videodev2.h on x86-64. */
    @Test
    void requestNumbersAreThoseOfTheKernel() {
        assertThat(V4l2.QUERYCAP).isEqualTo(0x80685600);
        assertThat(V4l2.ENUM_FMT).isEqualTo(0xc0405602);
        assertThat(V4l2.G_FMT).isEqualTo(0xc0d05604);
        assertThat(V4l2.S_FMT).isEqualTo(0xc0d05605);
        assertThat(V4l2.REQBUFS).isEqualTo(0xc0145608);
        assertThat(V4l2.QUERYBUF).isEqualTo(0xc0585609);
        assertThat(V4l2.QBUF).isEqualTo(0xc058560f);
        assertThat(V4l2.DQBUF).isEqualTo(0xc0585611);
        assertThat(V4l2.STREAMON).isEqualTo(0x40045612);
        assertThat(V4l2.STREAMOFF).isEqualTo(0x40045613);
        assertThat(V4l2.G_PARM).isEqualTo(0xc0cc5615);
        assertThat(V4l2.S_PARM).isEqualTo(0xc0cc5616);
        assertThat(V4l2.G_CTRL).isEqualTo(0xc008561b);
        assertThat(V4l2.S_CTRL).isEqualTo(0xc008561c);
        assertThat(V4l2.QUERYCTRL).isEqualTo(0xc0445624);
        assertThat(V4l2.QUERYMENU).isEqualTo(0xc02c5625);
        assertThat(V4l2.ENUM_FRAMESIZES).isEqualTo(0xc02c564a);
        assertThat(V4l2.ENUM_FRAMEINTERVALS).isEqualTo(0xc034564b);
    }

    @Test
    void pixelFormatsAreTheirFourCharacters() {
        assertThat(V4l2.fourcc("MJPG")).isEqualTo(0x47504A4D);
        assertThat(Pixels.name(V4l2.fourcc("MJPG"))).isEqualTo("MJPEG");
        assertThat(Pixels.name(V4l2.fourcc("Y16 "))).isEqualTo("Y16");
        assertThat(Pixels.name(0x01020304)).isEqualTo("????");
        assertThat(Pixels.isCalled(Pixels.MJPG.fourcc, "mjpeg")).isTrue();
        assertThat(Pixels.isCalled(Pixels.YU12.fourcc, "I420")).isTrue();
        assertThat(Pixels.isCalled(Pixels.YUYV.fourcc, "MJPEG")).isFalse();
    }

    @Test
    void textsEndWithTheirFieldAndHaveNoControlCharacters() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment full = arena.allocate(40).fill((byte) 'x');
            assertThat(V4l2.text(full, 4, 32)).hasSize(32);
            byte[] hostile = "Cam\033[2J\n\0rest".getBytes(StandardCharsets.US_ASCII);
            assertThat(V4l2.text(MemorySegment.ofArray(hostile), 0, hostile.length))
                    .isEqualTo("Cam?[2J?");
        }
    }
}
