package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuoteTest {

    @Test
    void whatMovesATerminalIsReplaced() {
        assertThat(Quote.of("a\r\nb\u001b[2Jc\u202ed\u2028e f")).isEqualTo("a?b?[2Jc?d?e f");
    }

    @Test
    void eightyCharactersAreShownWholeAndMoreAreCutOff() {
        assertThat(Quote.of("x".repeat(80))).isEqualTo("x".repeat(80));
        assertThat(Quote.of("x".repeat(81))).isEqualTo("x".repeat(79) + "…");
    }

    @Test
    void apostropheAndMarkupStayAsTheyWereTyped() {
        assertThat(Quote.of("it's <b> \"é\"")).isEqualTo("it's <b> \"é\"");
    }
}
