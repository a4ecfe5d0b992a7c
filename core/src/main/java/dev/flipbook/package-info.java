/**
 * The words of Flipbook: a {@link dev.flipbook.Frame} comes from a {@link dev.flipbook.FrameSource} or a program, is
 * published to a {@link dev.flipbook.Feed}, and goes to its {@link dev.flipbook.Viewer}s. {@link dev.flipbook.Feeds} knows
 * them all by name.
 */
package dev.flipbook;
