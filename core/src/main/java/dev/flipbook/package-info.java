/**
 * The vocabulary of Flipbook: what a program and a driver name. A {@link dev.flipbook.Frame} comes from a
 * {@link dev.flipbook.FrameSource} or a program, and goes through a {@link dev.flipbook.feed.Feed} to
 * {@link dev.flipbook.Viewer}s, each of which has a {@link dev.flipbook.FrameSink}.
 *
 * <p>The machine of a feed lies above, in four packages. Each names only those before it:
 *
 * <ul>
 *   <li>{@code delivery}: the newest edition, and the viewers that are sent it.
 *   <li>{@code origin}: where pictures come from: a source, this program, other programs.
 *   <li>{@code variant}: other sizes, qualities and turns of a feed.
 *   <li>{@code feed}: the feed as a program has it, and the registry of all feeds.
 * </ul>
 */
package dev.flipbook;
