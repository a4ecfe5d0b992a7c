/** The program: its command line, and the one place where things are wired together. */
@NullMarked
package dev.flipbook.app;

import org.jspecify.annotations.NullMarked;
