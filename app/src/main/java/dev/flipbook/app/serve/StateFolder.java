package dev.flipbook.app.serve;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the program keeps what it must find again after a restart: in the folder that systemd has made for the service
 * ({@code STATE_DIRECTORY}), else in {@code flipbook} below {@code XDG_STATE_HOME}, else in {@code .local/state/flipbook}
 * below the user's home, as the XDG base directory specification says.
 */
final class StateFolder {

    private StateFolder() {}

    /**
     * The folder, which may not exist yet.
     *
     * @param environment variables of this process
     */
    static Path of(Map<String, String> environment) {
        Optional<Path> service = absolute(environment, "STATE_DIRECTORY")
                .map(list -> Path.of(list.toString().split(":", 2)[0]));
        return service.or(() -> absolute(environment, "XDG_STATE_HOME").map(home -> home.resolve("flipbook")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "state", "flipbook"));
    }

    /** The path in a variable; a relative path there is to be ignored, says the specification. */
    private static Optional<Path> absolute(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(Path::of).filter(Path::isAbsolute);
    }
}
