/** Pictures out of bytes: files of every kind, and streams of them. */
package dev.flipbook.picture;
