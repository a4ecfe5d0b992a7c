/**
 * Help for the tests of programs that use Flipbook: a viewer that keeps what it sees, and a source whose pictures have
 * numbers.
 */
package dev.flipbook.testing;
