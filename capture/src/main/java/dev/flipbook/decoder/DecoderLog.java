package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import dev.flipbook.text.Secrets;
import dev.flipbook.web.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;

/**
 * Logs what a decoder process writes to its standard error. At most one piece of 4 KiB is read every 100 ms, however
 * much the process writes.
 */
record DecoderLog(InputStream in, Ticker ticker) implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook.decoder");

    private static final int MAX_PIECE = 4096;

    private static final long READ_INTERVAL = 100_000_000; // nanoseconds

    @Override
    public void run() {
        byte[] piece = new byte[MAX_PIECE];
        try (in) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                if (LOG.isLoggable(Level.DEBUG)) {
                    String text = new String(piece, 0, count, StandardCharsets.UTF_8);
                    text.lines().limit(3).forEach(line -> LOG.log(Level.DEBUG, "{0}", shown(line)));
                }
                ticker.sleepUntil(ticker.nanos() + READ_INTERVAL);
            }
        } catch (IOException | InterruptedException e) {
            LOG.log(Level.DEBUG, "a decoder's standard error cannot be read", e);
        }
    }

    private static String shown(String line) {
        return Quote.of(Secrets.withoutLoginsAndQueries(line));
    }
}
