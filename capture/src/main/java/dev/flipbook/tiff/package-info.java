/** Reads TIFF files without native code. */
@org.jspecify.annotations.NullMarked
package dev.flipbook.tiff;
