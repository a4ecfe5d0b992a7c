/** YAML within limits: nodes with their places, maps without surprises. */
@NullMarked
package dev.flipbook.app.yaml;

import org.jspecify.annotations.NullMarked;
