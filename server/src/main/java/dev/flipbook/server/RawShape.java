package dev.flipbook.server;

import dev.flipbook.PixelFormat;
import dev.flipbook.RawImage;
import dev.flipbook.web.Quote;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How the plain pixels of a body lie: {@code ?format=bgr24&size=640x480}, pictures without anything between them. */
record RawShape(PixelFormat format, int width, int height) {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,4})x(\\d{1,4})");
    private static final int LONGEST_SIDE = 8192;

    /** What the query says; nothing when the body has pictures that say themselves what they are. */
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
                    "size is WIDTHxHEIGHT in pixels, each from 1 to " + LONGEST_SIDE
                            + ", such as 640x480, and stands beside" + " format; here it is '" + Quote.of(size) + "'");
        }
        RawShape shape =
                new RawShape(formatOf(format), Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
        shape.check(exchange.request().getLength());
        return Optional.of(shape);
    }

    private static boolean isSide(String text) {
        int side = Integer.parseInt(text);
        return side >= 1 && side <= LONGEST_SIDE;
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

    /** That a picture is not too large, and that whole ones fill a body of this length; -1 when that is not known. */
    private void check(long length) {
        if (bytes() > RequestBody.MOST) {
            throw new HttpError(
                    413,
                    "a picture of " + this + " has " + bytes() + " bytes; at most " + RequestBody.MOST + " are taken");
        }
        if (length > 0 && length % bytes() != 0) {
            throw new HttpError(
                    400,
                    "a picture of " + this + " has " + bytes() + " bytes, and the body has " + length
                            + ", which is no whole number of them");
        }
    }

    /** Of one picture. */
    int bytes() {
        return format.bytes(width, height);
    }

    /** The picture that these are the pixels of. */
    RawImage image(byte[] pixels) {
        return RawImage.of(format, width, height, pixels);
    }

    @Override
    public String toString() {
        return width + "x" + height + " in " + text(format);
    }
}
