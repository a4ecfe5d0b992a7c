package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import java.lang.ref.SoftReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Draws the picture that viewers see while there is no new one: the last picture greyed, or a dark one, with the feed's
 * name, the reason, and the age of the last picture. Not thread-safe.
 */
public final class StandbyPicture {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int QUALITY = 80;
    private static final int INK = 0xFFFFFF;
    private static final int FAINT = 0xB8C0CC;
    private static final int BAND = 0x101418;
    private static final int DARK = 0x20262E;
    private static final int GREY = 0x606060;

    /** Distance from one line of text to the next, in dots of its letters. */
    private static final int LINE = 11;

    /**
     * Maximum pixels of a last picture that is decoded: 2^24, twice a 4K frame, or 64 MiB of memory. For a larger one
     * the background is dark.
     */
    private static final int MAX_PIXELS = 1 << 24;

    /**
     * The background of a placeholder without a last picture.
     *
     * @param width in pixels; 0 for the usual size
     * @param height in pixels; 0 for the usual size
     * @param paused whether it is grey because the feed is paused, and not dark because there is no signal
     */
    public record Blank(int width, int height, boolean paused) {}

    /** Draws one placeholder with the tools that its feed has for that. */
    @FunctionalInterface
    public interface Drawing {

        /** The placeholder as a JPEG. */
        Jpeg draw(StandbyPicture standby, JpegEncoder encoder);
    }

    /** The last picture, decoded and greyed once. The garbage collector may drop it when memory is short. */
    private SoftReference<@Nullable Canvas> grey = new SoftReference<>(null);

    private long greyNumber = -1;
    private final Function<byte[], Optional<Canvas>> decoder;

    public StandbyPicture() {
        this(Canvas::decode);
    }

    /**
     * A placeholder with its own decoder, for tests.
     *
     * @param decoder gives empty for a JPEG that it cannot decode; which ones those are differs between Java versions
     */
    public StandbyPicture(Function<byte[], Optional<Canvas>> decoder) {
        this.decoder = decoder;
    }

    /**
     * Draws a placeholder.
     *
     * @param last the last picture, if there was one
     * @param number tells the last picture from others, so that it is decoded once
     * @param title the feed's name
     * @param reason why there is no new picture
     * @param age of the last picture; ignored without one
     */
    public Jpeg draw(Optional<Jpeg> last, long number, String title, String reason, Duration age, JpegEncoder encoder) {
        Canvas greyed = last.map(picture -> greyed(picture, number)).orElse(null);
        int width = last.map(Jpeg::width).orElse(0);
        Canvas picture = greyed == null ? canvas(width, last.map(Jpeg::height).orElse(0), DARK) : greyed.copy();
        return draw(picture, greyed == null, title, reason, last.map(one -> age), encoder);
    }

    /** Draws a placeholder without a picture. Nothing of an earlier one is kept. */
    public Jpeg draw(Blank blank, String title, String reason, JpegEncoder encoder) {
        grey.clear();
        Canvas picture = canvas(blank.width(), blank.height(), blank.paused() ? GREY : DARK);
        return draw(picture, !blank.paused(), title, reason, Optional.empty(), encoder);
    }

    private static Jpeg draw(
            Canvas picture,
            boolean noSignal,
            String title,
            String reason,
            Optional<Duration> age,
            JpegEncoder encoder) {
        int scale = Math.max(1, Math.min(picture.width() / 320, picture.height() / 120));
        int columns = Math.max(8, picture.width() / (PixelFont.ADVANCE * scale) - 1);
        List<Line> lines = new ArrayList<>();
        if (noSignal) {
            lines.add(new Line("NO SIGNAL", 2 * scale, FAINT));
        }
        lines.add(new Line(cut(PixelFont.plain(title), columns), scale, FAINT));
        // room for the other lines and a margin
        int room = picture.height() / (LINE * scale) - (noSignal ? 5 : 3);
        for (String text : wrap(PixelFont.plain(reason), columns, Math.max(1, Math.min(room, 6)))) {
            lines.add(new Line(text, scale, INK));
        }
        age.ifPresent(old -> lines.add(new Line("last picture " + people(old) + " ago", scale, FAINT)));
        write(picture, lines, 2 * scale);
        return picture.encode(encoder, QUALITY);
    }

    private @Nullable Canvas greyed(Jpeg last, long number) {
        Canvas canvas = grey.get();
        if (greyNumber == number && canvas != null) {
            return canvas;
        }
        greyNumber = number;
        canvas = (long) last.width() * last.height() > MAX_PIXELS
                ? null
                : decoder.apply(last.bytes()).orElse(null);
        if (canvas != null) {
            canvas.grey();
        }
        grey = new SoftReference<>(canvas);
        return canvas;
    }

    /**
     * A picture of one colour and of this size if that is reasonable, so that the layout of a page does not jump.
     */
    private static Canvas canvas(int width, int height, int colour) {
        boolean reasonable = width > 0 && height > 0 && (long) width * height <= MAX_PIXELS;
        return reasonable ? new Canvas(width, height, colour) : new Canvas(WIDTH, HEIGHT, colour);
    }

    private record Line(String text, int scale, int colour) {
        int height() {
            return LINE * scale;
        }
    }

    private static void write(Canvas picture, List<Line> lines, int margin) {
        int height = lines.stream().mapToInt(Line::height).sum();
        int y = Math.max(margin, (picture.height() - height) / 2);
        picture.fill(0, y - 2 * margin, picture.width(), height + 3 * margin, BAND);
        for (Line line : lines) {
            int x = Math.max(0, (picture.width() - Canvas.textWidth(line.text, line.scale)) / 2);
            picture.text(x, y, line.scale, line.colour, line.text);
            y += line.height();
        }
    }

    /**
     * The text in lines, broken at blanks where possible.
     *
     * @param columns maximum characters in a line
     * @param most maximum lines; the last one is cut with three dots
     */
    static List<String> wrap(String text, int columns, int most) {
        List<String> lines = new ArrayList<>();
        String rest = text.strip();
        while (rest.length() > columns && lines.size() < most - 1) {
            int blank = rest.lastIndexOf(' ', columns);
            int end = blank > 0 ? blank : columns;
            lines.add(rest.substring(0, end).strip());
            rest = rest.substring(end).strip();
        }
        if (!rest.isEmpty()) {
            lines.add(cut(rest, columns));
        }
        return lines;
    }

    private static String cut(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, columns - 3) + "...";
    }

    /** An age as people say it: {@code 12 s}, {@code 3 min 5 s}, {@code 2 h 10 min}. */
    static String people(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
    }
}
