package dev.flipbook.command;

import dev.flipbook.Ticker;
import dev.flipbook.text.PlainText;
import dev.flipbook.text.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads the standard error of a command and passes its lines on to the log. Secrets and control characters are removed,
 * long lines are cut, and the number of lines is limited to what the log can take. Everything is read, because the
 * command would otherwise block, but at a limited rate. Only the last line is kept.
 *
 * <p>Runs on a thread of its own; any thread may call {@link #last}.
 */
final class ErrorLines implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** Maximum bytes of a line that are examined: much more than is kept, so that no half of a secret is kept. */
    private static final int MAX_EXAMINED = 2048;

    /** Maximum characters of a line that are kept. */
    private static final int MAX_LINE = 300;

    /**
     * Maximum bytes that are read in a {@link #TURN}: the capacity of the pipe, so that a command's last lines are read
     * at once.
     */
    private static final int MAX_BYTES_A_TURN = 64 << 10;

    /**
     * Minimum time in nanoseconds for {@link #MAX_BYTES_A_TURN} bytes. The resulting 4 MB a second are a hundred times
     * what the most talkative commands print, and cost a twentieth of a processor.
     */
    private static final long TURN = 16_000_000;

    private final InputStream in;
    private final String command;
    private final Secrets secrets;
    private final LogAllowance allowance;
    private final Ticker ticker;
    private final Consumer<String> log;

    // Owned by the reading thread.
    private final byte[] bytes = new byte[MAX_EXAMINED];
    private int length;
    private boolean cut;

    private volatile String last = ""; // with secrets

    /**
     * Creates a reader.
     *
     * @param command name of the command, for the log
     * @param allowance number of lines of the source, shared by all its runs
     * @param log takes the lines
     */
    ErrorLines(
            InputStream in,
            String command,
            Secrets secrets,
            LogAllowance allowance,
            Ticker ticker,
            Consumer<String> log) {
        this.in = in;
        this.command = command;
        this.secrets = secrets;
        this.allowance = allowance;
        this.ticker = ticker;
        this.log = log;
    }

    @Override
    public void run() {
        byte[] piece = new byte[8192];
        int taken = 0;
        long begun = ticker.nanos();
        try (in) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                for (int i = 0; i < count; i++) {
                    add(piece[i]);
                }
                taken += count;
                if (taken >= MAX_BYTES_A_TURN) {
                    ticker.sleepUntil(begun + TURN);
                    begun = ticker.nanos();
                    taken = 0;
                }
            }
        } catch (IOException | InterruptedException e) {
            LOG.log(Level.DEBUG, "the standard error of " + command + " cannot be read", e);
        }
        endLine();
        reportLeftOut();
    }

    private void add(byte next) {
        if (next == '\n' || next == '\r') { // programs that show their progress end lines with a carriage return
            endLine();
        } else if (length < MAX_EXAMINED) {
            bytes[length++] = next;
        } else {
            cut = true;
        }
    }

    private void endLine() {
        if (length == 0) {
            return;
        }
        String line = new String(bytes, 0, length, StandardCharsets.UTF_8);
        last = cut ? line.substring(0, Math.max(0, line.lastIndexOf(' '))) : line; // without half of a secret
        length = 0;
        cut = false;
        if (allowance.take()) {
            reportLeftOut();
            log.accept("command=" + command + " stderr=\"" + last() + "\"");
        }
    }

    private void reportLeftOut() {
        long leftOut = allowance.leftOut();
        if (leftOut > 0) {
            log.accept("command=" + command + " stderr_lines_left_out=" + leftOut);
        }
    }

    /** The last line that was not empty, without secrets; empty if there was none. */
    String last() {
        return PlainText.line(secrets.hide(last).replace('"', '\''), " ", MAX_LINE)
                .strip();
    }
}
