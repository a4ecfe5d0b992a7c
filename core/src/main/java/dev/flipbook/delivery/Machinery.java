package dev.flipbook.delivery;

import dev.flipbook.Ticker;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.mjpeg.BlockPool;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/**
 * What all feeds of a process share: the clock, the memory and the threads. Immutable.
 *
 * @param ticker the clock
 * @param pool the memory of the pictures that are shown
 * @param wakers wakes viewers, answers snapshots and draws placeholders
 * @param encoders runs what encodes
 * @param threads makes the threads of sources
 * @param variantMakers gives a maker to each variant
 */
public record Machinery(
        Ticker ticker,
        BlockPool pool,
        Executor wakers,
        Executor encoders,
        ThreadFactory threads,
        Supplier<VariantMaker> variantMakers) {}
