package dev.flipbook.app.config;

/** Says that a request may not add or change a feed like that, whatever its values are. */
public final class RefusedSourceException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Refuses what only the file and the command line may name. */
    RefusedSourceException() {
        super("commands and files come from the configuration only");
    }

    RefusedSourceException(String sentence) {
        super(sentence);
    }
}
