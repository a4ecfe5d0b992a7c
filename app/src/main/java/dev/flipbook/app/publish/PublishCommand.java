package dev.flipbook.app.publish;

import dev.flipbook.Ticker;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.console.PictureArguments;
import dev.flipbook.app.console.Program;
import dev.flipbook.app.console.ShutdownSignal;
import dev.flipbook.image.PixelFormat;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the pictures of standard input to a feed of a running Flipbook. The newest picture wins here as well: input
 * is read whatever the network does, and a server that comes back gets the current picture.
 */
public final class PublishCommand {

    public static final String NAME = "publish";

    /** Exit code if the server has refused or could not be reached. */
    private static final int FAILED = 1;

    /** Statuses of a server, or of a proxy in front of it, after which a retry may succeed. */
    private static final Set<Integer> TEMPORARY = Set.of(408, 429, 500, 502, 503, 504);

    /** The server's status for a second publisher. */
    private static final int CONFLICT = 409;

    /** Keep-alive interval in milliseconds while there are no pictures; well below the server's timeout. */
    private static final long KEEP_ALIVE_INTERVAL = 10_000;

    /** Interval in milliseconds at which the server's answer is looked for. */
    private static final long ANSWER_CHECK_INTERVAL = 100;

    /** Wait between two attempts, in milliseconds; doubled each time, up to {@link #MAX_RETRY_INTERVAL}. */
    private static final long FIRST_RETRY_INTERVAL = 500;

    private static final long MAX_RETRY_INTERVAL = 8000;

    /**
     * How long a server may keep this program's place after it has lost the connection: its timeout, with some reserve.
     */
    private static final Duration PLACE_TIMEOUT = Duration.ofSeconds(40);

    private final PublishTarget target;
    private final InputPictures input;
    private final ShutdownSignal ending;
    private final Ticker ticker;
    private long sent; // pictures that were sent
    private long seen; // pictures of the input up to the last one sent
    private boolean failing; // whether the last message to the user was about a failure
    private long lastSent; // when the last picture was sent
    private volatile @Nullable PublishConnection current;

    private PublishCommand(PublishTarget target, InputPictures input, ShutdownSignal ending, Ticker ticker) {
        this.target = target;
        this.input = input;
        this.ending = ending;
        this.ticker = ticker;
    }

    public static String help() {
        return """
                Usage: flipbook publish [OPTIONS] URL

                Publishes the pictures of standard input to a feed of a running Flipbook: MJPEG
                of any kind, JPEGs or PNGs back to back, or Y4M.

                  URL                  Address of the feed:
                                       http[s]://[NAME:PASSWORD@]HOST[:PORT]/feeds/NAME
                      --takeover       End a publisher that is there already.
                      --format=FORMAT  Input is plain pixels, one picture right after the
                                       other: bgr24, rgb24, rgba, grey8, yuv420p,
                                       grey16le or grey16be.
                      --size=WxH       Their size, such as 640x480.
                      --range=LOW-HIGH Values of black and white with 16 bits, such as
                                       500-4500. Default: the range of values in each
                                       picture.
                  -h, --help           Show this help and exit.

                The feed waits for a publisher: flipbook door=publish. Pictures that come faster
                than they can be sent are left out. While the server cannot be reached, publish
                goes on trying.

                  ffmpeg -i video.mp4 -f mjpeg - | flipbook publish URL
                """;
    }

    public static Options options() {
        return new Options()
                .addOption(Arguments.flag(null, "takeover"))
                .addOption(Arguments.valued(null, "format", "FORMAT"))
                .addOption(Arguments.valued(null, "size", "WxH"))
                .addOption(Arguments.valued(null, "range", "LOW-HIGH"))
                .addOption(Arguments.flag("h", "help"));
    }

    public static int run(List<String> words) throws IOException, InterruptedException {
        Arguments arguments = Arguments.read("flipbook " + NAME, options(), words);
        if (arguments.has("help")) {
            System.out.print(help());
            return 0;
        }
        if (arguments.words().size() != 1) {
            throw new IllegalArgumentException(
                    "publish takes one URL, such as http://127.0.0.1:8080/feeds/door, here are "
                            + arguments.words().size()
                            + "; a feed that waits for a publisher is served by: flipbook door=publish");
        }
        PublishTarget target = PublishTarget.of(arguments.words().getFirst(), arguments.has("takeover"));
        InputPictures input = input(arguments);
        return publish(target, input, ShutdownSignal.onSignals());
    }

    /** Publishes until the input ends, the server refuses, or the user ends the program. Returns the exit code. */
    static int publish(PublishTarget target, InputPictures input, ShutdownSignal ending) throws InterruptedException {
        return new PublishCommand(target, input, ending, Ticker.system()).publish();
    }

    private static InputPictures input(Arguments arguments) {
        if (!arguments.has("format") && !arguments.has("size") && !arguments.has("range")) {
            return InputPictures.encoded(System.in);
        }
        int[] size = PictureArguments.size(arguments.text("size", ""));
        if (size[0] < 1 || size[1] < 1 || size[0] > 8192 || size[1] > 8192) {
            throw new IllegalArgumentException("--size is " + size[0] + "x" + size[1] + "; a side goes from 1 to 8192");
        }
        String name = arguments.text("format", "");
        PixelFormat format = PixelFormat.named(name)
                .orElseThrow(() -> new IllegalArgumentException("--format is '" + name + "'; it is one of bgr24,"
                        + " rgb24, rgba, grey8, yuv420p, grey16le, grey16be, together with --size"));
        return InputPictures.raw(System.in, format, size[0], size[1], PictureArguments.range(arguments));
    }

