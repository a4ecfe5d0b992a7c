package dev.flipbook.it.kit;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A real web browser without a window, with one tab. It reaches this machine alone, under the address 127.0.0.1 and the names
 * {@code localhost} and {@link #FOREIGN}; whatever else it wants from the network fails inside it.
 *
 * <p>One thread at a time.
 */
public interface Browser extends AutoCloseable {

    /** A name of this machine that, unlike {@code localhost}, does not show that it means this machine. */
    String FOREIGN = "wall.example";

    /** Shows a page in a new tab, and closes the previous tab with its state. Returns when the page has loaded. */
    default void open(URI page) throws IOException, InterruptedException {
        open(page, "");
    }

    /** Opens a page like {@link #open(URI)}, with a script that is run in the page before all of its own. */
    void open(URI page, String script) throws IOException, InterruptedException;

    /**
     * Presses and releases a key as a user does: a letter, or one of {@code Enter}, {@code Escape}, {@code Tab},
     * {@code ArrowLeft} and so on.
     */
    void press(String key) throws IOException, InterruptedException;

    /**
     * Gives the tab's page this size in pixels, as another window or another device would, until the next page is
     * opened.
     */
    void resize(int width, int height) throws IOException, InterruptedException;

    /** Moves the mouse to the middle of the first element that the selector finds, and clicks this number of times. */
    default void click(String selector, int times) throws IOException, InterruptedException {
        JsonNode middle = evaluate("(box => [box.x + box.width / 2, box.y + box.height / 2])(document.querySelector('"
                + selector + "').getBoundingClientRect())");
        click(middle.path(0).asInt(), middle.path(1).asInt(), times);
    }

    /** Moves the mouse to this place of the page and clicks. */
    void click(int x, int y, int times) throws IOException, InterruptedException;

    /** What has gone wrong in the tab since its page was opened: errors in its console, and answers with a status of 400 and above. */
    List<String> complaints();

    /**
     * The value of a JavaScript expression in the page; for a promise, the value that it resolves to.
     *
     * @throws IOException with the page's own words when the script fails, and when the tab does not answer
     */
    JsonNode evaluate(String expression) throws IOException, InterruptedException;

    /** Whether the tab has died since it was opened. */
    boolean crashed() throws InterruptedException;

    /** Kills the process that the tab lives in, as a fault of the browser would. */
    void killTab();

    /** What the tab shows now. */
    BufferedImage screenshot() throws IOException, InterruptedException;

    /** Ends the browser and all processes it has started, and removes its profile. */
    @Override
    void close();

    /** The browsers in which tests run. */
    enum Kind {
        CHROMIUM("chromium") {
            @Override
            public Browser start(String program) throws IOException, InterruptedException {
                return Chromium.start(program);
            }
        },
        FIREFOX("firefox-esr") {
            @Override
            public Browser start(String program) throws IOException, InterruptedException {
                return Firefox.start(program);
            }
        };

        private final String program;

        Kind(String program) {
            this.program = program;
        }

        public abstract Browser start(String program) throws IOException, InterruptedException;

        /** Starts a new browser. If it is not installed, the test is skipped with a message. */
        public Browser start() throws IOException, InterruptedException {
            return start(Installed.program(program, "a browser shows the pictures"));
        }
    }
}
