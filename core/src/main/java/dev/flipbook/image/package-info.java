/** Converts pixels of pictures from programs and files to what has to be shown: sRGB, with 8 bits a sample. */
package dev.flipbook.image;
