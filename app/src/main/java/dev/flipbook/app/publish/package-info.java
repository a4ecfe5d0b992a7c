/** The command {@code publish}: the pictures of standard input go to a feed of a running Flipbook. */
@NullMarked
package dev.flipbook.app.publish;

import org.jspecify.annotations.NullMarked;
