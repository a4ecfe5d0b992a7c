package dev.flipbook.app.console;

import dev.flipbook.image.GreyRange;
import java.util.Optional;

/** Parses the options about plain pixels. */
public final class PictureArguments {

    private PictureArguments() {}

    /** Width and height of an option {@code --size}. */
    public static int[] size(String size) {
        String[] sides = size.split("x", -1);
        try {
            if (sides.length == 2 && !size.matches("0+x0+")) { // would mean the source's own size
                return new int[] {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
            }
        } catch (NumberFormatException e) {
            // reported below, as another number of sides is
        }
        throw new IllegalArgumentException("--size is '" + size + "'; it is WIDTHxHEIGHT in pixels, such as 640x480");
    }

    /** The values of black and white of an option {@code --range}; empty if it is not given. */
    public static Optional<GreyRange> range(Arguments arguments) {
        String text = arguments.text("range", "");
        try {
            return arguments.has("range") ? Optional.of(GreyRange.parse(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--range is '" + text + "'; " + e.getMessage(), e);
        }
    }
}
