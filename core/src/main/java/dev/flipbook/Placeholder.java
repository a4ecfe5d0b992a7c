package dev.flipbook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Draws what viewers see while there is no new picture: the last one greyed, or a dark one, with the reason and the last
 * picture's age. One thread at a time.
 */
final class Placeholder {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int QUALITY = 80;
    private static final int INK = 0xFFFFFF;
    private static final int FAINT = 0xB8C0CC;
    private static final int BAND = 0x101418;
    private static final int DARK = 0x20262E;

    /** The last picture, decoded and greyed once for as long as it stays the last. */
    private @Nullable Canvas grey;

    private long greySequence = -1;

    /**
     * @param last the last picture, if there was one
     * @param age of the last picture; ignored without one
     */
    Frame draw(Optional<Frame> last, String title, String reason, Duration age, JpegEncoder encoder) {
        long sequence = last.map(Frame::sequence).orElse(0L);
        if (greySequence != sequence) {
            grey = last.flatMap(frame -> Canvas.decode(frame.bytes())).orElse(null);
            greySequence = sequence;
            if (grey != null) {
                grey.grey();
            }
        }
        Canvas picture = grey == null ? new Canvas(WIDTH, HEIGHT, DARK) : grey.copy();
        String old = last.isEmpty() ? "" : "last picture " + people(age) + " ago";
        write(picture, title, reason, old);
        return picture.encode(encoder, QUALITY);
    }

    private static void write(Canvas picture, String title, String reason, String old) {
        int scale = Math.max(1, picture.width() / 320);
        int line = 10 * scale;
        List<String> lines = wrap(reason, Math.max(8, picture.width() / (6 * scale) - 2));
        int height = (lines.size() + (old.isEmpty() ? 1 : 2)) * line + 2 * scale;
        int y = Math.max(0, (picture.height() - height) / 2);
        picture.fill(0, y - 2 * scale, picture.width(), height + 4 * scale, BAND);
        centre(picture, y + scale, scale, FAINT, title);
        for (String text : lines) {
            y += line;
            centre(picture, y + scale, scale, INK, text);
        }
        if (!old.isEmpty()) {
            centre(picture, y + line + scale, scale, FAINT, old);
        }
    }

    private static void centre(Canvas picture, int y, int scale, int colour, String text) {
        picture.text((picture.width() - Canvas.textWidth(text, scale)) / 2, y, scale, colour, text);
    }

    /** Lines of at most so many characters, broken at blanks where there are any; four lines and no more. */
    private static List<String> wrap(String text, int longest) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (!rest.isEmpty() && lines.size() < 4) {
            int cut = rest.length();
            if (cut > longest) {
                int blank = rest.lastIndexOf(' ', longest);
                cut = blank > 0 ? blank : longest;
            }
            lines.add(rest.substring(0, cut).strip());
            rest = rest.substring(cut).strip();
        }
        return lines;
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
