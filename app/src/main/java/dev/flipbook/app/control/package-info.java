/** The commands {@code pause} and {@code resume}: they ask a running Flipbook to pause a feed and to show it again. */
@NullMarked
package dev.flipbook.app.control;

import org.jspecify.annotations.NullMarked;
