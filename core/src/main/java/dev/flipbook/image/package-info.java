/** Pixels of other programs' and files' pictures as they are to be seen: in sRGB, with 8 bits a sample. */
package dev.flipbook.image;
