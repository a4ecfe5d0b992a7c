package dev.flipbook.app.config;

/**
 * A place in a file. Immutable.
 *
 * @param line from 1 on; 0 for no place
 * @param column from 1 on, in characters; 0 for no place
 */
public record Position(int line, int column) {

    /** No place: the command line, or the file as a whole. */
    public static final Position NONE = new Position(0, 0);
}
