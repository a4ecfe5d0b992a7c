package dev.flipbook.command;

import dev.flipbook.Ticker;
import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * What a command says on its standard error, line by line for the log: without secrets and control characters, cut, and
 * not more than the log can bear. However much comes is read, because the command would stand still otherwise, but at a
 * bounded rate; only the last line is kept.
 *
 * <p>It reads on a thread of its own; {@link #last} is for any thread.
 */
final class ErrorLines implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** Bytes of a line that are looked at: what is kept of it and, so that no half of a secret is, a good deal more. */
    private static final int LOOKED_AT = 2048;

    /** Characters of a line that are kept. */
    private static final int KEPT = 300;

    /**
     * In bytes: what is read in a {@link #TURN}. As much as the pipe holds, so that a command's last words do not wait.
     */
    private static final int MOST = 64 << 10;

    /**
     * In nanoseconds. Some 4 MB a second are a hundred times what the most talkative commands say, and a twentieth of a
     * processor.
     */
    private static final long TURN = 16_000_000;

    private final InputStream in;
    private final String command;
    private final Secrets secrets;
    private final LogAllowance allowance;
    private final Ticker ticker;
    private final Consumer<String> log;

    // the reading thread's own
    private byte[] line = new byte[LOOKED_AT];
    private int length;
    private boolean cut;

    // guarded by this
    private byte[] last = new byte[LOOKED_AT];
    private int lastLength;
    private boolean lastCut;

    /**
     * @param command what the lines are of, for the log
     * @param allowance of the source, for all its runs
     */
    ErrorLines(InputStream in, String command, Secrets secrets, LogAllowance allowance, Ticker ticker) {
        this(in, command, secrets, allowance, ticker, line -> LOG.log(Level.INFO, line));
    }

    /** @param log takes the lines */
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
        byte[] bytes = new byte[8192];
        int taken = 0;
        long begun = ticker.nanos();
        try (in) {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                for (int i = 0; i < count; i++) {
                    add(bytes[i]);
                }
                taken += count;
                if (taken >= MOST) {
                    ticker.sleepUntil(begun + TURN);
                    begun = ticker.nanos();
                    taken = 0;
                }
            }
        } catch (IOException | InterruptedException e) {
            LOG.log(Level.DEBUG, "the standard error of " + command + " cannot be read", e);
        }
        endLine();
        tellLeftOut();
    }

    private void add(byte next) {
        if (next == '\n' || next == '\r') { // programs that show their progress end lines by a return
            endLine();
        } else if (length < LOOKED_AT) {
            line[length++] = next;
        } else {
            cut = true;
        }
    }

    private void endLine() {
        if (length > 0) {
            if (allowance.take()) {
                tellLeftOut();
                log.accept("command=" + command + " stderr=\"" + text(line, length, cut) + "\"");
            }
            keep();
        }
    }

    private void tellLeftOut() {
        long leftOut = allowance.leftOut();
        if (leftOut > 0) {
            log.accept("command=" + command + " stderr_lines_left_out=" + leftOut);
        }
    }

    private synchronized void keep() {
        byte[] free = last;
        last = line;
        lastLength = length;
        lastCut = cut;
        line = free;
        length = 0;
        cut = false;
    }

    /** The last line that was not empty; empty when there was none. */
    synchronized String last() {
        return text(last, lastLength, lastCut);
    }

    private String text(byte[] bytes, int count, boolean cutOff) {
        String all = new String(bytes, 0, count, StandardCharsets.UTF_8);
        if (cutOff) {
            all = all.substring(0, Math.max(0, all.lastIndexOf(' '))); // the rest may be half of a secret
        }
        return PlainText.line(secrets.hide(all).replace('"', '\''), " ", KEPT).strip();
    }
}
