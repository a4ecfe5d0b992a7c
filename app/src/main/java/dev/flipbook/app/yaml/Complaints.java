package dev.flipbook.app.yaml;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Takes what is wrong in a text. */
@FunctionalInterface
public interface Complaints {

    /**
     * Takes one complaint.
     *
     * @param line from 1 on
     * @param column from 1 on, in characters
     * @param sentence what is wrong, and what would be right
     */
    void add(int line, int column, String sentence);

    /** Takes a complaint about this place. */
    default void add(Mark at, String sentence) {
        add(at.getLine() + 1, at.getColumn() + 1, sentence);
    }

    /** Takes a complaint about this node, at its beginning. */
    default void add(Node node, String sentence) {
        add(node.getStartMark().orElseThrow(), sentence);
    }
}
