package dev.flipbook.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.web.Quote;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 7, '\n', '\r', 0x1B, 0x7F, 0x85, 0x9B, 0xAD, 0x200E, 0x2028, 0x2029, 0x202E, 0x2066, 0xD83D, 0xFEFF,
                0xE0041
            })
    void whatATerminalActsOnIsNotQuoted(int character) {
        assertThat(Quote.of("a" + Character.toString(character) + "b")).isEqualTo("a?b");
    }

    @Test
    void lettersOfAllWritingsStay() {
        assertThat(Quote.of("Tür κάμερα 門 😀")).isEqualTo("Tür κάμερα 門 😀");
    }

    @Test
    void longTextIsCutBetweenTwoCharactersAndNotWithinOne() {
        for (String before : new String[] {"", "x"}) {
            String cut = Quote.of(before + "😀".repeat(100));
            assertThat(cut).hasSizeBetween(79, 80).endsWith("😀…");
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(cut)).isTrue();
        }
    }
}
