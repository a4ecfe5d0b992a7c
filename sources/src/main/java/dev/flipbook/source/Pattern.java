package dev.flipbook.source;

import dev.flipbook.image.Canvas;
import java.util.function.IntUnaryOperator;

/**
 * Draws the test pattern: bars in eight colours above a grey wedge, and below them two lines of text on black. Not
 * thread-safe.
 */
final class Pattern {

    /**
     * White, yellow, cyan, green, magenta, red, blue, black at three quarters of full brightness: from bright to dark,
     * as on television.
     */
    private static final int[] BARS = {0xBFBFBF, 0xBFBF00, 0x00BFBF, 0x00BF00, 0xBF00BF, 0xBF0000, 0x0000BF, 0x000000};

    private static final int GREYS = 16;
    private static final int INK = 0xFFFFFF;
    private static final int BALL = 0xFFFFFF;
    private static final int RIM = 0x101010;

    /** The longest text that has to fit: the time of day, or a frame's number after some weeks. */
    private static final String LONGEST = "00:00:00.000";

    private final Canvas background;
    private final Canvas canvas;
    private final int barsBottom;
    private final int textTop;
    private final int scale;

    Pattern(int width, int height) {
        background = new Canvas(width, height, 0);
        canvas = new Canvas(width, height, 0);
        barsBottom = height * 54 / 100;
        textTop = height * 62 / 100;
        scale = Math.max(1, Math.min(width / Canvas.textWidth(LONGEST + "00", 1), (height - textTop) / 20));
        wedge(0, barsBottom, BARS.length, i -> BARS[i]);
        wedge(barsBottom, textTop, GREYS, i -> i * 0xFF / (GREYS - 1) * 0x010101);
    }

    /** Draws a row of rectangles, each in its own colour. */
    private void wedge(int top, int bottom, int steps, IntUnaryOperator colour) {
        for (int i = 0; i < steps; i++) {
            int left = background.width() * i / steps;
            int right = background.width() * (i + 1) / steps;
            background.fill(left, top, right - left, bottom - top, colour.applyAsInt(i));
        }
    }

    /**
     * The picture of one moment, on a canvas that the next call draws on again.
     *
     * @param seconds time since the first picture
     * @param number first line of text
     * @param clock second line of text
     */
    Canvas draw(double seconds, String number, String clock) {
        canvas.copyFrom(background);
        int radius = Math.max(2, barsBottom / 8);
        // The ball moves to the right edge and back in four seconds, and bounces up and down once a second.
        double across = 1 - Math.abs(seconds / 2 % 2 - 1);
        double fall = 2 * (seconds % 1) - 1;
        int x = (int) Math.round(radius + across * (canvas.width() - 2 * radius));
        int y = (int) Math.round(radius + fall * fall * (barsBottom - 2 * radius));
        disc(x, y, radius, RIM);
        disc(x, y, radius * 4 / 5, BALL);
        int line = (canvas.height() - textTop) / 2;
        write(textTop + line / 2, number);
        write(textTop + line + line / 2, clock);
        return canvas;
    }

    private void disc(int x, int y, int radius, int colour) {
        for (int row = -radius; row <= radius; row++) {
            int half = (int) Math.sqrt(radius * radius - row * row);
            canvas.fill(x - half, y + row, 2 * half + 1, 1, colour);
        }
    }

    /**
     * Writes a line in the middle. Its left edge is that of the longest text, so that the text does not jump when it
     * grows.
     */
    private void write(int middle, String text) {
        int left = (canvas.width() - Canvas.textWidth(LONGEST, scale)) / 2;
        canvas.text(left, middle - 7 * scale / 2, scale, INK, text);
    }
}
