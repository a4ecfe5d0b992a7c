package dev.flipbook.examples.detector;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Finds what has moved between two pictures. This is the simplest possible detector; put your own in its place. */
final class Motion {

    /** Side in pixels of the squares that are compared. */
    private static final int SQUARE = 16;
    /** Minimum change of a square's mean, of 255, that counts as motion. */
    private static final int CHANGED = 12;

    private int[][] before = {};

    /** Boxes around what has moved since the previous call. */
    List<Rectangle> find(BufferedImage picture) {
        int[][] now = squares(picture);
        boolean[][] moved = new boolean[now.length][now.length == 0 ? 0 : now[0].length];
        for (int row = 0; row < now.length && before.length == now.length; row++) {
            for (int column = 0; column < now[row].length; column++) {
                moved[row][column] = Math.abs(now[row][column] - before[row][column]) > CHANGED;
            }
        }
        before = now;
        List<Rectangle> boxes = new ArrayList<>();
        for (int row = 0; row < moved.length; row++) {
            for (int column = 0; column < moved[row].length; column++) {
                if (moved[row][column]) {
                    boxes.add(around(moved, row, column, new Rectangle(column * SQUARE, row * SQUARE, SQUARE, SQUARE)));
                }
            }
        }
        return boxes;
    }

    /** Extends the box by all adjacent squares, and removes them. */
    private static Rectangle around(boolean[][] moved, int row, int column, Rectangle box) {
        if (row < 0 || row >= moved.length || column < 0 || column >= moved[row].length || !moved[row][column]) {
            return box;
        }
        moved[row][column] = false;
        Rectangle grown = box.union(new Rectangle(column * SQUARE, row * SQUARE, SQUARE, SQUARE));
        for (int side = 0; side < 9; side++) {
            grown = around(moved, row + side / 3 - 1, column + side % 3 - 1, grown);
        }
        return grown;
    }

    /** Mean green of each square. */
    private static int[][] squares(BufferedImage picture) {
        int[][] squares = new int[picture.getHeight() / SQUARE][picture.getWidth() / SQUARE];
        for (int row = 0; row < squares.length; row++) {
            for (int column = 0; column < squares[row].length; column++) {
                int sum = 0;
                for (int pixel = 0; pixel < SQUARE * SQUARE; pixel++) {
                    int rgb = picture.getRGB(column * SQUARE + pixel % SQUARE, row * SQUARE + pixel / SQUARE);
                    sum += (rgb >> 8) & 255;
                }
                squares[row][column] = sum / (SQUARE * SQUARE);
            }
        }
        return squares;
    }
}
