/**
 * Sources of folders, globs and single files of pictures: a {@code Slideshow} shows one after another,
 * {@code NewestPicture} the newest as soon as it is written.
 */
package dev.flipbook.folder;
