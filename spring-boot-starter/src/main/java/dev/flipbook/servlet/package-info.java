/** Feeds in a servlet container, with or without Spring. */
@NullMarked
package dev.flipbook.servlet;

import org.jspecify.annotations.NullMarked;
