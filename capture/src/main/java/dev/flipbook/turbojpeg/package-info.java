/** JPEG encoding and variants with the libjpeg-turbo of the operating system, which is called without a copy. */
package dev.flipbook.turbojpeg;
