/** Serves what is configured: applies the settings to the feeds of a running server, and keeps the two the same. */
@NullMarked
package dev.flipbook.app.serve;

import org.jspecify.annotations.NullMarked;
