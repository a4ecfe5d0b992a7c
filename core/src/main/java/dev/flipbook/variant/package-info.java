/**
 * Other sizes, qualities and turns of a feed. A {@code LiveVariant} is a viewer of its feed and a feed to its own
 * viewers; {@code VariantPlaces} decides who is shown which. Not for programs.
 */
package dev.flipbook.variant;
