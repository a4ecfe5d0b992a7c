package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PixelFontTest {

    @Test
    void everyCharacterOfAsciiHasAShapeOfItsOwn() {
        Set<List<Integer>> shapes = new HashSet<>();
        for (char c = ' '; c <= '~'; c++) {
            assertThat(shapes.add(shape(c))).as("a new shape for '%c'", c).isTrue();
        }
        assertThat(shapes).hasSize(95);
        assertThat(shape(' ')).containsOnly(0);
    }

    @Test
    void shapesAreReadInTheRightOrderAndTheRightWayRound() {
        assertThat(shape('L')).containsExactly(16, 16, 16, 16, 16, 16, 31, 0, 0);
        assertThat(shape('~')).containsExactly(0, 0, 9, 21, 18, 0, 0, 0, 0);
    }

    @Test
    void capitalsAndDigitsStandOnTheLineAndReachTheTop() {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".toCharArray()) {
            assertThat(shape(c).get(0)).as("top of %c", c).isNotZero();
            assertThat(shape(c).get(6)).as("foot of %c", c).isNotZero();
            assertThat(shape(c).subList(7, 9)).as("below %c", c).containsOnly(0);
        }
    }

    @Test
    void textBeyondAsciiIsWrittenAsItIsTyped() {
        assertThat(PixelFont.plain("plain text ~")).isEqualTo("plain text ~");
        assertThat(PixelFont.plain("Känguru, crème brûlée, Łódź, smørrebrød, Straße"))
                .isEqualTo("Kanguru, creme brulee, Lodz, smorrebrod, Strasse");
        assertThat(PixelFont.plain("wait… “now” – 5 × 3")).isEqualTo("wait... \"now\" - 5 x 3");
        assertThat(PixelFont.plain("two\nlines\tof text")).isEqualTo("two lines of text");
    }

    @Test
    void whatHasNoLikenessIsOneQuestionMark() {
        assertThat(PixelFont.plain("\u4f60\u597d \ud83d\ude00 \u0007 \ud83d")).isEqualTo("?? ? ? ?");
    }

    private static List<Integer> shape(char character) {
        return IntStream.range(0, PixelFont.HEIGHT)
                .mapToObj(row -> PixelFont.row(character, row))
                .toList();
    }
}
