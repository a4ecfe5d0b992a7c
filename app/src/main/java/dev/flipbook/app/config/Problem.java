package dev.flipbook.app.config;

/**
 * One thing that is wrong in a configuration. Immutable.
 *
 * @param file as the user named it; empty for a request or the command line
 * @param line from 1 on; 0 for the file as a whole
 * @param column from 1 on; 0 for the file as a whole
 * @param sentence what is wrong and what would be right, on one line and without secrets
 */
public record Problem(String file, int line, int column, String sentence) {

    /** {@code file:line:column: sentence}, as editors read it. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return file.isEmpty() ? sentence : place + ": " + sentence;
    }
}
