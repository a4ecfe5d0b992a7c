package dev.flipbook.app.config;

import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.ServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the server, and of feeds that do not say otherwise. Two are equal when they ask for the same,
 * whether it was given or is usual. Immutable.
 */
public final class ServerSettings {

    /** Nothing is given. */
    public static final ServerSettings DEFAULT = new ServerSettings(Given.NONE, Given.NONE);

    private final Given given;
    private final Given defaults;

    /**
     * Settings as far as they are given.
     *
     * @param given those of the server and of the API
     * @param defaults those of feeds
     */
    ServerSettings(Given given, Given defaults) {
        this.given = given;
        this.defaults = defaults;
    }

    /** The settings of the server and of the API that are given. */
    Given given() {
        return given;
    }

    /** The settings of feeds that are given for all of them. */
    Given defaults() {
        return defaults;
    }

    /** Where the server listens. */
    Settings.Listen listen() {
        Settings.Listen both = given.get(Settings.LISTEN);
        return new Settings.Listen(
                given.has(Settings.HOST) ? given.get(Settings.HOST) : both.host(),
                given.has(Settings.PORT) ? given.get(Settings.PORT) : both.port());
    }

    /**
     * The server's options.
     *
     * @throws IllegalArgumentException if the address to listen on does not exist, or others reach it and
     *     {@code insecure} is not set
     */
    public ServerOptions options() {
        Settings.Listen listen = listen();
        return new ServerOptions(
                        listen.host(),
                        listen.port(),
                        given.get(Settings.INSECURE),
                        given.get(Settings.NAMES),
                        given.get(Settings.EMBED),
                        FeedSettings.timeouts(defaults).withBlockCeiling(given.get(Settings.MEMORY)),
                        Deadlines.DEFAULT)
                .withConnectionsPerAddress(given.get(Settings.CONNECTIONS));
    }

    /** What requests may do. */
    ApiSettings api() {
        return new ApiSettings(given.get(Settings.SOURCES), given.get(Settings.KEEP));
    }

    /**
     * The keys of the settings that differ from those of a running server, and that the server takes only at its start.
     */
    public List<String> restart(ServerSettings running) {
        List<String> keys = new ArrayList<>();
        if (!listen().equals(running.listen())) {
            keys.add(Settings.LISTEN.key());
        }
        for (Setting<?> setting : Settings.SERVER) {
            if (!setting.equals(Settings.LISTEN) && !given.get(setting).equals(running.given.get(setting))) {
                keys.add(setting.key());
            }
        }
        return List.copyOf(keys);
    }

    /** These settings, and of those that are not given here the ones of another. */
    ServerSettings over(ServerSettings below) {
        return new ServerSettings(given.over(below.given), defaults.over(below.defaults));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerSettings settings
                && restart(settings).isEmpty()
                && api().equals(settings.api())
                && Settings.FEED.stream().allMatch(one -> defaults.get(one).equals(settings.defaults.get(one)));
    }

    @Override
    public int hashCode() {
        return Objects.hash(listen(), api());
    }
}
