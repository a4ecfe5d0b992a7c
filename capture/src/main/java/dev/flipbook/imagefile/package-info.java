/** Picture files that FFmpeg decodes, such as WebP, AVIF, HEIC and JPEG 2000. */
package dev.flipbook.imagefile;
