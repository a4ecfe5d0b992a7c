/**
 * Text of strangers, made fit for a log and a terminal, and text without secrets. This package needs nothing else of
 * Flipbook, so that every package can use it.
 */
package dev.flipbook.text;
