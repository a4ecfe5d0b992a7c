package dev.flipbook.server.publish;

import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.Quote;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The layout of plain pixels in a body, from {@code ?format=bgr24&size=640x480}. The pictures follow each other without
 * anything in between. Immutable.
 */
record RawShape(PixelFormat format, int width, int height) {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");
    private static final int MAX_SIDE = 8192;

    /**
     * Parses the query. Empty if the body's pictures describe themselves.
     *
     * @throws HttpError with the status 400 or 413 if the query or the length of the body is wrong
     */
    static Optional<RawShape> of(Exchange exchange) {
        String format = exchange.query("format").orElse("");
        String size = exchange.query("size").orElse("");
        if (format.isEmpty() && size.isEmpty()) {
            return Optional.empty();
        }
        Matcher sides = SIZE.matcher(size);
        if (!sides.matches() || !isSide(sides.group(1)) || !isSide(sides.group(2))) {
            throw new HttpError(
                    400,
                    "size is WIDTHxHEIGHT in pixels, each from 1 to " + MAX_SIDE
                            + ", such as 640x480, and is given together with" + " format; here it is '" + Quote.of(size)
                            + "'");
        }
        RawShape shape =
                new RawShape(formatOf(format), Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
        shape.check(exchange.request().getLength());
        return Optional.of(shape);
    }

    private static boolean isSide(String text) {
        int side = Integer.parseInt(text);
        return side >= 1 && side <= MAX_SIDE;
    }

    private static PixelFormat formatOf(String name) {
        return PixelFormat.named(name)
                .orElseThrow(() -> new HttpError(
                        400,
                        "format is one of: "
                                + Arrays.stream(PixelFormat.values())
                                        .map(RawShape::text)
                                        .collect(Collectors.joining(", "))
                                + "; here it is '" + Quote.of(name) + "'"));
    }

    private static String text(PixelFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Checks that a picture is not too large and that the body holds a whole number of pictures.
     *
     * @param length bytes of the body, or -1 if that is not known
     */
    private void check(long length) {
        if (bytes() > RequestBody.MAX_WITHOUT_PICTURE) {
            throw new HttpError(
                    413,
                    "a picture of " + this + " has " + bytes() + " bytes; at most " + RequestBody.MAX_WITHOUT_PICTURE
                            + " are taken");
        }
        if (length > 0 && length % bytes() != 0) {
            throw new HttpError(
                    400,
                    "a picture of " + this + " has " + bytes() + " bytes, and the body has " + length
                            + ", which is not a whole number of them");
        }
    }

    /** Bytes of one picture. */
    int bytes() {
        return format.bytes(width, height);
    }

    /** Makes a picture of these pixels. */
    RawImage image(byte[] pixels) {
        return RawImage.of(format, width, height, pixels);
    }

    @Override
    public String toString() {
        return width + "x" + height + " in " + text(format);
    }
}
