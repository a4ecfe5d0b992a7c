/** Decoding by FFmpeg in processes of their own: what strangers send can end one of them, and not the server. */
package dev.flipbook.decoder;
