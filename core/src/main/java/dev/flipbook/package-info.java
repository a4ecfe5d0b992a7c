/**
 * The vocabulary of Flipbook. A {@link dev.flipbook.Frame} comes from a {@link dev.flipbook.FrameSource} or a program,
 * is published to a {@link dev.flipbook.Feed}, and goes to the {@link dev.flipbook.Viewer}s of that feed.
 * {@link dev.flipbook.Feeds} has all feeds of a process by name, and is where a program begins.
 *
 * <p>The package-private classes are the machine of a feed, in the order in which a frame meets them:
 *
 * <ul>
 *   <li>Where pictures come from: {@code Origin} with its three kinds {@code SourceRunner} (a source),
 *       {@code ProgramOrigin} (this program) and {@code PublisherOrigin} (other programs); {@code Backoff}, {@code Pulse} and
 *       {@code SourceState} say when a source is tried again, when it is silent, and how it is doing.
 *   <li>What a program publishes and is not a JPEG yet: {@code Draft}, {@code SpareMemory}, {@code Drafts}.
 *   <li>What viewers get: {@code CurrentEdition} with its {@code Turn}s, {@code Viewers}, and {@code Broadcast}, which a feed and a
 *       variant have in common.
 *   <li>Other sizes and qualities: {@code VariantKey}, {@code LiveVariant}, {@code VariantPlaces}, {@code Variants}.
 *   <li>While no picture comes: {@code Standby} and {@code StandbyPicture}. Single pictures: {@code Snapshots}.
 * </ul>
 */
package dev.flipbook;
