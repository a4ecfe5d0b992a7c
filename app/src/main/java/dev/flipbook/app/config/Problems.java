package dev.flipbook.app.config;

import dev.flipbook.app.yaml.Complaints;
import dev.flipbook.text.PlainText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong in one file, collected while the file is read. Confined to one thread. */
final class Problems implements Complaints {

    /** Maximum number of problems that are kept: more than anybody reads at once, and little memory. */
    private static final int MAX_PROBLEMS = 100;

    /** Maximum length of a sentence in characters; quotations are cut before. */
    private static final int MAX_LENGTH = 1000;

    private final String file;
    private final List<Problem> found = new ArrayList<>();
    private int more;

    Problems(String file) {
        this.file = file;
    }

    @Override
    public void add(int line, int column, String sentence) {
        if (found.size() == MAX_PROBLEMS) {
            more++;
        } else {
            found.add(new Problem(file, line, column, PlainText.line(sentence, "?", MAX_LENGTH)));
        }
    }

    void add(Problem problem) {
        add(problem.line(), problem.column(), problem.sentence());
    }

    /** Adds a problem with the file as a whole. */
    void add(String sentence) {
        add(0, 0, sentence);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** The problems in the order of the file. */
    List<Problem> list() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        if (more > 0) {
            sorted.add(new Problem(file, 0, 0, "there are " + more + " more problems like these"));
        }
        return List.copyOf(sorted);
    }
}
