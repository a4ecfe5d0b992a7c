package dev.flipbook.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Objects;

/**
 * Flipbook's own letters, for machines without fonts: ASCII in cells of 6 × 9 dots, capitals of 5 × 7, descenders two
 * dots lower. The letters are drawn in the file {@code font.txt}. Immutable.
 */
final class PixelFont {

    /** Distance from one character to the next, in dots. */
    static final int ADVANCE = 6;

    /** Width of a character's ink in dots; the rest of the advance is blank. */
    static final int WIDTH = 5;

    /** Height from the top of a capital to the bottom of a descender, in dots. */
    static final int HEIGHT = 9;

    private static final char FIRST = ' ';
    private static final int COUNT = 95;
    /** Number of characters side by side in the file, under a line that names them. */
    private static final int SIDE_BY_SIDE = 16;

    /** The rows of each character from the top. Each row is a number whose lowest bit is the rightmost dot. */
    private static final byte[][] ROWS = load();

    private PixelFont() {}

    /**
     * The dots of one row, the leftmost in bit {@code WIDTH - 1}.
     *
     * @param character one that {@link #plain} returns
     */
    static int row(char character, int row) {
        return ROWS[character - FIRST][row];
    }

    /**
     * The text in the characters of this font. Accents are left out, typographic signs become ASCII characters that
     * replace them, line ends become blanks, and all other characters become {@code ?}.
     */
    static String plain(String text) {
        if (text.chars().allMatch(c -> c >= FIRST && c < FIRST + COUNT)) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFKD).codePoints().forEach(c -> {
            if (c >= FIRST && c < FIRST + COUNT) {
                plain.append((char) c);
            } else if (Character.getType(c) != Character.NON_SPACING_MARK) {
                plain.append(substitute(c));
            }
        });
        return plain.toString();
    }

    /** A substitute for letters and signs that Unicode does not decompose. */
    private static String substitute(int character) {
        return switch (character) {
            case '\t', '\n', '\r' -> " ";
            case '‘', '’', '‚', '′' -> "'";
            case '“', '”', '„', '«', '»' -> "\"";
            case '‐', '‑', '–', '—', '−', '·', '•' -> "-";
            case '×' -> "x";
            case '⁄' -> "/";
            case 'ß' -> "ss";
            case 'æ' -> "ae";
            case 'Æ' -> "AE";
            case 'œ' -> "oe";
            case 'Œ' -> "OE";
            case 'ø' -> "o";
            case 'Ø' -> "O";
            case 'đ', 'ð' -> "d";
            case 'Đ', 'Ð' -> "D";
            case 'ł' -> "l";
            case 'Ł' -> "L";
            case 'þ' -> "th";
            case 'Þ' -> "Th";
            case 'ı' -> "i";
            case 'μ' -> "u";
            default -> "?";
        };
    }

    private static byte[][] load() {
        byte[][] rows = new byte[COUNT][HEIGHT];
        try (InputStream file = Objects.requireNonNull(PixelFont.class.getResourceAsStream("font.txt"), "font.txt");
                var lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            for (int first = 0; first < COUNT; first += SIDE_BY_SIDE) {
                lines.readLine(); // their names
                for (int row = 0; row < HEIGHT; row++) {
                    String dots = Objects.requireNonNull(lines.readLine(), "font.txt ends early");
                    for (int i = 0; i < SIDE_BY_SIDE && first + i < COUNT; i++) {
                        rows[first + i][row] = bits(dots.substring(i * ADVANCE, i * ADVANCE + WIDTH));
                    }
                }
                lines.readLine(); // blank
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static byte bits(String dots) {
        return Byte.parseByte(dots.replace('.', '0').replace('#', '1'), 2);
    }
}
