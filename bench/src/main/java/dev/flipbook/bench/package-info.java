/** What the parts cost by themselves, one benchmark for each. The command {@code bench/parts} runs them. */
@NullMarked
package dev.flipbook.bench;

import org.jspecify.annotations.NullMarked;
