/**
 * How often something may happen: evenly at a rate, or as often as an allowance lets it. This package needs nothing else
 * of Flipbook, so that every package can use it.
 */
package dev.flipbook.time;
