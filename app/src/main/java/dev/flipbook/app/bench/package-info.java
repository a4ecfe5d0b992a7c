/** The command {@code bench}: many viewers of one stream, and what each of them receives. */
@NullMarked
package dev.flipbook.app.bench;

import org.jspecify.annotations.NullMarked;
