package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceOptionsTest {

    @Test
    void nothingAskedLeavesItToTheSourceAtQuality80() {
        assertThat(new SourceOptions(0, 0, 0, 0)).isEqualTo(SourceOptions.DEFAULT);
        assertThat(SourceOptions.DEFAULT.quality()).isEqualTo(80);
    }

    @ParameterizedTest
    @CsvSource({"1,16,16,1", "1000,8192,8192,100"})
    void limitsThemselvesAreTaken(int fps, int width, int height, int quality) {
        assertThat(new SourceOptions(fps, width, height, quality).fps()).isEqualTo(fps);
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0,0,0,fps is -1; it goes from 1 to 1000",
        "1001,0,0,0,fps is 1001; it goes from 1 to 1000",
        "0,15,16,0,width is 15; it goes from 16 to 8192",
        "0,16,8193,0,height is 8193; it goes from 16 to 8192",
        "0,0,0,101,quality is 101; it goes from 1 to 100",
        "0,640,0,0,width and height are given together or not at all: 640x0"
    })
    void whatIsBeyondIsNamed(int fps, int width, int height, int quality, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceOptions(fps, width, height, quality))
                .withMessage(why);
    }
}
