package dev.flipbook.app.control;

import dev.flipbook.app.console.Arguments;
import dev.flipbook.web.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.Options;

/** Pauses a feed of a running Flipbook, and resumes it. */
public final class PauseCommand {

    public static final String PAUSE = "pause";
    public static final String RESUME = "resume";

    private static final int DEFAULT_PORT = 8080;

    private PauseCommand() {}

    public static String help() {
        return """
                Usage: flipbook pause [OPTIONS] NAME|URL
                       flipbook resume [OPTIONS] NAME|URL

                Pauses a feed of the Flipbook that runs on this machine: its camera is closed,
                and viewers see "paused" and the reason instead of pictures until the feed is
                resumed.

                  NAME|URL             The feed: its name, or its address
                                       http://HOST[:PORT]/feeds/NAME
                      --reason=TEXT    Why, in a few words that viewers see. For pause only.
                  -p, --port=PORT      Port of that Flipbook, if the feed is given by its name.
                                       Default: %d.
                  -h, --help           Show this help and exit.

                  flipbook pause door --reason=meeting
                  flipbook resume door
                """.formatted(DEFAULT_PORT);
    }

    public static Options options() {
        return new Options()
                .addOption(Arguments.valued(null, "reason", "TEXT"))
                .addOption(Arguments.valued("p", "port", "PORT"))
                .addOption(Arguments.flag("h", "help"));
    }

    /**
     * Runs one of the two commands.
     *
     * @param verb {@link #PAUSE} or {@link #RESUME}
     * @throws IOException if no Flipbook answers, or it refuses; the message is a sentence for the user
     */
    public static int run(String verb, List<String> words) throws IOException {
        Arguments arguments = Arguments.read("flipbook " + verb, options(), words);
        if (arguments.has("help")) {
            System.out.print(help());
            return 0;
        }
        ControlTarget target = target(verb, arguments);
        String reason = arguments.text("reason", "").strip();
        if (verb.equals(RESUME) && arguments.has("reason")) {
            throw new IllegalArgumentException("--reason is for pause; resume has none");
        }
        ControlRequest.post(target, verb, reason.isEmpty() ? "" : Json.of(Map.of("reason", reason)));
        System.out.println(target.feed()
                + (verb.equals(PAUSE) ? " is paused" : " is resumed")
                + (reason.isEmpty() ? "" : ": " + reason));
        return 0;
    }

    private static ControlTarget target(String verb, Arguments arguments) {
        if (arguments.words().size() != 1) {
            throw new IllegalArgumentException(verb + " takes the name or the address of one feed, here are "
                    + arguments.words().size() + ": flipbook " + verb + " door");
        }
        String typed = arguments.words().getFirst();
        if (arguments.has("port") && ControlTarget.isAddress(typed)) {
            throw new IllegalArgumentException("--port goes with the name of a feed; an address has a port of its own");
        }
        return ControlTarget.of(typed, arguments.number("port", 1, 65_535, DEFAULT_PORT));
    }
}
