package dev.flipbook.app;

import dev.flipbook.FrameSourceProvider;
import dev.flipbook.FrameSourceProvider.Camera;
import dev.flipbook.app.console.Arguments;
import java.util.List;
import org.apache.commons.cli.Options;

/** Lists the cameras of this machine and what they offer. */
final class CamerasCommand {

    static final String NAME = "cameras";

    private CamerasCommand() {}

    static int run(List<String> words) {
        Options options = new Options().addOption(Arguments.flag("h", "help"));
        Arguments arguments = Arguments.read("flipbook " + NAME, options, words);
        if (arguments.has("help")) {
            System.out.print("""
                    Usage: flipbook cameras

                    Lists the cameras of this machine: name, what to type for it, the id by which
                    it is found again at another plug, and its formats, sizes and rates.
                    """);
            return 0;
        }
        if (!arguments.words().isEmpty()) {
            throw new IllegalArgumentException(
                    "cameras takes no names, here is '" + arguments.words().getFirst() + "'");
        }
        System.out.print(text(FrameSourceProvider.allCameras()));
        return 0;
    }

    /** The list as it is printed. */
    static String text(List<Camera> cameras) {
        if (cameras.isEmpty()) {
            return "No camera was found.\n";
        }
        StringBuilder out = new StringBuilder();
        for (Camera camera : cameras) {
            out.append(camera.name()).append('\n');
            out.append("  flipbook ").append(quoted(camera.source())).append('\n');
            if (!camera.id().isEmpty()) {
                out.append("  id ").append(camera.id()).append('\n');
            }
            camera.formats().forEach(format -> out.append("  ").append(format).append('\n'));
        }
        return out.toString();
    }

    private static String quoted(String source) {
        return source.matches("[A-Za-z0-9/._:-]+") ? source : "'" + source + "'";
    }
}
