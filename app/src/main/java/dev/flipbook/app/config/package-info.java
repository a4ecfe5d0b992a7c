/**
 * What Flipbook is asked to do, by a configuration file, by the command line and over HTTP: read through one table of
 * settings into records that can be compared.
 */
@NullMarked
package dev.flipbook.app.config;

import org.jspecify.annotations.NullMarked;
