/**
 * The vocabulary of Flipbook. A {@link dev.flipbook.Frame} comes from a {@link dev.flipbook.FrameSource} or a program,
 * is published to a {@link dev.flipbook.Feed}, and goes to the {@link dev.flipbook.Viewer}s of that feed.
 * {@link dev.flipbook.Feeds} has all feeds of a process by name, and is where a program begins.
 *
 * <p>The package-private classes are the machine of a feed, in the order in which a frame meets them:
 *
 * <ul>
 *   <li>Where pictures come from: {@code Origin} with its three kinds {@code SourceRunner} (a source),
 *       {@code OwnPictures} (this program) and {@code Publishing} (other programs); {@code Backoff}, {@code Pulse} and
 *       {@code SourceState} say when a source is tried again, when it is silent, and how it is doing.
 *   <li>What a program publishes and is not a JPEG yet: {@code Draft}, {@code Copies}, {@code ImageEncoding}.
 *   <li>What viewers get: {@code Newest} with its {@code Turn}s, {@code Viewers}, and {@code Shown}, which a feed and a
 *       variant have in common.
 *   <li>Other sizes and qualities: {@code Rung}, {@code LiveVariant}, {@code Places}, {@code Variants}.
 *   <li>While no picture comes: {@code Quiet} and {@code StandbyPicture}. Single pictures: {@code Snapshots}.
 * </ul>
 */
package dev.flipbook;
