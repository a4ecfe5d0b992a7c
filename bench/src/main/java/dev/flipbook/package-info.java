/** What has to be in the package of what it looks at: the cost of a publish, and trials of a feed with two threads at once. */
@NullMarked
package dev.flipbook;

import org.jspecify.annotations.NullMarked;
