/** Feeds in a servlet container, with Spring or without. */
@NullMarked
package dev.flipbook.servlet;

import org.jspecify.annotations.NullMarked;
