/**
 * The structure of a JPEG, without its pixels. {@link dev.flipbook.jpeg.Jpeg} is a picture that was checked: its markers
 * were walked from the first to the last, missing Huffman tables were put in, and bytes after the end were cut off.
 */
package dev.flipbook.jpeg;
