package dev.flipbook.app.bench;

/** The clock that the age of a picture was measured by. */
enum AgeClock {
    STAMP("stamp", "Age: from the stamp in the pictures, which was made by this machine's clock."),
    X_TIMESTAMP(
            "x-timestamp",
            "Age: from X-Timestamp. From another machine it includes the difference of the two clocks;"
                    + " some servers put the time of sending there."),
    NONE("none", "Age: not known; the pictures carry no time.");

    private final String key;
    private final String sentence;

    AgeClock(String key, String sentence) {
        this.key = key;
        this.sentence = sentence;
    }

    /** The name in the JSON output. */
    String key() {
        return key;
    }

    /** The explanation below the table. */
    String sentence() {
        return sentence;
    }
}
