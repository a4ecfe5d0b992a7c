package dev.flipbook.server.control;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Adds, changes and removes feeds for clients, and tells of the configuration. The program implements it and gives it
 * to {@code Flipbook.administer}.
 *
 * <p>Any thread may call. All methods return at once, and the futures complete on another thread. A future that fails
 * with an {@code HttpError} or a {@code BadRequestException} refuses the request with the status and the sentence of
 * that exception; any other failure is logged and answered with 500.
 */
public interface Administration {

    /**
     * Adds a feed.
     *
     * @param json a JSON object in UTF-8 with the feed's name and settings, at most 64 KiB
     * @return the name of the new feed
     */
    CompletableFuture<String> add(byte[] json);

    /**
     * Changes settings of a feed.
     *
     * @param feed the name of a feed of the server
     * @param json a JSON object in UTF-8 with the settings that are to change, at most 64 KiB
     */
    CompletableFuture<Void> change(String feed, byte[] json);

    /**
     * Removes a feed.
     *
     * @param feed the name of a feed of the server
     */
    CompletableFuture<Void> remove(String feed);

    /** Reads the configuration again and applies it if it is right. The status that follows has the errors. */
    CompletableFuture<ConfigStatus> reload();

    /** The state of the configuration now. */
    ConfigStatus status();

    /**
     * A client has paused or resumed a feed. Called after the feed was, in the order in which that happened, so that
     * the program can keep it over a restart.
     *
     * @param feed the name of a feed of the server
     * @param reason of the pause, which may be an empty text; nothing if the feed was resumed
     */
    void paused(String feed, Optional<String> reason);
}
