/** Folders, globs and single files of pictures. */
package dev.flipbook.folder;
