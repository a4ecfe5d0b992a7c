/**
 * Text of others, made fit for a log and a terminal. Needs nothing else of Flipbook, so that every package can use it.
 */
package dev.flipbook.text;
