/** The program: its command line, and the place where all parts are wired together. */
@NullMarked
package dev.flipbook.app;

import org.jspecify.annotations.NullMarked;
