package dev.flipbook.app.serve;

import dev.flipbook.FrameSource;
import dev.flipbook.app.config.ConfigReader;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Position;
import dev.flipbook.app.config.Problem;
import dev.flipbook.app.config.Reading;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the configuration comes from: a command line, which stays the same, and perhaps a file, which is read each time.
 * Immutable.
 *
 * @param typed what the command line asks for
 * @param file the configuration file; empty without one
 */
public record ConfigInput(Configuration typed, Optional<Path> file, ConfigReader reader) {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** The name of the file as the user typed it; empty without a file. */
    String fileName() {
        return file.map(Path::toString).orElse("");
    }

    /**
     * The command line and the file as it is now.
     *
     * @param running what is served; when something is wrong in the file, the sources of feeds that differ are tried too
     * @throws ConfigException with everything that is wrong in the file
     */
    Configuration read(Map<String, FeedSettings> running) throws ConfigException {
        if (file.isEmpty()) {
            return typed;
        }
        Reading reading = reader.file(file.get()).under(typed, fileName());
        for (Problem warning : reading.warnings()) {
            LOG.log(Level.WARNING, warning.toString());
        }
        if (reading.configuration().isPresent()) {
            return reading.configuration().get();
        }
        List<Problem> all =
                reader.file(file.get(), running).under(typed, fileName()).problems();
        throw new ConfigException(all.isEmpty() ? reading.problems() : all); // the file may have changed meanwhile
    }

    /**
     * Makes the sources of these feeds. They are not opened yet.
     *
     * @throws ConfigException when there are no such sources, with all of them
     */
    Map<String, Optional<FrameSource>> open(Map<String, FeedSettings> feeds) throws ConfigException {
        Map<String, FeedSettings> inFile = new LinkedHashMap<>(feeds);
        inFile.values().removeIf(feed -> feed.position().equals(Position.NONE));
        Configuration.Sources read = Configuration.open(fileName(), inFile);
        Map<String, Optional<FrameSource>> sources = new LinkedHashMap<>(read.sources());
        List<Problem> problems = new ArrayList<>(read.problems());
        feeds.forEach((name, feed) -> {
            if (!inFile.containsKey(name)) {
                try {
                    sources.put(name, feed.open());
                } catch (IOException e) {
                    problems.add(new Problem("", 0, 0, String.valueOf(e.getMessage())));
                }
            }
        });
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return sources;
    }
}
