/**
 * Pixels, and how they become JPEGs. A {@link dev.flipbook.image.Canvas} is drawn on, a
 * {@link dev.flipbook.image.RawImage} lies in the memory of its owner. A {@link dev.flipbook.image.JpegEncoder} makes
 * JPEGs of both, and a {@link dev.flipbook.image.VariantMaker} makes smaller or turned ones of JPEGs. {@code StandbyPicture} draws the greyed placeholder. Pixels of programs
 * and files are converted to what has to be shown: sRGB, with 8 bits a sample.
 */
package dev.flipbook.image;
