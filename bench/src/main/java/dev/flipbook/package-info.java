/**
 * Trials of feeds and blocks with two threads at once, in the packages below. Each trial is in the package of the
 * classes that it tries, because it calls their package-private methods.
 */
@NullMarked
package dev.flipbook;

import org.jspecify.annotations.NullMarked;
