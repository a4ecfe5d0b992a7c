/** Feeds in a Spring Boot application, on its own web server. */
@NullMarked
package dev.flipbook.spring;

import org.jspecify.annotations.NullMarked;
