package dev.flipbook.it.kit;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import tools.jackson.databind.JsonNode;

/**
 * An {@code <img>} in the browser's page. A script checks every 10 ms which of some known pictures it shows, and since
 * when. One thread at a time.
 */
public final class BrowserImage {

    /** What it shows when it is none of the known pictures, such as a placeholder. */
    public static final int UNKNOWN = -1;
    /** What it shows before the first picture, and when it is broken. */
    static final int NOTHING = -2;

    /** Colours that can be distinguished after JPEG encoding. */
    public static final List<Color> COLOURS = List.of(
            Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW, Color.MAGENTA, Color.CYAN, Color.WHITE, Color.BLACK);

    /**
     * Pictures are distinguished by 16 x 16 of their pixels. createImageBitmap takes the picture an <img> shows at that
     * moment; drawImage alone would draw an older one in Firefox, which keeps a copy. An <img> of another origin may
     * not be read, so only its size is checked.
     */
    private static final String WATCH = """
            async (attributes, known) => {
              const canvas = document.createElement('canvas');
              canvas.width = canvas.height = 16;
              const context = canvas.getContext('2d', { willReadFrequently: true });
              const pixels = async picture => {
                const bitmap = await createImageBitmap(picture);
                context.drawImage(bitmap, 0, 0, 16, 16);
                bitmap.close();
                return context.getImageData(0, 0, 16, 16).data;
              };
              const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
              const samples = [];
              for (const base64 of known) {
                const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
                samples.push(await pixels(new Blob([bytes], { type: 'image/jpeg' })));
              }
              const image = document.createElement('img');
              const seen = [];
              const look = async () => {
                let shown = -2;
                if (image.naturalWidth > 0 && samples.length > 0) {
                  const now = await pixels(image).catch(() => null);
                  shown = now === null ? -2 : samples.findIndex(sample => difference(now, sample) < 4);
                }
                if (seen.length === 0 || seen[seen.length - 1].picture !== shown) {
                  seen.push({ picture: shown, at: Date.now() });
                }
                setTimeout(look, 10);
              };
              window.watched = { image, seen, loads: 0, errors: 0 };
              image.addEventListener('load', () => window.watched.loads++);
              image.addEventListener('error', () => window.watched.errors++);
              document.body.style.margin = 0;
              document.body.replaceChildren(image);
              Object.assign(image, attributes);
              look();
              return true;
            }
            """;

    /** A picture that was shown, and the time from which on, in milliseconds since 1970 by the browser's clock. */
    record Sight(int picture, long at) {}

    private final Browser browser;

    private BrowserImage(Browser browser) {
        this.browser = browser;
    }

    /**
     * Replaces the content of the page by an {@code <img>}.
     *
     * @param known the pictures to distinguish; {@link Sight#picture} is an index into this list
     */
    public static BrowserImage insert(Browser browser, String src, List<byte[]> known)
            throws IOException, InterruptedException {
        List<String> texts =
                known.stream().map(Base64.getEncoder()::encodeToString).toList();
        browser.evaluate("(" + WATCH + ")(" + json(Map.of("src", src)) + ", " + json(texts) + ")");
        return new BrowserImage(browser);
    }

    private static String json(Object value) {
        return BrowserSocket.JSON.writeValueAsString(value);
    }

    /** Every change of what was shown, in order, without the time before the first picture. */
    public List<Sight> seen() throws IOException, InterruptedException {
        List<Sight> sights = new ArrayList<>();
        for (JsonNode one : browser.evaluate("window.watched.seen")) {
            Sight sight = new Sight(one.path("picture").asInt(), one.path("at").asLong());
            if (!sights.isEmpty() || sight.picture() != NOTHING) {
                sights.add(sight);
            }
        }
        return sights;
    }

    /** The pictures of {@link #seen}. */
    public List<Integer> pictures() throws IOException, InterruptedException {
        return seen().stream().map(Sight::picture).toList();
    }

    /** What it shows now. */
    public int picture() throws IOException, InterruptedException {
        List<Sight> seen = seen();
        return seen.isEmpty() ? NOTHING : seen.getLast().picture();
    }

    /** The width in pixels; 0 before the first picture and when the picture is broken. */
    public int naturalWidth() throws IOException, InterruptedException {
        return browser.evaluate("window.watched.image.naturalWidth").asInt();
    }

    /** Number of {@code error} events that the page got for the picture. */
    public int errors() throws IOException, InterruptedException {
        return browser.evaluate("window.watched.errors").asInt();
    }

    /**
     * The number of the known picture that the screen shows where the {@code <img>} is. The screen is read, not the
     * page.
     */
    public int onScreen() throws IOException, InterruptedException {
        Color pixel = new Color(browser.screenshot().getRGB(100, 100));
        int nearest = Stream.iterate(0, i -> i + 1)
                .limit(COLOURS.size())
                .min(Comparator.comparingInt(i -> distance(COLOURS.get(i), pixel)))
                .orElseThrow();
        return distance(COLOURS.get(nearest), pixel) < 30 ? nearest : UNKNOWN;
    }

    /** Distance between two colours, 0 to 765. JPEG encoding changes colours by a few units. */
    public static int distance(Color one, Color other) {
        return Math.abs(one.getRed() - other.getRed())
                + Math.abs(one.getGreen() - other.getGreen())
                + Math.abs(one.getBlue() - other.getBlue());
    }

    /** A JPEG of 320 x 240 for each of {@link #COLOURS}. */
    public static List<byte[]> plainPictures() throws IOException {
        List<byte[]> pictures = new ArrayList<>();
        for (Color colour : COLOURS) {
            BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
            var graphics = image.createGraphics();
            graphics.setColor(colour);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.dispose();
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(image, "jpeg", jpeg);
            pictures.add(jpeg.toByteArray());
        }
        return pictures;
    }
}