    private int publish() throws InterruptedException {
        Thread.ofPlatform().daemon().name("flipbook-ending").start(this::endInTime);
        input.start();
        while (input.await(0, ANSWER_CHECK_INTERVAL) == 0 && !input.ended() && !ending.isRequested()) {
            // without a picture yet, so that no other publisher is kept out
        }
        if (input.await(0, 0) == 0) {
            return ending.isRequested() ? 0 : failed("standard input has no picture" + because(input.failure()));
        }
        int code = send();
        if (code == 0) {
            System.out.println("Published " + sent + " of " + input.await(0, 0) + " pictures to " + target.shown());
        }
        return code;
    }

    /** Sends until the end, over several connections if necessary. */
    private int send() throws InterruptedException {
        long wait = FIRST_RETRY_INTERVAL;
        long inputEnded = 0;
        while (true) {
            long before = sent;
            String problem;
            try {
                Optional<PublishConnection.Answer> answer = sendOn();
                if (answer.isEmpty()) {
                    return 0; // ended by a signal
                }
                PublishConnection.Answer response = answer.get();
                if (response.status() / 100 == 2) {
                    return 0;
                }
                if (!isTemporary(response, sent > before)) {
                    return failed(target.shown() + " refuses (" + response.status() + "): "
                            + response.sentence().replace("?takeover=1", "--takeover"));
                }
                problem = "answers " + response.status() + ": " + response.sentence();
            } catch (IOException e) {
                problem = "cannot be reached: " + reason(e);
            }
            if (input.ended() && inputEnded++ > 3) {
                return failed("the last picture was not published: " + target.shown() + " " + problem);
            }
            reportFailure(problem);
            wait = sent > before ? FIRST_RETRY_INTERVAL : wait;
            if (ending.await(wait)) {
                return 0;
            }
            wait = Math.min(2 * wait, MAX_RETRY_INTERVAL);
        }
    }

    /**
     * Whether another attempt may succeed. A place that is taken may be held by this program's own broken connection. A
     * publisher that takes over ends a connection that was accepted before.
     */
    private boolean isTemporary(PublishConnection.Answer response, boolean wasOurs) {
        boolean ownPlace = response.status() == CONFLICT
                && sent > 0
                && !wasOurs
                && ticker.nanos() - lastSent < PLACE_TIMEOUT.toNanos();
        return ownPlace || TEMPORARY.contains(response.status());
    }

    /**
     * Sends over one connection until the server answers.
     *
     * @return empty if a signal has ended it
     */
    private Optional<PublishConnection.Answer> sendOn() throws IOException, InterruptedException {
        try (PublishConnection connection = PublishConnection.open(target)) {
            current = connection;
            long alive = ticker.nanos();
            while (true) {
                Optional<PublishConnection.Answer> answer = connection.answer();
                if (answer.isPresent()) {
                    return answer;
                }
                long count = input.await(seen, ANSWER_CHECK_INTERVAL);
                if (count > seen) {
                    connection.send(input.newest());
                    seen = count;
                    sent++;
                    alive = ticker.nanos();
                    lastSent = alive;
                    reportRecovery();
                } else if (input.ended() || ending.isRequested()) {
                    return finish(connection);
                } else if (ticker.nanos() - alive
                        > Duration.ofMillis(KEEP_ALIVE_INTERVAL).toNanos()) {
                    connection.send(new byte[0]);
                    alive = ticker.nanos();
                }
            }
        } catch (IOException e) {
            PublishConnection connection = current;
            if (connection != null) { // the server may have sent the reason for the failure
                Optional<PublishConnection.Answer> answer = connection.awaitAnswer(ANSWER_CHECK_INTERVAL);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            throw e;
        } finally {
            current = null;
        }
    }

    private Optional<PublishConnection.Answer> finish(PublishConnection connection)
            throws IOException, InterruptedException {
        connection.end();
        Optional<PublishConnection.Answer> answer = connection.awaitAnswer(PublishTarget.CONNECT_TIMEOUT.toMillis());
        if (answer.isEmpty() && !ending.isRequested()) {
            throw new IOException("the server says nothing");
        }
        return ending.isRequested() ? Optional.empty() : answer;
    }

    /**
     * Closes the connection 2 s after the end was asked for, so that a server that takes nothing cannot keep the
     * program from ending.
     */
    private void endInTime() {
        try {
            ending.await();
            Thread.sleep(Duration.ofSeconds(2));
            PublishConnection connection = current;
            if (connection != null) {
                connection.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reportFailure(String problem) {
        if (!failing) {
            Program.complain(target.shown() + " " + problem + "; retrying");
            failing = true;
        }
    }

    private void reportRecovery() {
        if (failing) {
            Program.complain(target.shown() + " is reached again");
            failing = false;
        }
    }

    private static int failed(String why) {
        Program.complain(why);
        return FAILED;
    }

    private static String because(String why) {
        return why.isEmpty() ? "" : ": " + why;
    }

    private static String reason(IOException e) {
        return e instanceof UnknownHostException
                ? "there is no host named '" + e.getMessage() + "'"
                : String.valueOf(e.getMessage());
    }
}
