/** Live streams, screens, and the cameras of macOS and Windows, through FFmpeg. */
package dev.flipbook.live;
