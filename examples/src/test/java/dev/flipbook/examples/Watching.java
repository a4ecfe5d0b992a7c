package dev.flipbook.examples;

import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Predicate;
import javax.imageio.ImageIO;

/** A program that watches a feed over HTTP, with no code of Flipbook's in it. */
final class Watching {

    private Watching() {}

    /** Reads {@code /feeds/NAME.mjpg} until a picture matches. Placeholders may come before it. */
    static void until(Flipbook flipbook, String name, Predicate<BufferedImage> wished)
            throws IOException, InterruptedException {
        URI stream = flipbook.address().resolve("feeds/" + name + ".mjpg");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response =
                    http.send(HttpRequest.newBuilder(stream).build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IOException(stream + " answers " + response.statusCode());
            }
            try (InputStream body = response.body()) {
                BufferedImage picture;
                do {
                    byte[] jpeg = body.readNBytes(nextLength(body));
                    picture = ImageIO.read(new ByteArrayInputStream(jpeg));
                } while (!wished.test(picture));
            }
            http.shutdownNow();
        }
    }

    /** Reads to the end of the next part's header. */
    private static int nextLength(InputStream body) throws IOException {
        int length = -1;
        while (true) {
            String line = line(body);
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            } else if (line.isEmpty() && length >= 0) {
                return length;
            }
        }
    }

    private static String line(InputStream body) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = body.read(); next != '\n'; next = body.read()) {
            if (next < 0) {
                throw new IOException("the stream ended");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII).strip();
    }
}
