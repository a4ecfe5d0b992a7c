/** The sources that need only the JDK. */
package dev.flipbook.source;
