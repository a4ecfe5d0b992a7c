/** {@link dev.flipbook.server.Flipbook} serves feeds over HTTP; everything else here is how. */
package dev.flipbook.server;
