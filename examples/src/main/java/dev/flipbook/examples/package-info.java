/** Small programs that show how to embed Flipbook. The documents quote them, and the tests run them. */
@NullMarked
package dev.flipbook.examples;

import org.jspecify.annotations.NullMarked;
