/** What all commands share: the words of the command line, the exit codes, the signal that ends the program. */
@NullMarked
package dev.flipbook.app.console;

import org.jspecify.annotations.NullMarked;
