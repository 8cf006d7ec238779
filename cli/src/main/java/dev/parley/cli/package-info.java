/**
 * The {@code parley} command: one class per command; {@link dev.parley.cli.Main} is where it starts.
 *
 * <p>Results go to standard output and nothing else does; exit codes are those of {@link dev.parley.cli.ExitCode}.
 */
@NullMarked
package dev.parley.cli;

import org.jspecify.annotations.NullMarked;
