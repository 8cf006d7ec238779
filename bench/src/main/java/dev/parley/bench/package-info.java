/**
 * Speed, as ratios: Parley and others do the same work in turns, in one run on one machine, and what counts is how
 * their figures compare. A {@link dev.parley.bench.Comparison} takes {@link dev.parley.bench.Side sides};
 * {@link dev.parley.bench.Main} names the comparisons there are.
 */
@NullMarked
package dev.parley.bench;

import org.jspecify.annotations.NullMarked;
