/**
 * The sources that need only the JDK, {@code demo} and {@code test}, and the provider that finds all sources of this
 * module by their names.
 */
package dev.flipbook.source;
